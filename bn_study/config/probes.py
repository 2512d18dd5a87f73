"""Probes: what is looked at inside a net while it is trained, and which of it is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args

from pydantic import AfterValidator, Field

ProbeName = Literal["activations", "gradients", "covariate_shift", "smoothness", "statistics", "algebra"]


def _in_one_order(names: tuple[ProbeName, ...]) -> tuple[ProbeName, ...]:
    """Each once, in the order of ProbeName: two ways to write the same probes are the same run."""
    return tuple(name for name in get_args(ProbeName) if name in names)


Probes = Annotated[tuple[ProbeName, ...], Field(min_length=1), AfterValidator(_in_one_order)]


@dataclass(frozen=True)
class ProbeQuantity:
    """A table of a run's probes that figures draw: `quantity` of `probe`, one number a layer and look.

    `over_layers` makes one number a look. `log`: it spans decades, so the mean over seeds is that of its logarithm.
    `of` is what its numbers are of, one each: layers from the input up, or something else.
    """

    probe: ProbeName
    quantity: str
    label: str
    formula: str = ""
    over_layers: Literal["mean", "largest", "slope"] = "mean"
    log: bool = False
    of: str = "layer"
    least: float = -math.inf
    """the lowest value that there can be"""

    @property
    def is_by_depth(self) -> bool:
        """Whether its numbers are of layers, which have a place more than a name."""
        return self.of != _AHEAD


_OF_BN, _AHEAD = "layer of BN", "step length (learning rates)"


def _activation(quantity: str, label: str, formula: str = "", **more: Any) -> ProbeQuantity:
    return ProbeQuantity("activations", quantity, label, formula, **more)


def _gradient(quantity: str, label: str, formula: str = "", **more: Any) -> ProbeQuantity:
    return ProbeQuantity("gradients", quantity, label, formula, **more)


#: By the name that figures use: that of the metric which is its mean, where there is one.
PROBE_QUANTITIES = {
    "activation_deviation": _activation("deviation", "deviation of inputs", "σ of z", log=True),
    "activation_kurtosis": _activation("kurtosis", "excess kurtosis of inputs"),
    "activation_correlation": _activation("correlation", "correlation of two units", least=0.0),
    "activation_cosine": _activation("cosine", "cosine of two images"),
    "activation_shift": _activation("shift", "shift of inputs", "W₁ / σ", least=0.0),
    "saturated_share": _activation("saturated", "share of saturated inputs", least=0.0),
    "gradient": _gradient("signal", "gradient", "RMS ∂L/∂z", log=True),
    "gradient_decay": _gradient("signal", "decay of the gradient", "decades / layer", over_layers="slope"),
    "gradient_norm": _gradient("gradient_norm", "gradient of the weights", "‖g‖", log=True),
    "weight_norm": _gradient("weight_norm", "length of the weights", "‖w‖", log=True),
    "weight_peak": _gradient("weight_peak", "largest weight", "by RMS", least=0.0),
    "gradient_shift": ProbeQuantity("covariate_shift", "change", "shift of gradients", "‖G − G′‖ / ‖G‖", least=0.0),
    "gradient_shift_cosine": ProbeQuantity("covariate_shift", "cosine", "cosine of G and G′"),
    "gradient_change": ProbeQuantity(
        "smoothness", "gradient_change", "change of the gradient ahead", "‖Δg‖ / ‖g‖", "largest", of=_AHEAD, least=0.0
    ),
    "loss_ratio_ahead": ProbeQuantity(
        "smoothness", "loss_ratio", "loss ahead", "L / L₀", "largest", log=True, of=_AHEAD
    ),
    "variance_shift": ProbeQuantity(
        "statistics", "variance_shift", "variance in validation", "by the moving one", of=_OF_BN, least=0.0
    ),
    "population_variance_ratio": ProbeQuantity(
        "statistics", "population_variance_ratio", "population variance", "m/(m−1)·E[σ²] by the pooled one", of=_OF_BN
    ),
}

#: Of a layer's inputs z: what Ioffe & Szegedy 2015 drew in Fig. 1.
PERCENTILES = tuple(_activation(quantity, "inputs", "z") for quantity in ("p15", "p50", "p85"))

if TYPE_CHECKING:
    ProbeQuantityName: TypeAlias = str
else:
    ProbeQuantityName = Literal[tuple(PROBE_QUANTITIES)]
