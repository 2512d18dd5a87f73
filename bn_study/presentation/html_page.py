"""report.html: one self-contained file from the findings alone. No network, light and dark, prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bn_study.analysis.axis import axis_name
from bn_study.planning.identity import axis_label
from bn_study.presentation.axis_chart import AxisChart
from bn_study.presentation.axis_svg import axis_key, axis_marks, axis_svgs
from bn_study.presentation.bar_svg import bar_svgs
from bn_study.presentation.chart import Chart
from bn_study.presentation.findings import Findings, RunFound
from bn_study.presentation.gap_chart import GapChart
from bn_study.presentation.gap_svg import gap_svgs
from bn_study.presentation.heat_chart import HeatChart
from bn_study.presentation.heat_svg import heat_svgs
from bn_study.presentation.line_chart import LineChart
from bn_study.presentation.line_svg import legend, line_svgs
from bn_study.presentation.number import number, scale_of
from bn_study.presentation.origin_text import counts_text, data_line, incomplete_text
from bn_study.presentation.parallel_chart import ParallelChart
from bn_study.presentation.parallel_svg import parallel_svgs
from bn_study.presentation.published_text import score_text
from bn_study.presentation.section import published_sections, result_sections
from bn_study.presentation.style import arm_color
from bn_study.presentation.text_table import TextTable
from bn_study.presentation.verdict_text import HOW_JUDGED

_TEMPLATES = Path(__file__).with_name("templates")
_RUN_COLUMNS = {
    "last_validation_accuracy": "last acc. (%)",
    "best_validation_accuracy": "best acc. (%)",
    "generalization_gap": "gap (%)",
    "step_seconds": "step (ms)",
    "train_seconds": "training (s)",
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
    if isinstance(chart, (GapChart, HeatChart, ParallelChart)):
        return {"title": chart.title, "caption": chart.caption, "svgs": _svgs(chart), "key": _key(chart)}
    if isinstance(chart, AxisChart):
        caption = (*axis_marks(chart), *chart.caption)
        return {"title": chart.title, "caption": caption, "svgs": axis_svgs(chart), "key": axis_key(chart)}
    if isinstance(chart, LineChart):
        return {"title": chart.title, "caption": chart.caption, "svgs": line_svgs(chart), "key": legend(chart)}
    tones = {"full": "solid", "light": "light", "hatched": "dashed"}
    key = [(name, arm_color(index)) for index, name in chart.arms]
    said = [f"{sentence} is {tones[tone]}." for tone, sentence in chart.tones]
    return {"title": chart.title, "caption": (*said, *chart.caption), "svgs": bar_svgs(chart), "key": key}


def _svgs(chart: GapChart | HeatChart | ParallelChart) -> list[str]:
    if isinstance(chart, GapChart):
        return gap_svgs(chart)
    return heat_svgs(chart) if isinstance(chart, HeatChart) else parallel_svgs(chart)


def _key(chart: GapChart | HeatChart | ParallelChart) -> list[tuple[str, str]]:
    if not isinstance(chart, ParallelChart):
        return []
    arms = {line.label: line.arm_index for panel in chart.panels for line in panel.lines}
    return [(label, arm_color(index)) for label, index in arms.items()]


def runs_text(paths: Sequence[str], runs: Sequence[RunFound]) -> TextTable:
    """One row a point of the plan: where it stands, how it ended, what was measured, why it did not finish."""
    header = ("run", "arm", *map(axis_name, paths), "seed", "ended", *_RUN_COLUMNS.values(), "why")
    return TextTable(header, tuple(map(_run, runs)), names=2 + len(paths))


def _run(run: RunFound) -> tuple[str, ...]:
    nan = float("nan")
    values = [number(run.metrics.get(metric, nan), scale_of(metric)) for metric in _RUN_COLUMNS]
    return (run.run_id, run.arm, *map(axis_label, run.axes.values()), str(run.seed), run.status, *values, run.why)
