"""Numbers as people read them: accuracies in percent, steps in milliseconds, a dash where there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bn_study.analysis.statistics import Interval, PairedDifference
from bn_study.config.metric import CLAIM_METRICS, EPOCH_METRICS

NOTHING = "\N{EN DASH}"


@dataclass(frozen=True)
class Scale:
    """How a metric is shown: value * factor, with `digits` decimals (None: three significant digits)."""

    factor: float
    unit: str
    digits: int | None

    def interval(self, interval: Interval) -> Interval:
        """The interval in the unit that is shown."""
        mean, low, high = (end * self.factor for end in (interval.mean, interval.low, interval.high))
        return Interval(mean, low, high, interval.n)


_BY_UNIT = {
    "fraction": Scale(100.0, "%", 1),
    "nat": Scale(1.0, "nat", 3),
    "s": Scale(1.0, "s", None),
    "1/s": Scale(1.0, "1/s", None),
    "epoch": Scale(1.0, "epochs", 1),
    "step": Scale(1.0, "steps", 0),
    "rate": Scale(1.0, "rates", 1),
    "FLOP": Scale(1e-6, "MFLOP", None),
    "1": Scale(1.0, "", None),
}


def scale_of(metric: str) -> Scale:
    """Raises KeyError for a name that is neither an epoch's nor a run's metric."""
    if metric == "step_seconds":
        return Scale(1e3, "ms", None)
    return _BY_UNIT[(CLAIM_METRICS.get(metric) or EPOCH_METRICS[metric]).unit]


def number(value: float, scale: Scale) -> str:
    """'52.3', without the unit; a dash for NaN and infinities."""
    return _fixed(value * scale.factor, _decimals(value, scale))


def as_printed(value: float, scale: Scale) -> str:
    """With every digit that a source gave, as '76.23'; without the unit."""
    return f"{value * scale.factor:.6g}"


def mean_and_half(interval: Interval, scale: Scale) -> str:
    """'52.3 ± 0.4'; only the mean of a single seed, a dash for none. Without the unit."""
    mean = number(interval.mean, scale)
    half = _fixed(interval.half * scale.factor, _decimals(interval.mean, scale))
    return mean if half == NOTHING else f"{mean} ± {half}"


def signed_range(difference: PairedDifference | Interval, scale: Scale) -> str:
    """'+1.2 (-0.3, +2.7)': a difference and its interval; without the unit."""
    decimals = scale.digits if scale.digits is not None else _decimals(difference.mean, scale)
    mean, low, high = (_fixed(end * scale.factor, decimals, "+") for end in _ends(difference))
    return mean if low == NOTHING else f"{mean} ({low}, {high})"


def ratio_range(ratio: Interval) -> str:
    """'1.21 (1.18, 1.24)'."""
    mean, low, high = (_fixed(end, 2) for end in _ends(ratio))
    return mean if low == NOTHING else f"{mean} ({low}, {high})"


def p_text(p_value: float) -> str:
    """'0.062'; a dash for none."""
    return _fixed(p_value, 3)


def _ends(interval: PairedDifference | Interval) -> tuple[float, float, float]:
    return interval.mean, interval.low, interval.high


def _decimals(value: float, scale: Scale) -> int:
    if scale.digits is not None:
        return scale.digits
    shown = abs(value * scale.factor)
    return max(0, 2 - math.floor(math.log10(shown))) if 0 < shown < math.inf else 0


def _fixed(value: float, decimals: int, sign: str = "") -> str:
    return f"{value:{sign}z,.{decimals}f}" if math.isfinite(value) else NOTHING  # z: no minus before a zero
