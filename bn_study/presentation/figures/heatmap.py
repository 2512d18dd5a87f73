"""Heat map: a metric over two axes of the grid, one panel an arm, with the number in every cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bn_study.analysis.axis import AxisValue, axes_text, axis_name, axis_paths
from bn_study.analysis.results import Results
from bn_study.config.figure import BarsFigure, HeatmapFigure
from bn_study.presentation.figures.bars import bars
from bn_study.presentation.figures.grid_point import MOST_COLUMNS, MOST_PANELS, grid_points
from bn_study.presentation.figures.marks import Cell
from bn_study.presentation.figures.panel import Axis, ColorScale, Figure, Panel, Tick
from bn_study.presentation.figures.place import ordered
from bn_study.presentation.figures.quantity import Placed, Quantity, placed, quantities, remarks
from bn_study.presentation.words.caption import caption, why_absent
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import brief, sentence, value_label, with_unit

_MOST_FIGURES = 4  # combinations of the axes beside the two
_PANELS_POINTS = (800.0, 400.0)  # width and height that a figure leaves for its panels


def heatmap(results: Results, figure: HeatmapFigure) -> Iterator[Figure]:
    """One figure a metric and combination of the axes beside these two, four combinations at most.

    Bars, and a sentence that says so, where `--set` has fixed one of the axes.
    """
    paths = axis_paths(results.plan)
    wanted = figure.axes or paths[:2]
    if len(wanted) < 2 or not set(wanted) <= set(paths):
        told = "A heat map needs two axes with several values; here are bars."
        asked = BarsFigure(kind="bars", metrics=figure.metrics, title=figure.title)
        yield from (replace(one, caption=(*one.caption, told)) for one in bars(results, asked))
        return
    points = [point.axes for point in grid_points(results.plan)]
    others = [path for path in paths if path not in wanted]
    rest = list(dict.fromkeys(tuple(point[path] for path in others) for point in points))
    sides = {path: ordered([point[path] for point in points]) for path in wanted}
    drawn = quantities(results.plan, figure.metrics)
    for quantity in drawn:
        values = placed(results, quantity)
        for one in rest[:_MOST_FIGURES]:
            fixed = dict(zip(others, one, strict=True))
            told_apart = [quantity.label] * bool(figure.title and len(drawn) > 1)
            told_apart += [brief(axes_text(fixed))] * (len(rest) > 1)
            title = ": ".join(filter(None, (figure.title or _title(quantity, sides), ", ".join(told_apart))))
            yield _figure(
                results, quantity, title, sides, [p for p in values if fixed.items() <= p.axes.items()], len(rest)
            )


def _title(quantity: Quantity, sides: Mapping[str, object]) -> str:
    comma = "," if ", " in quantity.label else ""
    return sentence(f"{quantity.label}{comma} over {' and '.join(map(axis_name, sides))}")


def _figure(
    results: Results,
    quantity: Quantity,
    title: str,
    sides: Mapping[str, Sequence[AxisValue]],
    values: Sequence[Placed],
    combinations: int,
) -> Figure:
    (across, xs), (down, ys) = sides.items()
    x, y = _axis(across, xs), _axis(down, ys)
    arms = list(dict.fromkeys(one.label for one in values))
    panels = [_panel(label, quantity, sides, x, y, [one for one in values if one.label == label]) for label in arms]
    means = [scale_of(quantity.metric).interval(one.value).mean for one in values if one.is_known]
    notes = [
        *remarks(results, quantity, values),
        f"The first {_MOST_FIGURES} of {combinations} combinations of the other axes; table.csv has all."
        * (combinations > _MOST_FIGURES),
        f"The first {MOST_PANELS} of {len(arms)} arms; table.csv has all." * (len(arms) > MOST_PANELS),
    ]
    return Figure(
        form="Heat map",
        name=f"heatmap_{quantity.metric}",
        title=title,
        panels=tuple(panels[:MOST_PANELS]),
        columns=columns_of_cells(min(len(panels), MOST_PANELS), len(xs), len(ys)),
        caption=caption(results, notes, intervals=False),
        colors=ColorScale(with_unit(quantity.label, quantity.metric), min(means), max(means)) if means else None,
    )


def _axis(path: str, values: Sequence[AxisValue]) -> Axis:
    ticks = tuple(Tick(float(place), value_label(value)) for place, value in enumerate(values))
    return Axis(axis_name(path), -0.5, len(values) - 0.5, ticks=ticks)


def columns_of_cells(panels: int, across: int, down: int) -> int:
    """The number of columns that gives the largest cells, for numbers are about half as high as wide."""

    def cell(columns: int) -> float:
        rows = math.ceil(panels / columns)
        width, height = (_PANELS_POINTS[0] / columns - 60) / across, (_PANELS_POINTS[1] / rows - 50) / down
        return min(width, 2 * height)

    return max(range(1, min(panels, MOST_COLUMNS) + 1), key=cell)


def _panel(
    label: str, quantity: Quantity, sides: Mapping[str, Sequence[AxisValue]], x: Axis, y: Axis, values: Sequence[Placed]
) -> Panel:
    if not any(one.is_known or one.diverged for one in values):
        return Panel(label, x, y, (), empty=why_absent(one.counts for one in values))
    (across, xs), (down, ys) = sides.items()
    cells = (_cell(quantity, one, xs.index(one.axes[across]), ys.index(one.axes[down])) for one in values)
    return Panel(label, x, y, tuple(cells))


def _cell(quantity: Quantity, one: Placed, x: int, y: int) -> Cell:
    scale = scale_of(quantity.metric)
    value = [number(one.value.mean, scale)] * one.is_known
    said, short = [*value, f"✕ {one.diverged}"] if one.diverged else value, [*value, "✕"] if one.diverged else value
    lost = bool(one.diverged) and not one.is_known
    return Cell(
        x=x, y=y, value=scale.interval(one.value).mean, look="hatched" if lost else "full",
        said=tuple(said), short=" ".join(short),
        meaning="✕ diverged runs of planned" if one.diverged else "",
        hover=one.hover(brief(axes_text(one.axes)), quantity.metric),
    )  # fmt: skip
