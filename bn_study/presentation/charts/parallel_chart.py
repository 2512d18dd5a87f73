"""ParallelChart: one line an arm and grid point through all axes and metrics; computed. `parallel_drawing` draws it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.axis import axes_text, axis_name, axis_paths
from bn_study.analysis.point import PointSummary
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval, Number
from bn_study.config.figure import ParallelFigure
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.combination import combinations
from bn_study.presentation.charts.quantity import placed, quantities
from bn_study.presentation.charts.sweep import ordered
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import (
    arm_index,
    arm_label,
    brief,
    enumeration,
    sentence,
    value_label,
    with_unit,
)


@dataclass(frozen=True)
class Coordinate:
    """One upright axis: ticks are (height from 0 to 1, text)."""

    label: str
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class ParallelLine:
    """An arm at a grid point; one height a coordinate, NaN where there is no value. `text` names it in full."""

    label: str
    arm_index: int
    heights: tuple[Number, ...]
    diverged: int
    planned: int
    text: str


@dataclass(frozen=True)
class ParallelPanel:
    """The only frame."""

    title: str
    lines: tuple[ParallelLine, ...]
    empty: str = ""


@dataclass(frozen=True)
class ParallelChart:
    """Coordinates from left to right: the axes of the grid, then the metrics."""

    name: str
    title: str
    coordinates: tuple[Coordinate, ...]
    panels: tuple[ParallelPanel, ...]
    caption: tuple[str, ...]
    run_ids: tuple[str, ...] = ()
    """of the finished runs that it is drawn from"""
    kind: Literal["parallel"] = "parallel"


@dataclass(frozen=True)
class _Measured:
    """A metric in the unit that is shown, one interval a line."""

    label: str
    metric: str
    values: tuple[Interval, ...]


def parallel_charts(results: Results, figure: ParallelFigure) -> tuple[ParallelChart, ...]:
    """One chart with a coordinate an axis and metric."""
    points = results.summaries
    measured = [
        _Measured(
            one.label,
            one.metric,
            tuple(scale_of(one.metric).interval(p.value) for p in placed(results, one)),
        )
        for one in quantities(results.plan, figure.metrics)
    ]
    labels = enumeration([one.label for one in measured])
    names = enumeration([axis_name(path) for path in axis_paths(results.plan)]) if axis_paths(results.plan) else "arm"
    lines = tuple(_line(results.plan, point, measured, rank) for rank, point in enumerate(points))
    return (
        ParallelChart(
            name="_".join(("parallel", *dict.fromkeys(one.metric for one in measured))),
            title=figure.title or sentence(f"{labels} by {names}"),
            coordinates=(
                *(_of_axis(results.plan, path) for path in axis_paths(results.plan)),
                *map(_of_metric, measured),
            ),
            panels=(ParallelPanel("", lines, "no finished run yet"),),
            caption=caption(results, ["One line an arm and grid point, through its means."]),
        ),
    )


def _of_axis(plan: Plan, path: str) -> Coordinate:
    values = ordered([place.axes[path] for place in combinations(plan)])
    return Coordinate(
        axis_name(path), tuple((_share(rank, len(values)), value_label(v)) for rank, v in enumerate(values))
    )


def _share(rank: int, count: int) -> float:
    return rank / (count - 1) if count > 1 else 0.5


def _of_metric(measured: _Measured) -> Coordinate:
    """Marked at its least and greatest value and at the middle between them."""
    low, high = _range(measured.values)
    scale = scale_of(measured.metric)
    ends = [(0.0, low), (0.5, (low + high) / 2), (1.0, high)] if high > low else [(0.5, low)]
    ticks = tuple((height, number(value / scale.factor, scale)) for height, value in ends if math.isfinite(value))
    return Coordinate(with_unit(measured.label, measured.metric), ticks)


def _range(values: Sequence[Interval]) -> tuple[float, float]:
    means = [value.mean for value in values if math.isfinite(value.mean)]
    return (min(means), max(means)) if means else (math.nan, math.nan)


def _line(plan: Plan, point: PointSummary, measured: Sequence[_Measured], rank: int) -> ParallelLine:
    heights = [_height_on_axis(plan, path, point) for path in axis_paths(plan)]
    said = []
    for one in measured:
        low, high = _range(one.values)
        mean = one.values[rank].mean
        heights.append((mean - low) / (high - low) if high > low else mean - low + 0.5)
        if math.isfinite(mean):
            said.append(f"{one.label} {number(mean / scale_of(one.metric).factor, scale_of(one.metric))}")
    diverged, planned = point.counts["diverged"], point.counts["planned"]
    if diverged:
        said.append(f"{diverged} of {planned} runs diverged")
    label = arm_label(point.arm, point.variant)
    text = (
        f"{', '.join(filter(None, (label, brief(axes_text(point.axes)))))}: {', '.join(said) or 'no finished run yet'}"
    )
    return ParallelLine(label, arm_index(plan, point.arm), tuple(heights), diverged, planned, text)


def _height_on_axis(plan: Plan, path: str, point: PointSummary) -> float:
    values = ordered([place.axes[path] for place in combinations(plan)])
    return _share(values.index(point.axes[path]), len(values))
