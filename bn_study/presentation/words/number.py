"""Numbers as people read them: accuracies in percent, a true minus sign, a dash where there is none.

Every number, sign, interval and p that is shown anywhere is written here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bn_study.analysis.statistics import Interval, PairedDifference
from bn_study.config.metric import ALL_METRICS

NOTHING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
_LEAST_P = 0.001
_MOST_DECIMALS = 6  # of which three digits are shown; a number of more, or of ten digits before them, is 1.23e-09
_LARGE = 1e9
_MOST_EVIDENCE = 1000


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
    "ms": Scale(1e3, "ms", None),  # of seconds
    "1/s": Scale(1.0, "1/s", None),
    "epoch": Scale(1.0, "epochs", 1),
    "step": Scale(1.0, "steps", 0),
    "rate": Scale(1.0, "rates", 1),
    "FLOP": Scale(1e-6, "MFLOP", None),
    "1": Scale(1.0, "", None),
}


def scale_of(metric: str) -> Scale:
    """Raises KeyError for a name that is neither an epoch's nor a run's metric."""
    one = ALL_METRICS[metric]
    return _BY_UNIT[one.shown_in or one.unit]


def number(value: float, scale: Scale) -> str:
    """'52.3', without the unit; a dash for NaN and infinities."""
    return _fixed(value * scale.factor, _decimals(value, scale))


def as_printed(value: float, scale: Scale) -> str:
    """With every digit that a source gave, as '76.23'; without the unit."""
    return f"{value * scale.factor:.6g}".replace("-", MINUS)


def amount(value: float, scale: Scale) -> str:
    """'1.2 points': how much, whichever way; with the unit."""
    return f"{number(abs(value), scale)} {scale.unit}".rstrip()


def signed(value: float, scale: Scale) -> str:
    """'+1.2', '−1.2', '0.0'; without the unit."""
    return _signed(value * scale.factor, _decimals(value, scale))


def mean_and_half(interval: Interval, scale: Scale) -> str:
    """'52.3 ± 0.4'; only the mean of a single seed, a dash for none. Without the unit."""
    mean = number(interval.mean, scale)
    half = _fixed(interval.half * scale.factor, _decimals(interval.mean, scale))
    return mean if half == NOTHING else f"{mean} ± {half}"


def in_full(interval: Interval, scale: Scale) -> str:
    """'51.23 % (50.91 to 51.55), n = 3', as it is read over a mark: four digits; no interval where there is none."""
    shown = abs(interval.mean * scale.factor) or abs(interval.high * scale.factor)
    decimals = max(0, 3 - math.floor(math.log10(shown))) if 0 < shown < math.inf else 0
    mean, low, high = (_fixed(end * scale.factor, decimals) for end in _ends(interval))
    unit = f" {scale.unit}" if scale.unit else ""
    return f"{mean}{unit}{'' if low == NOTHING else f' ({low} to {high})'}, n = {interval.n}"


def bounds(metric: str) -> tuple[float, float]:
    """The least and the greatest value that it can have, in the unit that is shown."""
    known, scale = ALL_METRICS[metric], scale_of(metric)
    return known.least * scale.factor, (scale.factor if known.unit == "fraction" else math.inf)


def span(interval: Interval, scale: Scale) -> str:
    """'51.2 to 53.4', without the unit; a dash where there is no interval."""
    decimals = _decimals(interval.mean, scale)
    low, high = (_fixed(end * scale.factor, decimals) for end in (interval.low, interval.high))
    return NOTHING if NOTHING in (low, high) else f"{low} to {high}"


def signed_range(difference: PairedDifference | Interval, scale: Scale) -> str:
    """'+1.2 (−0.3 to +2.7)': a difference and its interval; without the unit."""
    decimals = _decimals(difference.mean, scale)
    return _with_range([_signed(end * scale.factor, decimals) for end in _ends(difference)])


def ratio_range(ratio: Interval) -> str:
    """'1.21 (1.18 to 1.24)'."""
    return _with_range([_fixed(end, 2) for end in _ends(ratio)])


def p_text(p_value: float) -> str:
    """'0.062', '< 0.001'; a dash for none."""
    return f"< {_LEAST_P}" if p_value < _LEAST_P else _fixed(p_value, 3)


def p_equals(p_value: float) -> str:
    """'p = 0.062', 'p < 0.001'."""
    said = p_text(p_value)
    return f"p {said}" if said.startswith("<") else f"p = {said}"


def e_text(e_value: float) -> str:
    """'0.14', '3.1', '34', '> 1000'; a dash for none."""
    if e_value > _MOST_EVIDENCE:
        return f"> {_MOST_EVIDENCE}"
    return _fixed(e_value, 0 if e_value >= 10 else 1 if e_value >= 1 else 2)


def _ends(interval: PairedDifference | Interval) -> tuple[float, float, float]:
    return interval.mean, interval.low, interval.high


def _with_range(said: list[str]) -> str:
    mean, low, high = said
    return mean if low == NOTHING else f"{mean} ({low} to {high})"


def _decimals(value: float, scale: Scale) -> int:
    if scale.digits is not None:
        return scale.digits
    shown = abs(value * scale.factor)
    return max(0, 2 - math.floor(math.log10(shown))) if 0 < shown < math.inf else 0


def _fixed(value: float, decimals: int) -> str:
    if not math.isfinite(value):
        return NOTHING
    shape = ".2e" if value and (decimals > _MOST_DECIMALS or abs(value) >= _LARGE) else f"z,.{decimals}f"  # z: no −0
    return f"{value:{shape}}".replace("-", MINUS)


def _signed(value: float, decimals: int) -> str:
    said = _fixed(value, decimals)
    return f"+{said}" if value > 0 and any(digit in said for digit in "123456789") else said
