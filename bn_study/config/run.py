"""RunSpec: what one training run is. Complete, frozen, and checked; the only home of every default.

A default may never change its value: runs are identified by their departures from the defaults
(planning.identity), so that a field added later with an inert default leaves old ids as they are.
`tests/config/test_run.py` pins them.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bn_study.config.problem import contradiction

Fraction = Annotated[float, Field(ge=0.0, lt=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
Count = Annotated[int, Field(ge=1)]


class Frozen(BaseModel):
    """Strict and closed: unknown keys, the text '3' for 3, and NaN are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class NoScaling(Frozen):
    """Pixels enter the net as they are, 0 to 255."""

    kind: Literal["none"]


class UnitScaling(Frozen):
    """Pixels divided by 255: inputs from 0 to 1."""

    kind: Literal["unit"]


class StandardizeScaling(Frozen):
    """Mean 0 and variance 1 over the training part, per colour channel or per input feature."""

    kind: Literal["standardize"]
    per: Literal["channel", "feature"] = "channel"


Scaling = Annotated[NoScaling | UnitScaling | StandardizeScaling, Field(discriminator="kind")]


class DatasetSpec(Frozen):
    """Which images, how many of them, and how they are scaled."""

    name: Literal["cifar10", "cifar100", "fashion_mnist", "digits", "npz", "image_folder"] = Field(
        description="data set; npz and image_folder read your own data from `path`"
    )
    path: str | None = Field(None, description="your own file or folder; only for npz and image_folder")
    train_images: Count | None = Field(None, description="train on a stratified subset of this size; null = all")
    validation_fraction: Annotated[float, Field(gt=0.0, lt=1.0)] | None = Field(
        None, description="hold out this part of the training images for validation; null = validate on the test set"
    )
    scaling: Scaling = Field(StandardizeScaling(kind="standardize"), description="input scaling, fitted on train only")

    @model_validator(mode="after")
    def _own_data_has_a_path(self) -> Self:
        own = self.name in ("npz", "image_folder")
        if own and self.path is None:
            raise contradiction(f"`name: {self.name}` needs `path:`, your own data", "name", "path")
        if not own and self.path is not None:
            message = f"`path` is only for npz and image_folder; {self.name} is found by `--data-dir`"
            raise contradiction(message, "path", "name")
        return self


class NoNorm(Frozen):
    """No normalization."""

    kind: Literal["none"]


class BatchNorm(Frozen):
    """Batch normalization (Ioffe & Szegedy 2015, Alg. 1) with moving averages for inference.

    `momentum` is the weight of the OLD statistic: moving = momentum * moving + (1 - momentum) * batch.
    """

    kind: Literal["batch"]
    placement: Literal["before_activation", "after_activation"] = "before_activation"
    momentum: Fraction = Field(0.99, description="weight of the old moving statistic")
    epsilon: Positive = Field(1e-3, description="added to the variance before the square root")
    center: bool = Field(True, description="learn the shift β")
    scale: bool = Field(True, description="learn the factor γ")


Norm = Annotated[NoNorm | BatchNorm, Field(discriminator="kind")]


class DropoutSpec(Frozen):
    """Inverted dropout after each hidden activation (Srivastava et al. 2014)."""

    rate: Fraction = Field(0.0, description="probability that a unit is set to zero; 0 = no dropout")


class DenseModel(Frozen):
    """Flatten, then hidden Dense layers, then a Dense layer of logits."""

    kind: Literal["dense"]
    widths: Annotated[tuple[Count, ...], Field(min_length=1)] = Field(description="units of each hidden layer")
    activation: Literal["relu", "sigmoid", "tanh", "elu", "selu", "gelu", "swish", "leaky_relu"] = "relu"
    kernel_initializer: Literal["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal"] = (
        "glorot_uniform"
    )
    norm: Norm = NoNorm(kind="none")
    dropout: DropoutSpec = DropoutSpec()


class SgdOptimizer(Frozen):
    """Stochastic gradient descent; momentum 0 is plain SGD."""

    kind: Literal["sgd"]
    momentum: Fraction = 0.0
    nesterov: bool = False

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0.0:
            raise contradiction("`nesterov: true` needs a momentum above 0", "nesterov", "momentum")
        return self


class AdamOptimizer(Frozen):
    """Adam (Kingma & Ba 2015)."""

    kind: Literal["adam"]
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    epsilon: Positive = 1e-7


class RmspropOptimizer(Frozen):
    """RMSprop (Tieleman & Hinton 2012)."""

    kind: Literal["rmsprop"]
    rho: Fraction = 0.9
    momentum: Fraction = 0.0
    epsilon: Positive = 1e-7


Optimizer = Annotated[SgdOptimizer | AdamOptimizer | RmspropOptimizer, Field(discriminator="kind")]


class ConstantRate(Frozen):
    """The same learning rate in every epoch."""

    kind: Literal["constant"]
    initial: NotNegative


class StepRate(Frozen):
    """initial * factor ** floor((1 + epoch) / every_epochs), epochs counted from 0 (Kiefer & Moeller 2020)."""

    kind: Literal["step"]
    initial: NotNegative
    factor: Positive = 0.1
    every_epochs: Count = 10


LearningRate = Annotated[ConstantRate | StepRate, Field(discriminator="kind")]


class TrainingSpec(Frozen):
    """How the net is trained."""

    epochs: Count
    batch_size: Count = Field(description="images a step; the last batch of an epoch may be smaller, see last_batch")
    last_batch: Literal["keep", "drop"] = Field(
        "keep", description="what happens to the images left over at an epoch's end; they are never padded"
    )
    optimizer: Optimizer
    learning_rate: LearningRate
    precision: Literal["float32", "mixed_bfloat16"] = "float32"


class RunSpec(Frozen):
    """One training run, complete. Same spec, same machine, same thread count: the same metrics, bit for bit."""

    dataset: DatasetSpec
    model: DenseModel
    training: TrainingSpec
    seed: Annotated[int, Field(ge=0, lt=2**31)] = Field(0, description="root of all random streams")
