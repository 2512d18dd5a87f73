"""How a net is trained: optimizer, learning rate, batches, precision."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bn_study.config.augmentation import Augmentation
from bn_study.config.frozen import Count, Fraction, Frozen, NotNegative, Positive
from bn_study.config.problem import contradiction

_DECAY = Field(0.0, description="decoupled decay of kernels: w ← w − learning rate · decay · w each step")


class SgdOptimizer(Frozen):
    """Stochastic gradient descent; momentum 0 is plain SGD."""

    kind: Literal["sgd"]
    momentum: Fraction = Field(0.0, description="weight of the former step in each step; 0 = none")
    nesterov: bool = Field(False, description="look ahead by the momentum (Nesterov 1983)")
    weight_decay: NotNegative = _DECAY

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0.0:
            raise contradiction("`nesterov: true` needs a momentum above 0", "nesterov", "momentum")
        return self


class AdamOptimizer(Frozen):
    """Adam (Kingma & Ba 2015)."""

    kind: Literal["adam"]
    beta_1: Fraction = Field(0.9, description="weight of the old mean of gradients")
    beta_2: Fraction = Field(0.999, description="weight of the old mean of squared gradients")
    epsilon: Positive = Field(1e-7, description="added to the root of the mean of squared gradients")


class AdamwOptimizer(Frozen):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019) of kernels: not of biases, γ and β."""

    kind: Literal["adamw"]
    weight_decay: NotNegative = Field(0.004, description="w ← w − learning rate · decay · w each step")
    beta_1: Fraction = Field(0.9, description="weight of the old mean of gradients")
    beta_2: Fraction = Field(0.999, description="weight of the old mean of squared gradients")
    epsilon: Positive = Field(1e-7, description="added to the root of the mean of squared gradients")


class RmspropOptimizer(Frozen):
    """RMSprop (Tieleman & Hinton 2012)."""

    kind: Literal["rmsprop"]
    rho: Fraction = Field(0.9, description="weight of the old mean of squared gradients")
    momentum: Fraction = Field(0.0, description="weight of the former step in each step; 0 = none")
    epsilon: Positive = Field(1e-7, description="added to the root of the mean of squared gradients")
    weight_decay: NotNegative = _DECAY


Optimizer = Annotated[SgdOptimizer | AdamOptimizer | AdamwOptimizer | RmspropOptimizer, Field(discriminator="kind")]


class Schedule(Frozen):
    """What all schedules share: where they start, warm-up, and the batch size that `initial` is meant for."""

    kind: str
    initial: NotNegative = Field(description="the learning rate that the schedule starts from")
    warmup_epochs: Annotated[int, Field(ge=0)] = Field(
        0, description="the first this many epochs rise linearly: times (1 + epoch) / (1 + warmup_epochs)"
    )
    per_batch_size: Count | None = Field(
        None, description="`initial` is for this batch size, others scale it in proportion; null = fixed"
    )


class ConstantRate(Schedule):
    """The same learning rate in every epoch."""

    kind: Literal["constant"]


class StepRate(Schedule):
    """initial * factor ** floor((1 + epoch) / every_epochs), epochs counted from 0 (Kiefer & Moeller 2020)."""

    kind: Literal["step"]
    factor: Positive = 0.1
    every_epochs: Count = 10


class CosineRate(Schedule):
    """initial * (1 + cos(π * epoch / epochs)) / 2, epochs counted from 0 (Loshchilov & Hutter 2017)."""

    kind: Literal["cosine"]


class InverseTimeRate(Schedule):
    """initial / (1 + decay * steps): the `decay` of Keras 2's optimizers; as all schedules, held for an epoch.

    `steps` are those taken before the epoch.
    """

    kind: Literal["inverse_time"]
    decay: NotNegative = Field(description="a step: 1e-6 halves the rate in a million steps")


LearningRate = Annotated[ConstantRate | StepRate | CosineRate | InverseTimeRate, Field(discriminator="kind")]


class TrainingSpec(Frozen):
    """How the net is trained."""

    epochs: Count = Field(description="how often each training image is seen")
    epochs_per_batch_size: Count | None = Field(
        None,
        description="`epochs` is for this batch size; others scale it in proportion, and the schedule with it, so that "
        "all take equally many steps; null = fixed",
    )
    batch_size: Count = Field(description="images a step; the last batch of an epoch may be smaller, see last_batch")
    last_batch: Literal["keep", "drop"] = Field(
        "keep", description="what happens to the images left over at an epoch's end; they are never padded"
    )
    optimizer: Optimizer
    learning_rate: LearningRate
    augmentation: Augmentation = Field(Augmentation(), description="random changes of the training images")
    precision: Literal["float32", "mixed_bfloat16"] = Field(
        "float32", description="what steps compute in; weights are float32 in both"
    )
    keep_model: Literal["last", "best"] | None = Field(
        None,
        description="keep model.keras: the net after the last epoch, or of the best validation accuracy; null = none",
    )

    @property
    def epoch_scale(self) -> float:
        """How many epochs count as one of `epochs`."""
        return self.batch_size / self.epochs_per_batch_size if self.epochs_per_batch_size else 1.0

    @property
    def total_epochs(self) -> int:
        """Epochs that are trained: 1 at least, for none is trained in part."""
        return max(1, round(self.epochs * self.epoch_scale))

    @property
    def compiled(self) -> object:
        """What compiled code has baked in: runs of one net that are equal in this share it."""
        return self.batch_size, self.optimizer, self.augmentation, self.precision
