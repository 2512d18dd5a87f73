"""HeatChart: a metric over two axes of the grid, one panel an arm; computed. `heat_drawing` only draws it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.axis import Axes, AxisValue, axes_text, axis_name, axis_paths
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import HeatmapFigure
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.axis_chart import NO_VALUE
from bn_study.presentation.charts.combination import MOST_COLUMNS, combinations
from bn_study.presentation.charts.quantity import Quantity, placed, quantities
from bn_study.presentation.charts.sweep import ordered
from bn_study.presentation.words.caption import OPTIMISTIC, caption
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import arm_label, brief, sentence, value_label, with_unit

MOST_CHARTS = 4
MOST_ARMS = 6
_PANELS_POINTS = (800.0, 400.0)  # width and height that a figure leaves for its panels

GridPoint = tuple[AxisValue, ...]


@dataclass(frozen=True)
class HeatCell:
    """`value` in the unit that is shown, of the finished runs of those `planned`; `text` is its number."""

    value: Interval
    text: str
    planned: int
    diverged: int


@dataclass(frozen=True)
class HeatPanel:
    """One arm: rows from bottom to top, cells from left to right."""

    title: str
    rows: tuple[tuple[HeatCell, ...], ...]


@dataclass(frozen=True)
class HeatChart:
    """Panels share both axes and the scale of colours, which runs over all finite values."""

    name: str
    title: str
    x_label: str
    y_label: str
    value_label: str
    x_ticks: tuple[str, ...]
    y_ticks: tuple[str, ...]
    panels: tuple[HeatPanel, ...]
    columns: int
    caption: tuple[str, ...]
    run_ids: tuple[str, ...] = ()
    """of the finished runs that it is drawn from"""
    kind: Literal["heat"] = "heat"


def color_range(chart: HeatChart) -> tuple[float, float]:
    """Least and greatest mean of all panels."""
    means = [cell.value.mean for panel in chart.panels for row in panel.rows for cell in row]
    finite = [mean for mean in means if math.isfinite(mean)]
    return (min(finite), max(finite)) if finite else (0.0, 1.0)


def heat_charts(results: Results, figure: HeatmapFigure) -> tuple[HeatChart, ...]:
    """One chart a metric and combination of the axes beside these two, four combinations at most."""
    across, down = figure.axes or (axis_paths(results.plan)[0], axis_paths(results.plan)[1])
    places = [place.axes for place in combinations(results.plan)]
    others = [path for path in axis_paths(results.plan) if path not in (across, down)]
    rest = list(dict.fromkeys(tuple(place[path] for path in others) for place in places))
    charts, drawn = [], quantities(results.plan, figure.metrics)
    for quantity in drawn:
        values = _values(results, quantity)
        for one in rest[:MOST_CHARTS]:
            fixed = dict(zip(others, one, strict=True))
            title = figure.title or _title(quantity, across, down)
            told_apart = [quantity.label] * bool(figure.title and len(drawn) > 1)
            told_apart += [brief(axes_text(fixed))] * (len(rest) > 1)
            xs, ys = (ordered([place[path] for place in places]) for path in (across, down))
            arms = list(dict.fromkeys(label for label, _ in values))
            panels = [
                _panel(results.plan, quantity, label, values, [(across, xs), (down, ys)], fixed) for label in arms
            ]
            charts.append(
                HeatChart(
                    name=f"heatmap_{quantity.metric}",
                    title=": ".join((title, ", ".join(told_apart))) if told_apart else title,
                    x_label=axis_name(across),
                    y_label=axis_name(down),
                    value_label=with_unit(quantity.label, quantity.metric),
                    x_ticks=tuple(map(value_label, xs)),
                    y_ticks=tuple(map(value_label, ys)),
                    panels=tuple(panels[:MOST_ARMS]),
                    columns=_columns(min(len(panels), MOST_ARMS), len(xs), len(ys)),
                    caption=caption(results, _remarks(results, quantity, len(rest), len(arms))),
                )
            )
    return tuple(charts)


def _title(quantity: Quantity, across: str, down: str) -> str:
    comma = "," if ", " in quantity.label else ""
    return sentence(f"{quantity.label}{comma} over {axis_name(across)} and {axis_name(down)}")


def _columns(panels: int, across: int, down: int) -> int:
    """The number of columns that gives the largest cells, for numbers are about half as high as wide."""

    def cell(columns: int) -> float:
        rows = math.ceil(panels / columns)
        width, height = (_PANELS_POINTS[0] / columns - 60) / across, (_PANELS_POINTS[1] / rows - 50) / down
        return min(width, 2 * height)

    return max(range(1, min(panels, MOST_COLUMNS) + 1), key=cell)


def _remarks(results: Results, quantity: Quantity, combinations_: int, arms: int) -> list[str]:
    best = quantity.metric.startswith("best_") and results.best_is_optimistic
    return [
        OPTIMISTIC * best,
        f"The first {MOST_CHARTS} of {combinations_} combinations of the other axes; table.csv has all."
        * (combinations_ > MOST_CHARTS),
        f"The first {MOST_ARMS} of {arms} arms; table.csv has all." * (arms > MOST_ARMS),
    ]


def _values(results: Results, quantity: Quantity) -> dict[tuple[str, GridPoint], tuple[Interval, Mapping[str, int]]]:
    found = {(one.label, tuple(one.axes.values())): one.value for one in placed(results, quantity)}
    keys = {(arm_label(one.arm, one.variant), tuple(one.axes.values())): one.counts for one in results.summaries}
    return {key: (found.get(key, NO_VALUE), counts) for key, counts in keys.items()}


def _panel(
    plan: Plan,
    quantity: Quantity,
    label: str,
    values: Mapping[tuple[str, GridPoint], tuple[Interval, Mapping[str, int]]],
    sides: Sequence[tuple[str, Sequence[AxisValue]]],
    fixed: Axes,
) -> HeatPanel:
    (across, xs), (down, ys) = sides
    scale = scale_of(quantity.metric)

    def cell(x: AxisValue, y: AxisValue) -> HeatCell:
        at = {**fixed, across: x, down: y}
        value, counts = values.get((label, tuple(at[path] for path in axis_paths(plan))), (NO_VALUE, {}))
        text = number(value.mean, scale) if math.isfinite(value.mean) else ""
        return HeatCell(scale.interval(value), text, counts.get("planned", 0), counts.get("diverged", 0))

    return HeatPanel(label, tuple(tuple(cell(x, y) for x in xs) for y in ys))
