"""The last slides: what the study cannot say and how it is run again; then figures, tables and methods as backup."""

from __future__ import annotations

from collections.abc import Iterator

from pptx.util import Pt

from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.findings import Findings
from bn_study.presentation.sections import Section, published_sections, result_sections
from bn_study.presentation.slides.scene import figure_slides
from bn_study.presentation.slides.slide import Deck, add_text, paragraph, write_notes
from bn_study.presentation.slides.tables import table_slides
from bn_study.presentation.words.origin import counts_text, data_line
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.verdict import claims_text, how_judged
from bn_study.presentation.words.wording import seeds_text

_COMMAND = Pt(64)
_MONO = "Courier New"


def limits(deck: Deck, found: Findings) -> None:
    """Above, what the runs do not allow to say; below, the command."""
    slide = deck.add("What this cannot say, and how to run it again")
    left, top, width, height = deck.room
    lines = [paragraph(line, before=4) for line in found.limits]
    add_text(slide, lines, (left, top, width, height - _COMMAND))
    frame = add_text(slide, [paragraph(found.study.command)], (left, top + height - _COMMAND, width, _COMMAND), True)
    for run in frame.paragraphs[0].runs:
        run.font.name = _MONO
    spoken = ("These are the limits of what was shown.", "The command below makes every number again.")
    write_notes(slide, spoken, found.limits, ["remarks", "footnotes", "study.command"])


def backup(deck: Deck, found: Findings) -> None:
    """What the story has not shown."""
    told = {repr(panel) for scene in found.story for panel in scene.figure.panels}
    for figure in found.figures:
        if not figure.name.startswith("published_") and not told.issuperset(map(repr, figure.panels)):
            _figure(deck, figure)
    for section in _sections(found):
        for slide in table_slides(deck, f"Backup: {section.title}", section.table):
            spoken = ("This table is here for questions.",)
            write_notes(slide, spoken, section.notes, ["points", "differences", "reachings", "published"])


def _figure(deck: Deck, figure: Figure) -> None:
    for slide in figure_slides(deck, figure, f"Backup: {figure.title}"):
        write_notes(slide, ["This figure is here for questions."], figure.caption, ["figures"])


def _sections(found: Findings) -> Iterator[Section]:
    if found.claims:
        verdicts = [one.verdict for one in found.claims]
        yield Section("Claims", claims_text(verdicts), (*(one.sentence for one in found.claims), how_judged(verdicts)))
    yield from result_sections(found)
    yield from published_sections(found)
    yield Section("Methods", TextTable(("what", "how"), tuple(_methods(found)), names=2), ())


def _methods(found: Findings) -> Iterator[tuple[str, str]]:
    study = found.study
    yield "Runs", f"{counts_text(found.counts)} Seeds {seeds_text(study.seeds)}."
    for data in found.data:
        yield "Data", f"{data_line(data)}."
    if found.claims:
        yield "Verdicts", how_judged([one.verdict for one in found.claims])
    for name, values in found.environment.items():
        yield name, ", ".join(values)
    if found.started:
        yield "When", f"From {found.started} to {found.ended}."
