"""The first slides: the question, what normalization and dropout do, what the source claims, what was run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pptx.util import Emu, Inches, Pt

from bn_study.presentation.findings import ArmNet, Findings
from bn_study.presentation.slides.axes import Area
from bn_study.presentation.slides.diagram import chain, formula, sample, units
from bn_study.presentation.slides.look import QUIET
from bn_study.presentation.slides.slide import (
    BODY_POINTS,
    Deck,
    Paragraph,
    add_text,
    numbered,
    paragraph,
    parts,
    that_fit,
    write_notes,
)
from bn_study.presentation.words import explained
from bn_study.presentation.words.headline import claims_by_sentence

_ALARM = "B3261E"
_BOX, _ROW = Pt(40), Pt(52)  # a chain of boxes, and what it takes with the space below it
_MOST_CHAINS, _UNITS = 3, 12


def question(deck: Deck, found: Findings) -> None:
    """In the master's own title slide: the question, the study, its source, and what is not as it should be."""
    study = found.study
    lines = [
        paragraph(study.title, 24),
        *([paragraph(f"Source: {study.source}", color=QUIET, before=6)] if study.source else []),
        *(paragraph(warning, color=_ALARM, bold=True, before=6) for warning in found.warnings),
    ]
    slide = deck.begin(study.question, lines)
    write_notes(slide, [f"{study.title}.", "This is the question; the verdicts come at the end."], [], ["study"])


def normalization(deck: Deck, found: Findings) -> None:
    """The formula, and where in a block it stands; for studies with a norm."""
    normed = [arm for arm in found.nets if arm.norm not in ("", "affine")]  # which has neither mean nor variance
    if not normed:
        return
    said = explained.normalization(normed[0].norm)
    slide = deck.add(said.title)
    left, top, width, height = deck.room
    high = int(0.34 * height)
    formula(slide, ("y = γ ·", "x − μ", "√(σ² + ε)", "+ β"), (left, top, width // 2, high))
    add_text(slide, [paragraph(line) for line in said.lines], (left + width // 2, top, width // 2, high), middle=True)
    _chains(slide, normed, (left, top + high, width, height - high))
    write_notes(slide, said.spoken, said.if_asked, ["study.arms"])


def _chains(slide: Any, arms: Sequence[ArmNet], box: Area) -> None:
    """One for each way in which blocks are built, under the names of the arms that are built so."""
    left, top, width, height = box
    blocks: dict[tuple[str, ...], list[ArmNet]] = {}
    for arm in arms:
        blocks.setdefault(arm.block, []).append(arm)
    shown = list(blocks.items())[: max(1, min(_MOST_CHAINS, height // Pt(84)))]
    step = height // len(shown)
    for row, (block, own) in enumerate(shown):
        at, names = top + row * step, ", ".join(arm.label for arm in own)
        add_text(slide, [paragraph(names, color=QUIET)], (left, at, width, Pt(32)))
        box = (left, at + Pt(32), width, min(Pt(56), step - Pt(44)))
        chain(slide, block, box, [explained.short(own[0].norm)], own[0].style.color, 24)


def dropout_and_claims(deck: Deck, found: Findings) -> None:
    """What dropout does in training and in validation, for studies with it; and what the source says, cited."""
    dropped = [arm for arm in found.nets if arm.dropout]
    sentences = claims_by_sentence([one.verdict.claim for one in found.claims])
    if not dropped and not sentences:
        return
    said = explained.dropout(dropped[0].dropout if dropped else 0.0, bool(sentences))
    slide = deck.add(said.title)
    left, top, width, height = deck.room
    if dropped:
        arm = dropped[0]
        count = max(1, round(arm.dropout * _UNITS))
        alive = [unit * count % _UNITS >= count for unit in range(_UNITS)]
        for row, (lives, line) in enumerate(zip((alive, [True] * _UNITS), said.lines, strict=True)):
            at = top + row * _ROW
            units(slide, lives, (left, at, width // 2, Pt(34)), arm.style.color)
            add_text(slide, [paragraph(line)], (left + width // 2, at, width // 2, _ROW), middle=True)
        top, height = top + int(2.3 * _ROW), height - int(2.3 * _ROW)
    quoted = [paragraph(f"“{sentence}”", 22, before=8) for sentence in sentences]
    tested = [paragraph(f"Tested: {'; '.join(each)}.", color=QUIET) for each in sentences.values()]
    lines = [line for pair in zip(quoted, tested, strict=True) for line in pair]
    source = [paragraph(found.study.source, color=QUIET, before=10)] if sentences and found.study.source else []
    add_text(slide, _with_last(lines, source, height, width), (left, top, width, height))
    write_notes(slide, said.spoken, said.if_asked, ["claims[*].verdict.claim"])


def _with_last(lines: Sequence[Paragraph], last: Sequence[Paragraph], height: int, width: int) -> list[Paragraph]:
    """As many lines as leave room for the last ones."""
    room = Emu(height).pt - sum(one.height(width) for one in last)
    return [*that_fit(lines, room, width), *last]


def setup(deck: Deck, found: Findings, images: bytes | None) -> None:
    """The net; each arm by colour, dash and word with its block; the data and the seeds. More slides for many arms."""
    study = found.study
    said = explained.setup(study.setting, len(found.nets), study.seeds, found.counts, found.data)
    left, top, width, height = deck.room
    foot = int(Pt(80))
    rooms = parts([Emu(_ROW).pt] * len(found.nets), Emu(height - _ROW - foot).pt)
    for page, (first, after) in enumerate(rooms):
        slide = deck.add(numbered(said.title, page, len(rooms)))
        chain(slide, found.nets[0].layers, (left, top, width, _BOX))
        for row, place in enumerate(range(first, after), start=1):
            _arm(slide, found.nets[place], (left, top + row * _ROW, width, _BOX))
        _data(slide, said.lines, images, (left, top + height - foot, width, foot))
        write_notes(slide, said.spoken, said.if_asked, ["study", "data[*]"])


def _arm(slide: Any, arm: ArmNet, box: Area) -> None:
    left, top, width, height = box
    third = int(0.46 * width)
    sample(slide, arm.style, (left + Pt(7), top, Inches(0.9), height))
    said = [paragraph(f"{arm.label}{f': {arm.about}' * bool(arm.about)}")]
    add_text(slide, said, (left + Inches(1.1), top - (_ROW - height) // 2, third - Inches(1.1), _ROW), middle=True)
    chain(slide, arm.block, (left + third, top, width - third, height), _strong(arm), arm.style.color)


def _strong(arm: ArmNet) -> list[str]:
    """What an arm adds to a block of weights and an activation."""
    return [
        part for part in arm.block if part.startswith("Dropout") or (arm.norm and part == explained.short(arm.norm))
    ]


def _data(slide: Any, lines: Sequence[str], images: bytes | None, box: Area) -> None:
    """A row of training images beside the words, if they are on this machine."""
    left, top, width, height = box
    if images:
        picture = slide.shapes.add_picture(io.BytesIO(images), left + Pt(7), top + height // 4, height=height // 2)
        picture.width = min(picture.width, 2 * width // 5)
        picture._element.nvPicPr.cNvPr.set("descr", "Training images, one a class")
        left, width = left + picture.width + Pt(12), width - picture.width - Pt(12)
    add_text(slide, [paragraph(" ".join(lines), BODY_POINTS, QUIET)], (left, top, width, height), middle=True)
