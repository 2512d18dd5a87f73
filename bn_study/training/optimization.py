"""RunSpec's optimizer and learning rate."""

from __future__ import annotations

import math

import keras

from bn_study.config.training import CosineRate, InverseTimeRate, Optimizer, StepRate, TrainingSpec

_CLASSES = {
    "sgd": keras.optimizers.SGD,
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "rmsprop": keras.optimizers.RMSprop,
}


def build_optimizer(spec: Optimizer) -> keras.optimizers.Optimizer:
    """A Keras optimizer; its learning rate is a variable that the epoch's start sets. Only kernels decay."""
    settings = spec.model_dump(exclude={"kind"})
    decay = settings.pop("weight_decay", 0.0)
    optimizer = _CLASSES[spec.kind](**settings, **({"weight_decay": decay} if decay else {}))
    if decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def learning_rate(training: TrainingSpec, epoch: int, steps: int) -> float:
    """The learning rate of an epoch, counted from 0 and of `steps` steps: the schedule's, times warm-up and scale.

    Warm-up and scaling with the batch size are those of Goyal et al. 2017, a step of warm-up an epoch.
    """
    spec, warm = training.learning_rate, epoch / training.epoch_scale
    rate = spec.initial * _share(training, epoch, steps)
    if warm < spec.warmup_epochs:
        rate *= (1 + warm) / (1 + spec.warmup_epochs)
    if spec.per_batch_size is not None:
        rate *= training.batch_size / spec.per_batch_size
    return float(rate)


def _share(training: TrainingSpec, epoch: int, steps: int) -> float:
    """Of the initial rate. The step schedule is the source's: factor ** floor((1 + epoch) / every_epochs), so the
    first drop comes one epoch before `every_epochs` epochs are over (Kiefer & Moeller 2020, notebook).
    """
    spec = training.learning_rate
    if isinstance(spec, StepRate):
        return float(spec.factor ** ((1 + epoch) / training.epoch_scale // spec.every_epochs))
    if isinstance(spec, CosineRate):
        return (1 + math.cos(math.pi * epoch / training.total_epochs)) / 2
    if isinstance(spec, InverseTimeRate):
        return 1 / (1 + spec.decay * epoch * steps)
    return 1.0
