"""Normalization as one tagged choice: what normalizes, where it stands, and what it learns."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bn_study.config.frozen import Count, Fraction, Frozen, NotNegative, Positive
from bn_study.config.problem import contradiction


class Penalty(Frozen):
    """Added to the training loss: l1 * Σ|w| + l2 * Σw²."""

    l1: NotNegative = 0.0
    l2: NotNegative = 0.0


class NonNegative(Frozen):
    """Negative values are set to 0 after each step."""

    kind: Literal["non_negative"]


class MaxNorm(Frozen):
    """The vector's Euclidean length is kept at or below `max_value`."""

    kind: Literal["max_norm"]
    max_value: Positive


class UnitNorm(Frozen):
    """The vector's Euclidean length is kept at 1."""

    kind: Literal["unit_norm"]


Constraint = Annotated[NonNegative | MaxNorm | UnitNorm, Field(discriminator="kind")]


class RenormWarmup(Frozen):
    """Ioffe 2017, Sec. 4: plain batch normalization at first, then bounds that widen linearly to their own values.

    All are steps of training. `r` is kept within [1 / bound, bound] meanwhile.
    """

    plain: Annotated[int, Field(ge=0)] = Field(5_000, description="steps with r = 1 and d = 0")
    rmax: Count = Field(40_000, description="the step at which the bound of r has come from 1 to `rmax`")
    dmax: Count = Field(25_000, description="the step at which the bound of |d| has come from 0 to `dmax`")


class Renorm(Frozen):
    """Batch renormalization (Ioffe 2017): the batch's moments are corrected towards moving ones, within bounds."""

    rmax: Positive | None = Field(None, description="upper bound of r = σ_batch / σ_moving; null = none")
    rmin: NotNegative | None = Field(None, description="lower bound of r; null = none")
    dmax: NotNegative | None = Field(None, description="bound of |d|, d = (μ_batch − μ_moving) / σ_moving; null = none")
    momentum: Fraction = Field(0.99, description="weight of the old statistic in what r and d compare with")
    warmup: RenormWarmup | None = Field(None, description="bounds that widen; null = `rmax` and `dmax` from the start")

    @model_validator(mode="after")
    def _bounds_leave_room(self) -> Self:
        if self.rmax is not None and self.rmin is not None and self.rmax < self.rmin:
            raise contradiction("`rmax` must be at least `rmin`", "rmax", "rmin")
        if self.warmup is not None and (self.rmax is None or self.rmax < 1.0 or self.dmax is None):
            raise contradiction("`warmup` widens the bounds: give `rmax`, of at least 1, and `dmax`", "warmup", "rmax")
        return self


class NoNorm(Frozen):
    """No normalization."""

    kind: Literal["none"]


class Noise(Frozen):
    """Noise on each activation y, of a distribution drawn anew each step (Santurkar et al. 2018, Sec. 2.1, appendix).

    y → s·y + m. For each channel and step μ ~ U(−`mean`, `mean`) and σ ~ U(1, `deviation`); for each activation
    m ~ U(μ − `spread`, μ + `spread`) and s ~ N(σ, `spread`²). In training and where probes look; not at inference.
    """

    mean: NotNegative = Field(0.5, description="bound of a channel's mean shift μ")
    deviation: Annotated[float, Field(ge=1.0)] = Field(1.25, description="upper bound of a channel's factor σ")
    spread: NotNegative = Field(0.1, description="how far single activations depart from their channel's μ and σ")


class Placed(Frozen):
    """Where a layer of this kind stands, and what it learns; the part that all kinds share."""

    kind: str
    placement: Literal["before_activation", "after_activation"] = Field(
        "before_activation", description="right before the activation of a layer, or right behind it"
    )
    on_input: bool = Field(False, description="normalize the net's input too; alone with `layers: []`")
    layers: tuple[Count, ...] | None = Field(
        None, description="numbers of the hidden layers that have it, counted from 1 (Inception: modules); null = all"
    )
    center: bool = Field(True, description="learn the shift β")
    scale: bool = Field(True, description="learn the factor γ")

    def on_layer(self, number: int) -> bool:
        """Whether the hidden layer `number`, counted from 1, has it."""
        return self.layers is None or number in self.layers

    @property
    def removes_biases(self) -> bool:
        """Whether a bias a channel right before it is redundant, since β can be what the bias was."""
        return False


class PlacedNorm(Placed):
    """What divides by a standard deviation."""

    epsilon: Positive = Field(1e-3, description="added to the variance before the square root")


