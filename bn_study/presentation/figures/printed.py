"""Printed: the numbers of the source that have a place in the plan, in the unit that is shown."""

from __future__ import annotations

import math
from collections.abc import Iterable

from bn_study.analysis.measured import place_of
from bn_study.analysis.statistics import Interval
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.quantity import Quantity
from bn_study.presentation.words.number import number, scale_of

_MOST_NAMES = 3


def printed(plan: Plan, quantity: Quantity) -> list[Published]:
    """Numbers of exactly this metric that have a place in the grid: of no other metric, of no other epoch."""
    if quantity.accuracy is not None:
        return []
    numbers = [one for one in plan.source.study.published if one.metric == quantity.metric]
    return [one for one in numbers if not isinstance(place_of(plan, one), str)]


def printed_value(published: Published) -> Interval:
    """± its uncertainty, if it has one."""
    off = published.uncertainty or math.nan
    return scale_of(published.metric).interval(
        Interval(published.value, published.value - off, published.value + off, 1)
    )


def printed_text(published: Published) -> str:
    """'76.2'."""
    return number(published.value, scale_of(published.metric))


def printed_hover(published: Published, label: str, where: str) -> str:
    """'published: BN, epoch 3: 76.2 ± 1.0 %'."""
    scale = scale_of(published.metric)
    off = f" ± {number(published.uncertainty, scale)}" if published.uncertainty else ""
    said = f"{number(published.value, scale)}{off} {scale.unit}".rstrip()
    return f"published: {', '.join(filter(None, (label, where)))}: {said}"


def other_data(shown: Iterable[Published]) -> list[str]:
    """A sentence about numbers of other data, which names them if there are few; none if all are of the same."""
    other = [one.id for one in shown if not one.same_data]
    names = f": {', '.join(other)}" if len(other) <= _MOST_NAMES else ""
    return [f"Published on other data, so compare only signs and gaps{names}."] if other else []
