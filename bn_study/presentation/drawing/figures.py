"""Every figure of a study, as PNG, SVG and PDF."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Drawing

from bn_study.analysis.axis import axis_paths
from bn_study.analysis.results import Results
from bn_study.config.figure import (
    AxisFigure,
    BarsFigure,
    CurvesFigure,
    Figure,
    GapFigure,
    HeatmapFigure,
    ParallelFigure,
    StepTimeFigure,
)
from bn_study.planning.expansion import Plan
from bn_study.presentation.drawing.axis_drawing import draw_axis
from bn_study.presentation.drawing.bar_drawing import draw_bars
from bn_study.presentation.drawing.gap_drawing import draw_gap
from bn_study.presentation.drawing.heat_drawing import draw_heat
from bn_study.presentation.drawing.image_file import save_figure
from bn_study.presentation.drawing.line_drawing import draw_lines
from bn_study.presentation.drawing.parallel_drawing import draw_parallel
from bn_study.presentation.drawing.style import LIGHT, Theme, figure_style
from bn_study.presentation.figures.axis_chart import AxisChart
from bn_study.presentation.figures.bar_chart import BarChart
from bn_study.presentation.figures.bars import bar_charts
from bn_study.presentation.figures.chart import Chart, alt_text
from bn_study.presentation.figures.curves import curve_charts
from bn_study.presentation.figures.default_figures import default_figures
from bn_study.presentation.figures.gap_chart import GapChart, gap_charts
from bn_study.presentation.figures.heat_chart import HeatChart, heat_charts
from bn_study.presentation.figures.line_chart import LineChart
from bn_study.presentation.figures.parallel_chart import ParallelChart, parallel_charts
from bn_study.presentation.figures.published_bars import published_charts
from bn_study.presentation.figures.step_time import step_time_charts
from bn_study.presentation.figures.sweep import axis_charts

_DRAWINGS: dict[type[Chart], Callable[[Any], Drawing]] = {
    LineChart: draw_lines,
    BarChart: draw_bars,
    AxisChart: draw_axis,
    GapChart: draw_gap,
    HeatChart: draw_heat,
    ParallelChart: draw_parallel,
}


def draw_figures(
    drawn: Iterable[Chart], folder: Path, kinds: Sequence[str] = ("png", "svg", "pdf"), theme: Theme = LIGHT
) -> list[Path]:
    """Draw charts into `folder`.

    One file a chart and kind, each written whole or not at all. The same tables give the same bytes, with one
    version of matplotlib. Also without any result: then the figures say so. Raises OSError.
    """
    paths: list[Path] = []
    if not kinds:
        return paths
    with figure_style(theme):
        for chart in drawn:
            figure = draw(chart)
            paths += save_figure(figure, folder, chart.name, kinds, alt_text(chart))
            figure.clear()
    return paths


def charts(results: Results) -> tuple[Chart, ...]:
    """What is drawn, computed; every chart with a name of its own."""
    figures = results.plan.source.study.figures or default_figures(len(axis_paths(results.plan)))
    asked = itertools.chain.from_iterable(_charts(results, figure) for figure in figures)
    named = _named_apart([*asked, *published_charts(results)])
    return tuple(replace(chart, run_ids=results.finished) for chart in named)


def _charts(results: Results, figure: Figure) -> tuple[Chart, ...]:
    if isinstance(figure, (AxisFigure, HeatmapFigure)) and not _has_axes(results.plan, figure):  # --set has fixed one
        figure = BarsFigure(kind="bars", metrics=figure.metrics, title=figure.title)
    match figure:
        case CurvesFigure():
            return curve_charts(results, figure)
        case BarsFigure():
            return bar_charts(results, figure)
        case AxisFigure():
            return axis_charts(results, figure)
        case HeatmapFigure():
            return heat_charts(results, figure)
        case StepTimeFigure():
            return step_time_charts(results, figure)
        case GapFigure():
            return gap_charts(results, figure)
        case ParallelFigure():
            return parallel_charts(results, figure)


def _has_axes(plan: Plan, figure: AxisFigure | HeatmapFigure) -> bool:
    paths = axis_paths(plan)
    if isinstance(figure, AxisFigure):
        return bool(paths) and (figure.against or paths[0]) in paths
    return len(paths) > 1 and set(figure.axes or paths[:2]) <= set(paths)


def draw(chart: Chart) -> Drawing:
    """To be called within `figure_style`."""
    return _DRAWINGS[type(chart)](chart)


def _named_apart(drawn: Iterable[Chart]) -> Iterator[Chart]:
    """Figures of the same metrics, with other titles say, do not overwrite each other; equal ones are one."""
    taken: set[str] = set()
    once = {repr(chart): chart for chart in drawn}  # by text, for NaN is not equal to itself
    for chart in once.values():
        names = itertools.chain([chart.name], (f"{chart.name}_{n}" for n in itertools.count(2)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        yield replace(chart, name=name)
