"""report.html: one self-contained file from the findings alone. No network, light and dark, prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bn_study.analysis.axis import axis_name, axis_text
from bn_study.analysis.statistics import Interval
from bn_study.analysis.verdict import Verdict
from bn_study.presentation.drawing.page_svg import legend, panel_svgs, scale_colors
from bn_study.presentation.figures.arm_style import PALETTE
from bn_study.presentation.figures.forest import Row, forest
from bn_study.presentation.figures.marks import Line
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.figures.story import topic_of
from bn_study.presentation.findings import Findings, JudgedClaim, RunFound
from bn_study.presentation.sections import published_sections, result_sections
from bn_study.presentation.words.beside import score_text
from bn_study.presentation.words.headline import claim_names, headline
from bn_study.presentation.words.number import number, scale_of, signed_range
from bn_study.presentation.words.origin import counts_text, data_line
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.verdict import effect_scale, how_judged
from bn_study.presentation.words.wording import seeds_text

_TEMPLATES = Path(__file__).with_name("templates")
_RUN_COLUMNS = {
    "last_validation_accuracy": "last acc. (%)",
    "best_validation_accuracy": "best acc. (%)",
    "generalization_gap": "gap (%)",
    "step_seconds": "step (ms)",
    "train_seconds": "training (s)",
}
_MOST_POINTS, _LEAST_POINTS = 4000, 8  # that can be hovered at: on all lines of a page, on each
_MOST_BYTES, _MOST_RUNS = 900_000, 2000  # of figures, in the table: the page stays below 1.5 MB


def html_text(findings: Findings) -> str:
    """The page: what was found, and what shows it; then all else. What comes from YAML or records is escaped."""
    findings = findings.in_words
    verdicts = [one.verdict for one in findings.claims]
    deciding, forests = _deciding(findings), list(forest("claims", "", _rows(verdicts)))
    drawn = list(_figures([*deciding, *forests, *findings.figures]))
    first, rest = drawn[: len(deciding)], drawn[len(deciding) :]
    return (
        environment()
        .get_template("report.html")
        .render(
            f=findings,
            answer=headline(verdicts, findings.tally),
            claims=list(zip(findings.claims, claim_names([one.claim for one in verdicts]), strict=True)),
            points_of=_points,
            first=first[0] if first else None,
            forests=rest[: len(forests)],
            seeds=seeds_text(findings.study.seeds),
            counts=counts_text(findings.counts),
            how_judged=how_judged(verdicts),
            results=result_sections(findings),
            figures=rest[len(forests) :],
            palette=PALETTE,
            arms=range(len(findings.study.arms)),
            published=published_sections(findings),
            score=score_text(findings.score),
            runs=runs_text(findings.study.axes, findings.runs[:_MOST_RUNS]),
            more_runs=f"The first {_MOST_RUNS:,} of {len(findings.runs):,}; runs.csv has all. "
            * (len(findings.runs) > _MOST_RUNS),
            data=[data_line(data) for data in findings.data],
        )
    )


def _deciding(findings: Findings) -> list[Figure]:
    """The figure of the first claim that is decided, else of the first that has one."""
    told = [scene for scene in findings.story if scene.topic != "verdicts"]
    for judged in sorted(findings.claims, key=lambda one: one.verdict.outcome == "undecided"):
        for scene in told:
            if scene.topic == topic_of(judged.verdict.claim):
                return [scene.figure]
    return [scene.figure for scene in told[:1]]


def _rows(verdicts: Sequence[Verdict]) -> list[Row]:
    """Numbered as the claims are."""
    return [
        Row(f"{rank}  {' − '.join(one.claim.arms) or 'all arms'}", one) for rank, one in enumerate(verdicts, start=1)
    ]


def _points(judged: JudgedClaim) -> TextTable:
    """Each of the grid points that a claim counts, by itself."""
    scale = effect_scale(judged.verdict.claim)
    rows = tuple(
        (one.at, signed_range(Interval(one.effect, one.low, one.high, one.n), scale), str(one.n))
        for one in judged.verdict.points
    )
    return TextTable(("at", f"effect{f' ({scale.unit})' * bool(scale.unit)}", "n"), rows)


def environment() -> Environment:
    """Autoescaping, and loud where a template names what is not there."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip


def _figures(figures: Sequence[Figure]) -> Iterator[dict[str, object]]:
    """Lines of large studies have fewer points: what lies within a pixel or two nobody sees or hovers at.

    Where the page grows too large nonetheless, the last figures are only named.
    """
    lines = sum(isinstance(mark, Line) for figure in figures for panel in figure.panels for mark in panel.marks)
    points = max(_LEAST_POINTS, _MOST_POINTS // max(1, lines))
    room = _MOST_BYTES
    for rank, figure in enumerate(figures):
        svgs = panel_svgs(figure, f"f{rank}", points) if room > 0 else []
        room -= sum(map(len, svgs))
        elsewhere = f"In figures/{figure.name}.png, so that this page stays small."
        yield {
            "title": figure.title, "caption": figure.caption if svgs else (elsewhere, *figure.caption), "svgs": svgs,
            "legend": legend(figure, f"f{rank}") if svgs else [], "scale": scale_colors(figure) if svgs else [],
        }  # fmt: skip


def runs_text(paths: Sequence[str], runs: Sequence[RunFound]) -> TextTable:
    """One row a point of the plan: where it stands, how it ended, what was measured, why it did not finish."""
    header = ("run", "arm", *map(axis_name, paths), "seed", "ended", *_RUN_COLUMNS.values(), "why")
    return TextTable(header, tuple(map(_run, runs)), names=2 + len(paths))


def _run(run: RunFound) -> tuple[str, ...]:
    nan = float("nan")
    values = [number(run.metrics.get(metric, nan), scale_of(metric)) for metric in _RUN_COLUMNS]
    return (run.run_id, run.arm, *map(axis_text, run.axes.values()), str(run.seed), run.status, *values, run.why)
