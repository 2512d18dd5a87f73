"""The page of a report: README.md, in the order in which a reader asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bn_study.analysis.frame import Table
from bn_study.analysis.published import BesidePublished, published_gaps, published_score
from bn_study.analysis.statistics import smallest_n_for_significance
from bn_study.analysis.verdict import Verdict
from bn_study.config.load import StudySource
from bn_study.planning.expansion import Plan
from bn_study.presentation.comparison_text import comparison_notes, comparison_text
from bn_study.presentation.number import NOTHING
from bn_study.presentation.origin_text import (
    command_text,
    comparability_text,
    data_text,
    failures_text,
    machines_text,
    status_text,
)
from bn_study.presentation.published_text import beside_text, gaps_text, score_text
from bn_study.presentation.quantity import claimed_accuracies
from bn_study.presentation.results_text import batch_statistics_text, differences_text, reaching_text
from bn_study.presentation.text_table import escaped
from bn_study.presentation.verdict_text import claims_text, tally, verdicts_text
from bn_study.store.record import RunRecord


@dataclass(frozen=True)
class Shown:
    """What the page speaks of: the tables of the study, its published numbers beside ours, its figures."""

    runs: Table
    epochs: Table
    points: Table
    beside: tuple[BesidePublished, ...]
    verdicts: Sequence[Verdict]
    figures: Sequence[str]
    """paths of images, relative to the page"""


def page_text(source: StudySource, plan: Plan, records: Mapping[str, RunRecord], found: Shown) -> str:
    """Markdown. The same records give the same text: no date but those of the runs."""
    planned = [records[run.fingerprint] for run in plan.runs if run.fingerprint in records]
    sections = [
        _head(source),
        _verdicts(found.verdicts),
        _section("Data", data_text(planned)),
        _section("Runs", status_text(plan, records), failures_text(plan, records).markdown()),
        _section("Arms", comparison_text(plan, found.points).markdown(), _list(comparison_notes(plan, found.runs))),
        _differences(plan, found.runs),
        _batch_statistics(plan, found.runs),
        *(_reaching(plan, found, accuracy) for accuracy in claimed_accuracies(plan)),
        _published(plan, found),
        _section("Figures", *(f"![{_alt(path)}]({path})" for path in found.figures)),
        _reproduce(source, planned),
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def _head(source: StudySource) -> str:
    study = source.study
    notes = f"\n\n{escaped(study.notes)}" if study.notes else ""
    profile = f"\n\nProfile: {escaped(source.profile)}." if source.profile else ""
    lines = f"**{escaped(study.question)}**\n\nSource: {escaped(study.source)}"
    return f"# {escaped(study.title)}\n\n{lines}{notes}{profile}"


def _verdicts(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return ""
    how = (
        "Effects are the first arm minus the second, paired by seed. Supported: one-sided p against the margin, "
        "adjusted by Holm over these claims, at most 0.05, and the 95 % interval beyond the margin. Contradicted: "
        "the interval lies entirely on the wrong side of the margin. Else undecided."
    )
    return _section("Verdicts", tally(verdicts), verdicts_text(verdicts), claims_text(verdicts).markdown(), how)


def _differences(plan: Plan, runs: Table) -> str:
    arms, seeds = list(plan.source.study.arms), len(plan.source.study.seeds)
    if len(arms) < 2:
        return ""
    how = (
        "Means over seeds, paired by seed, with 95 % t-intervals in parentheses; accuracies in percentage "
        "points. p: two-sided sign-flip test of the last accuracy; Holm: adjusted over this table. Ratios "
        "are geometric means. BN re-estimated: for arms without BN the accuracy as it stands."
    )
    title, table = f"Differences from {escaped(arms[0])}", differences_text(plan, runs).markdown()
    return _section(title, table, how, _power(seeds))


def _power(seeds: int) -> str:
    least = smallest_n_for_significance(0.05)
    if seeds >= least:
        return ""
    lowest = f"With n = {seeds} no p can be below {2 / 2**seeds:.3g}"
    return f"{lowest}: significance at 0.05 needs {least} seeds or more. (Verdicts use t tests where they may.)"


def _batch_statistics(plan: Plan, runs: Table) -> str:
    table = batch_statistics_text(plan, runs).markdown()
    why = (
        "Validation accuracy after the last epoch: with BN's moving averages, as Keras reports it, and with "
        "statistics re-estimated on training data. Where both differ, the averages lag behind the weights."
    )
    return _section("BN: moving averages and re-estimated statistics", table, why) if table else ""


def _reaching(plan: Plan, found: Shown, accuracy: float) -> str:
    table = reaching_text(plan, found.runs, found.epochs, accuracy).markdown()
    never = f"a run that never got there counts as later than all; {NOTHING}: half of the runs or more did not."
    note = f"Medians; {never}"
    return _section(f"To {100 * accuracy:g} % validation accuracy", table, note)


def _published(plan: Plan, found: Shown) -> str:
    if not found.beside:
        return ""
    gaps = gaps_text(plan, found.runs, found.epochs).markdown()
    said = "Numbers of other data: what carries over is the gap between arms, its sign and its size." if gaps else ""
    score = score_text(published_score(found.beside, published_gaps(plan, found.runs, found.epochs)))
    return _section("Published and measured", score, beside_text(found.beside).markdown(), said, gaps)


def _reproduce(source: StudySource, records: Sequence[RunRecord]) -> str:
    dates = sorted(date for record in records for date in (record.started, record.ended))
    when = f"Run from {escaped(dates[0])} to {escaped(dates[-1])}." if dates else ""
    machines = machines_text(records).markdown()
    return _section("Reproduce", f"```\n{command_text(source)}\n```", when, comparability_text(records), machines)


def _section(title: str, *parts: str) -> str:
    return "\n\n".join(filter(None, (f"## {title}", *parts)))


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(line)}" for line in lines)


def _alt(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".png").replace("_", " ")
