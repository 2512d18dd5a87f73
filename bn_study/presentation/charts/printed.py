"""Printed: the numbers of the source that have a place in the plan, in the unit that is shown."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bn_study.analysis.measured import place_of
from bn_study.analysis.statistics import Interval
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.quantity import Quantity
from bn_study.presentation.words.number import number, scale_of

_MOST_NAMES = 3


def printed(plan: Plan, quantity: Quantity) -> list[Published]:
    """Numbers of exactly this metric that have a place in the grid: of no other metric, of no other epoch."""
    if quantity.accuracy is not None:
        return []
    numbers = [one for one in plan.source.study.published if one.metric == quantity.metric]
    return [one for one in numbers if not isinstance(place_of(plan, one), str)]


def printed_value(published: Published) -> tuple[Interval, str]:
    """The published number as an interval (± its uncertainty, if it has one) and as text."""
    scale, off = scale_of(published.metric), published.uncertainty or math.nan
    value = scale.interval(Interval(published.value, published.value - off, published.value + off, 1))
    return value, number(published.value, scale)


def other_data(shown: Iterable[Published]) -> list[str]:
    """A sentence about numbers of other data, which names them if there are few; none if all are of the same."""
    other = [one.id for one in shown if not one.same_data]
    names = f": {', '.join(other)}" if len(other) <= _MOST_NAMES else ""
    return [f"Published on other data, so compare only signs and gaps{names}."] if other else []
