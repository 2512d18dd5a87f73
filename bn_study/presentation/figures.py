"""Every figure of a study, as PNG, SVG and PDF."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from matplotlib.figure import Figure as Drawing

from bn_study.analysis.frame import Table, texts
from bn_study.config.load import StudySource
from bn_study.config.study import BarsFigure, CurvesFigure, Figure
from bn_study.planning.expansion import Plan
from bn_study.presentation.bar_chart import BarChart
from bn_study.presentation.bar_drawing import draw_bars
from bn_study.presentation.bars import bar_charts
from bn_study.presentation.curves import curve_charts
from bn_study.presentation.image_file import save_figure
from bn_study.presentation.line_chart import LineChart
from bn_study.presentation.line_drawing import draw_lines
from bn_study.presentation.published_bars import published_charts
from bn_study.presentation.style import figure_style

#: What is drawn for a study that names no figures.
DEFAULT_FIGURES: tuple[Figure, ...] = (
    CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy")),
    CurvesFigure(kind="curves", metrics=("train_loss", "validation_loss")),
    CurvesFigure(kind="curves", metrics=("validation_accuracy",), against="seconds"),
    BarsFigure(kind="bars", metrics=("last_validation_accuracy", "best_validation_accuracy")),
)


def draw_figures(
    drawn: Iterable[LineChart | BarChart], folder: Path, kinds: Sequence[str] = ("png", "svg", "pdf")
) -> list[Path]:
    """Draw charts into `folder`.

    One file a chart and kind, each written whole or not at all. The same tables give the same bytes, with one
    version of matplotlib. Also without any result: then the figures say so. Raises OSError.
    """
    paths: list[Path] = []
    if not kinds:
        return paths
    with figure_style():
        for chart in drawn:
            figure = draw(chart)
            paths += save_figure(figure, folder, chart.name, kinds)
            figure.clear()
    return paths


def charts(source: StudySource, plan: Plan, runs: Table, epochs: Table) -> tuple[LineChart | BarChart, ...]:
    """What is drawn, computed; every chart with a name of its own."""
    figures = source.study.figures or DEFAULT_FIGURES
    asked = itertools.chain.from_iterable(_charts(plan, runs, epochs, figure) for figure in figures)
    finished = tuple(texts(runs[runs["status"] == "finished"], "run_id"))
    named = _named_apart([*asked, *published_charts(plan, runs, epochs)])
    return tuple(replace(chart, run_ids=finished) for chart in named)


def _charts(plan: Plan, runs: Table, epochs: Table, figure: Figure) -> tuple[LineChart | BarChart, ...]:
    if isinstance(figure, CurvesFigure):
        return curve_charts(plan, runs, epochs, figure)
    return bar_charts(plan, runs, epochs, figure)


def draw(chart: LineChart | BarChart) -> Drawing:
    """To be called within `figure_style`."""
    return draw_lines(chart) if isinstance(chart, LineChart) else draw_bars(chart)


def _named_apart(drawn: Iterable[LineChart | BarChart]) -> Iterator[LineChart | BarChart]:
    """Figures of the same metrics, with other titles say, do not overwrite each other; equal ones are one."""
    taken: set[str] = set()
    once = {repr(chart): chart for chart in drawn}  # by text, for NaN is not equal to itself
    for chart in once.values():
        names = itertools.chain([chart.name], (f"{chart.name}_{n}" for n in itertools.count(2)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        yield replace(chart, name=name)
