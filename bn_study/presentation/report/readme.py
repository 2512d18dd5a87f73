"""The page of a report: README.md, in the order in which a reader asks. From the findings alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from bn_study.presentation.figures.panel import alt_text
from bn_study.presentation.findings import Findings, RunFound
from bn_study.presentation.sections import Section, published_sections, result_sections
from bn_study.presentation.words.beside import score_text
from bn_study.presentation.words.origin import counts_text, data_line, incomplete_text
from bn_study.presentation.words.text_table import TextTable, escaped
from bn_study.presentation.words.verdict import claims_text, how_judged
from bn_study.presentation.words.wording import sentence

_MOST_FAILURES = 20


def page_text(found: Findings, figures: Sequence[str]) -> str:
    """Markdown; `figures`: paths of images, relative to the page. The same findings give the same text."""
    found = found.in_words
    said = {figure.name: alt_text(figure) for figure in found.figures}
    sections = [
        _head(found),
        _verdicts(found),
        _section("Data", _data(found)),
        _section("Runs", _status(found), _failures(found.runs).markdown()),
        *map(_table, result_sections(found)),
        _published(found),
        _section("Figures", *(f"![{escaped(said[PurePath(path).stem])}]({path})" for path in figures)),
        _reproduce(found),
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def _head(found: Findings) -> str:
    study = found.study
    profile = f"Profile: {escaped(study.profile)}." if study.profile else ""
    source = f"Source: {escaped(study.source)}" if study.source else ""
    lines = (
        f"# {escaped(study.title)}", f"**{escaped(study.question)}**", source, escaped(study.notes), profile,
        *(f"**{escaped(remark)}**" for remark in found.remarks),
    )  # fmt: skip
    return "\n\n".join(filter(None, lines))


def _verdicts(found: Findings) -> str:
    if not found.claims:
        return ""
    said = "\n".join(
        f"- **{sentence(one.word)}**: “{escaped(one.verdict.claim.says)}”: {escaped(one.sentence)}"
        for one in found.claims
    )
    table = claims_text([one.verdict for one in found.claims]).markdown()
    return _section("Verdicts", found.tally, said, table, how_judged([one.verdict for one in found.claims]))


def _data(found: Findings) -> str:
    """In bold what is not known to be the official bytes."""
    lines = []
    for data in found.data:
        provenance, rest = escaped(data.provenance), escaped(data_line(data)).removeprefix(escaped(data.provenance))
        lines.append(f"- {provenance if provenance.startswith('official') else f'**{provenance}**'}{rest}")
    return "\n".join(lines) or "No run has read any data yet."


def _status(found: Findings) -> str:
    incomplete = incomplete_text(found.counts)
    return f"{counts_text(found.counts)}{f' **{incomplete}**' if incomplete else ''}"


def _failures(runs: Iterable[RunFound]) -> TextTable:
    """Runs that failed or diverged, each once, with their errors; at most twenty."""
    ended = {run.run_id: run for run in runs if run.status in ("failed", "diverged")}
    rows = [(run.run_id, run.status, run.why) for run in ended.values()]
    left_out = len(rows) - _MOST_FAILURES
    more = [("", "", f"and {left_out} more, in runs.csv")] if left_out > 0 else []
    return TextTable(("run", "ended", "why"), (*rows[:_MOST_FAILURES], *more), names=3)


def _table(section: Section) -> str:
    notes = section.notes if len(section.notes) < 2 else ("\n".join(f"- {escaped(note)}" for note in section.notes),)
    return _section(escaped(section.title), section.table.markdown(), *notes)


def _published(found: Findings) -> str:
    sections = published_sections(found)
    if not sections:
        return ""
    parts = [part for section in sections for part in (*section.notes, section.table.markdown())]
    return _section("Published and measured", score_text(found.score), *parts)


def _reproduce(found: Findings) -> str:
    when = f"Run from {found.started} to {found.ended}." if found.started else ""
    warning = f"**{found.warning}**" if found.warning else ""
    rows = tuple((name, "; ".join(values)) for name, values in found.environment.items())
    machines = TextTable(("", ""), rows, names=2).markdown()
    return _section("Reproduce", f"```\n{found.study.command}\n```", when, warning, machines)


def _section(title: str, *parts: str) -> str:
    return "\n\n".join(filter(None, (f"## {title}", *parts)))
