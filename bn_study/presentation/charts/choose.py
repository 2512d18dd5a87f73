"""Every figure of a study, as PNG, SVG and PDF."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bn_study.analysis.axis import axis_paths
from bn_study.analysis.results import Results
from bn_study.config.figure import (
    AxisFigure,
    BarsFigure,
    CurvesFigure,
    FigureSpec,
    GapFigure,
    HeatmapFigure,
    ParallelFigure,
    StepTimeFigure,
)
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.bars import bar_charts
from bn_study.presentation.charts.chart import Chart
from bn_study.presentation.charts.curves import curve_charts
from bn_study.presentation.charts.default_figures import default_figures
from bn_study.presentation.charts.gap_chart import gap_charts
from bn_study.presentation.charts.heat_chart import heat_charts
from bn_study.presentation.charts.parallel_chart import parallel_charts
from bn_study.presentation.charts.published_bars import published_charts
from bn_study.presentation.charts.step_time import step_time_charts
from bn_study.presentation.charts.sweep import axis_charts


def charts(results: Results) -> tuple[Chart, ...]:
    """What is drawn, computed; every chart with a name of its own."""
    figures = results.plan.source.study.figures or default_figures(len(axis_paths(results.plan)))
    asked = itertools.chain.from_iterable(_charts(results, figure) for figure in figures)
    named = _named_apart([*asked, *published_charts(results)])
    return tuple(replace(chart, run_ids=results.finished) for chart in named)


def _charts(results: Results, figure: FigureSpec) -> tuple[Chart, ...]:
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


def _named_apart(drawn: Iterable[Chart]) -> Iterator[Chart]:
    """Figures of the same metrics, with other titles say, do not overwrite each other; equal ones are one."""
    taken: set[str] = set()
    once = {repr(chart): chart for chart in drawn}  # by text, for NaN is not equal to itself
    for chart in once.values():
        names = itertools.chain([chart.name], (f"{chart.name}_{n}" for n in itertools.count(2)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        yield replace(chart, name=name)
