"""Ticks: round numbers along an axis, as many as have room, with as many digits as they need."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from matplotlib.ticker import LogLocator, MaxNLocator

from bn_study.presentation.drawing.style import TEXT_POINTS
from bn_study.presentation.drawing.text import text_width
from bn_study.presentation.figures.panel import Axis, Tick

_STEPS = (1, 2, 2.5, 5, 10)
_MOST, _MOST_DIGITS = 8, 4
_FEW_ROUND = 5.0  # from end to end of a logarithmic axis: from here on two of 1, 2, 5, 10, … lie on it
_LINES = 2.0  # lines of text from one tick to the next, upwards
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SPACE = 0.8  # of a letter between two labels, sideways


def share(axis: Axis, value: float) -> float:
    """Where a value stands along the axis, from 0 to 1."""
    low, high, at = (math.log10(v) for v in (axis.low, axis.high, value)) if axis.log else (axis.low, axis.high, value)
    return (at - low) / (high - low)


def ticks_along(axis: Axis, length: float) -> tuple[Tick, ...]:
    """Of an axis that runs across and is so many points long: the axis' own, or those whose labels do not touch."""
    if axis.ticks is not None:
        return axis.ticks
    for most in range(_MOST, 1, -1):
        ticks = _round(axis, most)
        if are_apart([(length * share(axis, tick.at), text_width(tick.said, TEXT_POINTS)) for tick in ticks]):
            return ticks
    return _round(axis, 1)


def ticks_up(axis: Axis, length: float) -> tuple[Tick, ...]:
    """The same of an axis that runs upwards."""
    if axis.ticks is not None:
        return axis.ticks
    return _round(axis, max(1, min(_MOST, int(length / (_LINES * TEXT_POINTS)))))


def are_apart(labels: Sequence[tuple[float, float]], space: float = _SPACE * TEXT_POINTS) -> bool:
    """Whether labels, centred and so wide, leave space between them."""
    pairs = itertools.pairwise(sorted(labels))
    return all(right - left >= (wide + wider) / 2 + space for (left, wide), (right, wider) in pairs)


def _round(axis: Axis, most: int) -> tuple[Tick, ...]:
    low, high = sorted(axis.ticked or (axis.low, axis.high))
    if axis.log and high / low >= _FEW_ROUND:
        found = LogLocator(subs=(1.0,) if high / low >= 100 else (1.0, 2.0, 5.0), numticks=most + 2).tick_values(
            low, high
        )
    else:
        found = MaxNLocator(most, steps=_STEPS, integer=axis.whole).tick_values(low, high)
    ends = sorted(share(axis, end) for end in (low, high))
    inside = [float(value) for value in found if ends[0] - 1e-9 <= share(axis, value) <= ends[1] + 1e-9]
    return tuple(Tick(value, said) for value, said in zip(inside, _written(inside, axis.log), strict=True))


def _written(values: Sequence[float], log: bool) -> list[str]:
    """With equal decimals, as few as tell them apart; of a logarithmic axis each with its own."""
    if log:
        return list(map(_power, values))
    if not values:
        return []
    step = min((b - a for a, b in itertools.pairwise(values)), default=abs(values[0]) or 1.0)
    for digits in range(_MOST_DIGITS + 1):
        if all(abs(round(value, digits) - value) < 1e-6 * step for value in values):
            return [f"{value:z,.{digits}f}".replace("-", "−") for value in values]
    return [f"{value:g}".replace("-", "−") for value in values]


def _power(value: float) -> str:
    """'0.01'; '10⁻⁵' and '2·10⁻⁵' where there would be many zeros."""
    if 1e-4 < value < 1e6:
        return f"{value:g}"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}·".removeprefix("1·") + f"10{str(int(exponent)).translate(_RAISED)}"
