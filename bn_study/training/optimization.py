"""RunSpec's optimizer and learning rate."""

from __future__ import annotations

import keras

from bn_study.config.run import AdamOptimizer, LearningRate, Optimizer, RmspropOptimizer, StepRate


def build_optimizer(spec: Optimizer) -> keras.optimizers.Optimizer:
    """A Keras optimizer; its learning rate is a variable that the epoch's start sets."""
    settings = spec.model_dump(exclude={"kind"})
    if isinstance(spec, AdamOptimizer):
        return keras.optimizers.Adam(**settings)
    if isinstance(spec, RmspropOptimizer):
        return keras.optimizers.RMSprop(**settings)
    return keras.optimizers.SGD(**settings)


def learning_rate(spec: LearningRate, epoch: int) -> float:
    """The learning rate of an epoch, counted from 0.

    The step schedule is the source's: initial * factor ** floor((1 + epoch) / every_epochs), so the first
    drop comes one epoch before `every_epochs` epochs are over (Kiefer & Moeller 2020, notebook).
    """
    if isinstance(spec, StepRate):
        return float(spec.initial * spec.factor ** ((1 + epoch) // spec.every_epochs))
    return float(spec.initial)
