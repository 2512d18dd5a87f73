"""Every figure of a study, as PNG, SVG and PDF."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Drawing

from bn_study.analysis.axis import axis_paths
from bn_study.analysis.frame import Table, texts
from bn_study.config.figure import BarsFigure, CurvesFigure, Figure
from bn_study.config.load import StudySource
from bn_study.planning.expansion import Plan
from bn_study.presentation.axis_chart import AxisChart
from bn_study.presentation.axis_drawing import draw_axis
from bn_study.presentation.bar_chart import BarChart
from bn_study.presentation.bar_drawing import draw_bars
from bn_study.presentation.bars import bar_charts
from bn_study.presentation.chart import Chart
from bn_study.presentation.curves import curve_charts
from bn_study.presentation.image_file import save_figure
from bn_study.presentation.line_chart import LineChart
from bn_study.presentation.line_drawing import draw_lines
from bn_study.presentation.published_bars import published_charts
from bn_study.presentation.style import LIGHT, Theme, figure_style
from bn_study.presentation.sweep import axis_charts

#: What is drawn for a study that names no figures.
DEFAULT_FIGURES: tuple[Figure, ...] = (
    CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy")),
    CurvesFigure(kind="curves", metrics=("train_loss", "validation_loss")),
    CurvesFigure(kind="curves", metrics=("validation_accuracy",), against="seconds"),
    BarsFigure(kind="bars", metrics=("last_validation_accuracy", "best_validation_accuracy")),
)


_DRAWINGS: dict[type[Chart], Callable[[Any], Drawing]] = {
    LineChart: draw_lines,
    BarChart: draw_bars,
    AxisChart: draw_axis,
}


def draw_figures(
    drawn: Iterable[Chart], folder: Path, kinds: Sequence[str] = ("png", "svg", "pdf"), theme: Theme = LIGHT
) -> list[Path]:
    """Draw charts into `folder`.

    One file a chart and kind, each written whole or not at all. The same tables give the same bytes, with one
    version of matplotlib. Also without any result: then the figures say so. Raises OSError.
    """
    paths: list[Path] = []
    with figure_style(theme):
        for chart in drawn:
            figure = draw(chart)
            paths += save_figure(figure, folder, chart.name, kinds)
            figure.clear()
    return paths


def charts(source: StudySource, plan: Plan, runs: Table, epochs: Table) -> tuple[Chart, ...]:
    """What is drawn, computed; every chart with a name of its own."""
    figures = source.study.figures or DEFAULT_FIGURES
    asked = itertools.chain.from_iterable(_charts(plan, runs, epochs, figure) for figure in figures)
    finished = tuple(texts(runs[runs["status"] == "finished"], "run_id"))
    named = _named_apart([*asked, *published_charts(plan, runs, epochs)])
    return tuple(replace(chart, run_ids=finished) for chart in named)


def _charts(plan: Plan, runs: Table, epochs: Table, figure: Figure) -> tuple[Chart, ...]:
    if isinstance(figure, CurvesFigure):
        return curve_charts(plan, runs, epochs, figure)
    if isinstance(figure, BarsFigure):
        return bar_charts(plan, runs, epochs, figure)
    paths = axis_paths(plan)
    if not paths or (figure.against or paths[0]) not in paths:  # --set has fixed the axis
        bars = BarsFigure(kind="bars", metrics=figure.metrics, published=figure.published, title=figure.title)
        return bar_charts(plan, runs, epochs, bars)
    return axis_charts(plan, runs, epochs, figure)


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