class BatchNorm(PlacedNorm):
    """Batch normalization (Ioffe & Szegedy 2015, Alg. 1) with moving averages for inference.

    `momentum` is the weight of the OLD statistic: moving = momentum * moving + (1 - momentum) * batch.
    `noise` and `statistics_gradient: false` break one of its mechanisms each, to see whether it is why BN helps.
    """

    kind: Literal["batch"]
    momentum: Fraction = Field(0.99, description="weight of the old moving statistic")
    beta_initial: float = Field(0.0, description="initial β")
    gamma_initial: float = Field(1.0, description="initial γ")
    moving_mean_initial: float = Field(0.0, description="initial moving mean")
    moving_variance_initial: NotNegative = Field(1.0, description="initial moving variance")
    beta_penalty: Penalty | None = None
    gamma_penalty: Penalty | None = None
    beta_constraint: Constraint | None = None
    gamma_constraint: Constraint | None = None
    renorm: Renorm | None = Field(None, description="batch renormalization; null = plain batch normalization")
    trainable: bool = Field(
        True,
        description="false: frozen; normalizes by its moving statistics in training too, which stay as they are, "
        "and learns neither β nor γ",
    )
    axis: Literal[-1, -2, -3] = Field(
        -1, description="what has statistics of its own: -1 channels; of feature maps also -2 columns, -3 rows"
    )
    fused: bool = Field(
        True, description="the backend's fused kernel where there is one; false: in passes. Equal but for rounding"
    )
    noise: Noise | None = Field(None, description="noise behind it, which makes activations unstable; null = none")
    statistics_gradient: bool = Field(
        True,
        description="false: the gradient takes the batch's mean and variance for constants, ∂y/∂x = γ/√(σ² + ε), which "
        "Ioffe & Szegedy 2015, Sec. 2, warn of; in passes",
    )

    @property
    def removes_biases(self) -> bool:
        return self.center and self.trainable and self.axis == -1

    @model_validator(mode="after")
    def _statistics_of_batches_have_a_gradient(self) -> Self:
        if not self.statistics_gradient and (self.renorm or not self.trainable):
            other = "renorm" if self.renorm else "trainable"
            message = f"`statistics_gradient: false` is of plain batch normalization: leave `{other}` out"
            raise contradiction(message, "statistics_gradient", other)
        return self


class GhostNorm(PlacedNorm):
    """Batch normalization over parts of the batch (Hoffer et al. 2017, Alg. 1).

    A batch is cut into the fewest parts of at most `virtual_batch_size` images, as equal as whole images allow.
    """

    kind: Literal["ghost"]
    virtual_batch_size: Count
    momentum: Fraction = Field(0.99, description="weight of the old moving statistic, applied once a part or a batch")
    momentum_per: Literal["part", "batch"] = Field(
        "part",
        description="part: as printed, so that k parts leave momentum^k of the old; batch: once, with the mean of the "
        "parts' moments, as slow as batch normalization of equal momentum",
    )

    @property
    def removes_biases(self) -> bool:
        return self.center


class LayerNorm(PlacedNorm):
    """All features of one image, or of one time step of a recurrent net (Ba et al. 2016)."""

    kind: Literal["layer"]


class GroupNorm(PlacedNorm):
    """Groups of channels of one image (Wu & He 2018).

    A layer whose channels `groups` does not divide takes the greatest common divisor of both.
    """

    kind: Literal["group"]
    groups: Count = 32


class InstanceNorm(PlacedNorm):
    """Each channel of one image by itself (Ulyanov et al. 2016); for nets with feature maps."""

    kind: Literal["instance"]

    @property
    def removes_biases(self) -> bool:
        return self.center


class FrozenNorm(PlacedNorm):
    """Batch normalization by frozen statistics, those of the first batch that is trained on: γ (x − μ₁)/√(σ₁² + ε) + β.

    It starts as batch normalization does, and then is an affine map that is learned: activation normalization (Kingma &
    Dhariwal 2018, Sec. 3.1), from the data-dependent initialization of Salimans & Kingma 2016, Sec. 3. A batch
    norm with `trainable: false` has the initial statistics, 0 and 1, instead, and learns nothing.
    """

    kind: Literal["frozen"]

    @property
    def removes_biases(self) -> bool:
        return self.center


class AffineNorm(Placed):
    """γ x + β: what batch normalization learns, without its normalization (Ioffe & Szegedy 2015, Alg. 1, last line)."""

    kind: Literal["affine"]

    @property
    def removes_biases(self) -> bool:
        return self.center


Norm = Annotated[
    NoNorm | BatchNorm | GhostNorm | LayerNorm | GroupNorm | InstanceNorm | FrozenNorm | AffineNorm,
    Field(discriminator="kind"),
]
