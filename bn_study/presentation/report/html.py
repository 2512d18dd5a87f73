"""report.html: one self-contained file from the findings alone. No network, light and dark, prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bn_study.analysis.axis import axis_name, axis_text
from bn_study.presentation.drawing.axis_svg import axis_key, axis_marks, axis_svgs
from bn_study.presentation.drawing.bar_svg import bar_key, bar_marks, bar_svgs
from bn_study.presentation.drawing.gap_svg import gap_svgs
from bn_study.presentation.drawing.heat_svg import heat_svgs
from bn_study.presentation.drawing.line_svg import line_key, line_svgs
from bn_study.presentation.drawing.parallel_svg import parallel_key, parallel_svgs
from bn_study.presentation.figures.axis_chart import AxisChart
from bn_study.presentation.figures.bar_chart import BarChart
from bn_study.presentation.figures.chart import Chart
from bn_study.presentation.figures.gap_chart import GapChart
from bn_study.presentation.figures.heat_chart import HeatChart
from bn_study.presentation.figures.line_chart import LineChart
from bn_study.presentation.figures.parallel_chart import ParallelChart
from bn_study.presentation.findings import Findings, RunFound
from bn_study.presentation.report.sections import published_sections, result_sections
from bn_study.presentation.words.beside import score_text
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.origin import counts_text, data_line, incomplete_text
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.verdict import HOW_JUDGED

_TEMPLATES = Path(__file__).with_name("templates")
_RUN_COLUMNS = {
    "last_validation_accuracy": "last acc. (%)",
    "best_validation_accuracy": "best acc. (%)",
    "generalization_gap": "gap (%)",
    "step_seconds": "step (ms)",
    "train_seconds": "training (s)",
}


@dataclass(frozen=True)
class _Form:
    """How a kind of chart is drawn: an SVG a panel, (label, colour) of its arms, what its marks mean."""

    svgs: Callable[[Any], Sequence[str]]
    key: Callable[[Any], Sequence[tuple[str, str]]] = lambda _: ()
    marks: Callable[[Any], Sequence[str]] = lambda _: ()


_FORMS: dict[type[Chart], _Form] = {
    LineChart: _Form(line_svgs, line_key),
    BarChart: _Form(bar_svgs, bar_key, bar_marks),
    AxisChart: _Form(axis_svgs, axis_key, axis_marks),
    GapChart: _Form(gap_svgs),
    HeatChart: _Form(heat_svgs),
    ParallelChart: _Form(parallel_svgs, parallel_key),
}


def html_text(findings: Findings) -> str:
    """The page. Everything that comes from YAML or from records is escaped."""
    return (
        environment()
        .get_template("report.html")
        .render(
            f=findings,
            counts=counts_text(findings.counts),
            incomplete=incomplete_text(findings.counts),
            how_judged=HOW_JUDGED,
            results=result_sections(findings),
            figures=[_figure(chart) for chart in findings.figures],
            published=published_sections(findings),
            score=score_text(findings.score),
            runs=runs_text(findings.study.axes, findings.runs),
            data=[data_line(data) for data in findings.data],
        )
    )


def environment() -> Environment:
    """Autoescaping, and loud where a template names what is not there."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip


def _figure(chart: Chart) -> dict[str, object]:
    form = _FORMS[type(chart)]
    caption = (*form.marks(chart), *chart.caption)
    return {"title": chart.title, "caption": caption, "svgs": form.svgs(chart), "key": form.key(chart)}


def runs_text(paths: Sequence[str], runs: Sequence[RunFound]) -> TextTable:
    """One row a point of the plan: where it stands, how it ended, what was measured, why it did not finish."""
    header = ("run", "arm", *map(axis_name, paths), "seed", "ended", *_RUN_COLUMNS.values(), "why")
    return TextTable(header, tuple(map(_run, runs)), names=2 + len(paths))


def _run(run: RunFound) -> tuple[str, ...]:
    nan = float("nan")
    values = [number(run.metrics.get(metric, nan), scale_of(metric)) for metric in _RUN_COLUMNS]
    return (run.run_id, run.arm, *map(axis_text, run.axes.values()), str(run.seed), run.status, *values, run.why)
