"""atlas.pptx: what all studies found, a question after the other. From their findings alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from bn_study.config.atlas import Atlas
from bn_study.presentation.atlas import NOT_RUN, Chapter
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.slides.scene import figure_slides
from bn_study.presentation.slides.slide import Deck, add_text, paragraph, write_notes
from bn_study.presentation.slides.tables import table_slides
from bn_study.presentation.slides.template import opened
from bn_study.presentation.words.headline import spoken
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.verdict import MARKS, outcome_text
from bn_study.presentation.words.without_links import without_links

_MOST_FORESTS = 2  # of a question: the others are in README.md
_COMMAND = "bn-study report --all"


def atlas_bytes(atlas: Atlas, chapters: Sequence[Chapter], template: Path | None = None) -> bytes:
    """The file's content. Raises NotATemplate."""
    deck = Deck(opened(template))
    deck.file.core_properties.title = atlas.title[:255]  # the format allows no more
    deck.file.core_properties.author = "bn_study"
    _opening(deck, atlas)
    _tallies(deck, chapters)
    for chapter in chapters:
        for figure in itertools.islice(chapter.forests(), _MOST_FORESTS):
            _question(deck, chapter, figure)
    _close(deck, chapters)
    return deck.content()


def _opening(deck: Deck, atlas: Atlas) -> None:
    slide = deck.begin(atlas.title, [paragraph(without_links(atlas.about))])
    write_notes(slide, [f"{atlas.title}.", "Each slide is a question, with the claims that were tested for it."])


def _tallies(deck: Deck, chapters: Sequence[Chapter]) -> None:
    """How many claims of each question came out how."""
    header = ("question", *(f"{mark} {outcome_text(outcome)}" for outcome, mark in MARKS.items()), NOT_RUN)
    rows = tuple((chapter.question.question, *map(str, chapter.counts)) for chapter in chapters)
    for slide in table_slides(deck, "How the claims came out", TextTable(header, rows)):
        write_notes(slide, ["Each sentence of a source is a claim, written before its runs.", "Here they are counted."])


def _question(deck: Deck, chapter: Chapter, figure: Figure) -> None:
    """The answer as the title, and all that it rests on in the notes."""
    question, answer = chapter.question.question, without_links(chapter.question.answer)
    for slide in figure_slides(deck, figure, f"{question} {answer}".strip()):
        write_notes(slide, [answer or "This is not answered yet.", f"{chapter.tally}."], _tested(chapter))


def _tested(chapter: Chapter) -> Iterator[str]:
    """Each judged claim: what was found, with how many seeds, under which conditions, and how it is run again."""
    for row in chapter.rows:
        if row.judged and row.entry and row.counts:
            said, command = spoken(row.judged.verdict), row.entry.findings.study.command
            yield f"{row.number}. {row.claim.says}: {said} n = {row.judged.verdict.n}; {row.conditions}; `{command}`."


def _close(deck: Deck, chapters: Sequence[Chapter]) -> None:
    waiting = sum(row.judged is None for chapter in chapters for row in chapter.rows)
    old = sum(bool(row.entry and row.entry.superseded) for chapter in chapters for row in chapter.rows)
    lines = [
        "Nets and data are small: each row of the atlas says how small. Other sizes may say otherwise.",
        "An undecided claim is not a refuted one: its seeds did not settle it.",
        f"{waiting} claims were not run yet." * bool(waiting),
        f"{old} verdicts are of an earlier version of their study, and are in no figure." * bool(old),
        f"Made from the studies' findings by `{_COMMAND}`.",
    ]
    slide = deck.add("What this cannot say, and how it is made")
    add_text(slide, [paragraph(line, before=4) for line in lines if line], deck.room)
    write_notes(slide, ["These are the limits of what was shown.", "The command makes all of it again."])
