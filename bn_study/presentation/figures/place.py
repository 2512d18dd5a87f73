"""Places: where the values of a grid's axis stand along x. Numbers by their size, or equal steps."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bn_study.analysis.axis import AxisValue
from bn_study.presentation.figures.panel import Axis, Tick
from bn_study.presentation.words.wording import value_label

_DECADE = 10.0 - 1e-9  # 0.1 / 0.01 may be 9.99…
_TOO_NEAR = 0.03  # of the axis: closer values would stand on one spot
_ROOM = 0.07


@dataclass(frozen=True)
class Places:
    """One place a value, rising; `breaks` lie between a zero and the logarithmic axis to its right."""

    values: tuple[AxisValue, ...]
    at: tuple[float, ...]
    breaks: tuple[float, ...] = ()

    @property
    def span(self) -> float:
        """From the first place to the last; 1 for a single one."""
        return self.at[-1] - self.at[0] or 1.0

    def axis(self, label: str) -> Axis:
        """With a tick at every value, and a little room at both ends."""
        ticks = tuple(Tick(at, value_label(value)) for at, value in zip(self.at, self.values, strict=True))
        low, high = self.at[0] - _ROOM * self.span, self.at[-1] + _ROOM * self.span
        return Axis(label, low, high, ticks=ticks, breaks=self.breaks)


def places(values: Iterable[AxisValue]) -> Places:
    """Logarithmic over a decade or more, zero then in a place of its own on the left; equal steps for names,
    and where numbers would stand on one spot."""
    distinct = ordered(values)
    numbers = [float(value) for value in distinct if not isinstance(value, str)]
    if len(numbers) < len(distinct) or len(distinct) == 1:
        return steps(distinct)
    found = Places(distinct, tuple(numbers))
    positive = [value for value in numbers if value > 0]
    if numbers[0] >= 0 and positive[-1] / positive[0] >= _DECADE:
        logs = [math.log10(value) for value in positive]
        found = Places(distinct, tuple(logs))
        if numbers[0] == 0:
            left = logs[0] - max(0.5, (logs[-1] - logs[0]) / (len(logs) - 1))
            found = Places(distinct, (left, *logs), breaks=((left + logs[0]) / 2,))
    near = min(b - a for a, b in itertools.pairwise(found.at)) < _TOO_NEAR * found.span
    return steps(distinct) if near else found


def steps(values: Sequence[AxisValue]) -> Places:
    """0, 1, 2, …"""
    return Places(tuple(values), tuple(map(float, range(len(values)))))


def ordered(values: Iterable[AxisValue]) -> tuple[AxisValue, ...]:
    """Numbers from low to high, names as the study lists them."""
    distinct = tuple(dict.fromkeys(values))
    return distinct if any(isinstance(value, str) for value in distinct) else tuple(sorted(distinct, key=float))
