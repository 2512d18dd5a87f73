"""Sweep: a number against the first axis of the grid, where grid points are too many for a panel each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bn_study.analysis.axis import Axes, AxisValue, axes_text, axis_name, axis_paths
from bn_study.analysis.frame import Table
from bn_study.planning.expansion import Plan
from bn_study.planning.identity import axis_label
from bn_study.presentation.caption import NO_FINISHED_RUN, caption
from bn_study.presentation.combination import MOST_PANELS, columns_for, combinations
from bn_study.presentation.line_chart import Line, LineChart, LinePanel, Ticks
from bn_study.presentation.number import scale_of
from bn_study.presentation.quantity import Placed
from bn_study.presentation.wording import arm_index, sentence, with_unit

LAST_EPOCH = "last epoch"
_MOST_TICKS = 8
_DECADES_FOR_LOG = 2


@dataclass(frozen=True)
class Swept:
    """A metric at every grid point, named `label` in the figure."""

    metric: str
    label: str
    values: tuple[Placed, ...]


@dataclass(frozen=True)
class _Axis:
    path: str
    positions: Mapping[AxisValue, float]
    """numbers stand where they are, names side by side"""


def sweep_chart(plan: Plan, runs: Table, swept: Swept, name: str, title: str | None) -> LineChart:
    """One panel for each combination of the other axes, at most six; the caption says what is not drawn."""
    first, *others = axis_paths(plan)
    places = combinations(plan)
    axis = _Axis(first, _positions([place.axes[first] for place in places]))
    rest = list(dict.fromkeys(tuple(place.axes[path] for path in others) for place in places))
    panels = tuple(_panel(plan, swept, axis, dict(zip(others, one, strict=True))) for one in rest[:MOST_PANELS])
    remarks = [f"{len(places)} grid points, so {axis_name(first)} is the x axis."]
    if len(rest) > MOST_PANELS:
        drawn = f"the first {MOST_PANELS} of {len(rest)} combinations of the other axes"
        remarks.append(f"Panels: {drawn}; table.csv has all.")
    title = title or sentence(f"{swept.label}{',' * (', ' in swept.label)} against {axis_name(first)}")
    return LineChart(name, title, panels, columns_for(len(panels)), caption(plan, runs, remarks))


def _panel(plan: Plan, swept: Swept, axis: _Axis, rest: Axes) -> LinePanel:
    here = [value for value in swept.values if rest.items() <= value.axes.items()]
    drawn = [value for value in here if math.isfinite(value.value.mean)]
    labels = dict.fromkeys(value.label for value in drawn)
    by_label = [[value for value in drawn if value.label == label] for label in labels]
    few = len(axis.positions) <= _MOST_TICKS or not _are_numbers(axis.positions)
    return LinePanel(
        title=axes_text(rest),
        x_label=axis_name(axis.path),
        y_label=with_unit(swept.label.removesuffix(f", {LAST_EPOCH}"), swept.metric),  # in full in the title
        y_range=swept.metric,
        lines=tuple(_line(plan, swept.metric, axis, values) for values in by_label),
        x_ticks=Ticks(tuple(axis.positions.values()), tuple(map(axis_label, axis.positions))) if few else None,
        log_x=spans_decades(tuple(axis.positions)),
        empty=NO_FINISHED_RUN,
    )


def _line(plan: Plan, metric: str, axis: _Axis, values: Sequence[Placed]) -> Line:
    ranked = sorted(values, key=lambda value: axis.positions[value.axes[axis.path]])
    x = tuple(axis.positions[value.axes[axis.path]] for value in ranked)
    shown = tuple(scale_of(metric).interval(value.value) for value in ranked)
    return Line(values[0].label, arm_index(plan, values[0].arm), x, shown)


def _positions(values: Sequence[AxisValue]) -> dict[AxisValue, float]:
    distinct = dict.fromkeys(values)
    if _are_numbers(distinct):
        return {value: float(value) for value in sorted(distinct, key=float)}
    return {value: float(rank) for rank, value in enumerate(distinct)}


def spans_decades(values: Sequence[AxisValue]) -> bool:
    """Whether a logarithmic axis suits: positive numbers over two decades or more."""
    if not _are_numbers(values) or min(map(float, values)) <= 0:
        return False
    ratio = max(map(float, values)) / min(map(float, values))
    return math.log10(ratio) >= _DECADES_FOR_LOG - 1e-9  # 0.1 / 0.001 is 99.99…


def _are_numbers(values: Mapping[AxisValue, object] | Sequence[AxisValue]) -> bool:
    return not any(isinstance(value, str) for value in values)
