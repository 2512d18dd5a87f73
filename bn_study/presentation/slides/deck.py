"""deck.pptx: title, verdicts, one slide a figure with charts that can be edited, published numbers, methods.

From the findings alone.
"""

from __future__ import annotations

import io
from typing import Any

from pptx import Presentation
from pptx.util import Emu, Inches, Pt

from bn_study.presentation.figures.panel import Figure, Panel
from bn_study.presentation.findings import Findings, JudgedClaim
from bn_study.presentation.slides.axes import Area
from bn_study.presentation.slides.charts import add_panel, add_picture, is_picture
from bn_study.presentation.slides.slide import (
    ALARM,
    BOTTOM,
    EDGE,
    HEIGHT,
    INNER,
    QUIET,
    TOP,
    WIDTH,
    Paragraph,
    Span,
    add_slide,
    add_text,
    numbered,
    pages,
    paragraph,
    text_slides,
    write_notes,
)
from bn_study.presentation.slides.tables import table_slides
from bn_study.presentation.words.beside import brief_beside_text, gaps_text, score_text
from bn_study.presentation.words.origin import counts_text, data_line, incomplete_text
from bn_study.presentation.words.verdict import how_judged
from bn_study.presentation.words.wording import seeds_text, sentence

_PANELS_A_SLIDE = 2
_CAPTION = Inches(6.25)
_COLORS = {"supported": "0A6B3C", "contradicted": "B3261E", "below_margin": "1F5FA8", "undecided": "7A5200"}
_ENVIRONMENT = ("commit", "backend", "precision", "device", "threads", "processor", "versions")


def deck_bytes(findings: Findings) -> bytes:
    """The file's content. Slides are 16:9; notes carry the ids of the runs that a slide rests on."""
    findings = findings.in_words
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    deck.core_properties.title = findings.study.title[:255]  # the format allows no more
    deck.core_properties.author = "bn_study"
    _title(deck, findings)
    _verdicts(deck, findings)
    for figure in findings.figures:
        _figure(deck, figure)
    _published(deck, findings)
    _methods(deck, findings)
    content = io.BytesIO()
    deck.save(content)
    return content.getvalue()


def _title(deck: Any, findings: Findings) -> None:
    study, warnings = findings.study, filter(None, (incomplete_text(findings.counts), *findings.remarks))
    slide = add_slide(deck, study.title)
    title = slide.shapes.title
    title.top, title.height = Inches(1.3), Inches(1.9)
    for run in title.text_frame.paragraphs[0].runs:
        run.font.size = Pt(40 if len(study.title) <= 70 else 32)
    lines = [
        paragraph(study.question, 26).cut(160),
        paragraph(f"Source: {study.source}", color=QUIET, before=10).cut(80),
        *(paragraph(warning, color=ALARM, bold=True, before=10) for warning in warnings),
    ]
    add_text(slide, lines, Inches(3.4), Inches(3.8))
    write_notes(slide, [study.title, study.question, study.source, study.command], _all_ids(findings))


def _verdicts(deck: Any, findings: Findings) -> None:
    """As many slides as the claims need; no claim is torn apart."""
    blocks = [_claim(claim) for claim in findings.claims]
    paged = pages(blocks, Emu(BOTTOM - TOP).pt)
    first = 0
    for place, shown in enumerate(paged):
        slide = add_slide(deck, numbered(findings.tally.removesuffix("."), place, len(paged)))
        add_text(slide, shown, TOP, Emu(BOTTOM - TOP))
        after = first + len(shown) // 2
        claims = findings.claims[first:after]
        lines = [f"“{one.verdict.claim.says}” Tested: {one.tested}. {one.sentence}" for one in claims]
        write_notes(slide, lines, [run_id for one in claims for run_id in one.verdict.run_ids])
        first = after


def _claim(claim: JudgedClaim) -> tuple[Paragraph, Paragraph]:
    verdict = claim.verdict
    word = Span(sentence(claim.word), _COLORS[verdict.outcome], bold=True)
    said = Paragraph((word, Span(f"   “{verdict.claim.says}”")), 20, before=8)
    return said, paragraph(claim.sentence)


def _figure(deck: Any, figure: Figure) -> None:
    """Two panels a slide, so that they can be read from the back of a room."""
    if is_picture(figure):
        slide = add_slide(deck, figure.title)
        add_picture(slide.shapes, (EDGE, TOP, INNER, _CAPTION - TOP), figure)
        _caption(slide, figure)
        return
    pairs = _pairs(figure)
    for place, panels in enumerate(pairs):
        told_apart = bool(panels[0].title)
        slide = add_slide(deck, figure.title if told_apart else numbered(figure.title, place, len(pairs)))
        width = INNER // len(panels)
        for column, panel in enumerate(panels):
            _panel(slide, panel, (EDGE + column * width, TOP, width, _CAPTION - TOP), figure)
        _caption(slide, figure)


def _pairs(figure: Figure) -> list[tuple[Panel, ...]]:
    """Panels that stand one above the other for one grid point, else those beside each other."""
    panels, columns = figure.panels, figure.columns
    above, below = panels[:columns], panels[columns:]
    if len(above) == len(below) and [one.title for one in above] == [one.title for one in below]:
        return list(zip(above, below, strict=True))
    return [panels[first : first + _PANELS_A_SLIDE] for first in range(0, len(panels), _PANELS_A_SLIDE)]


def _caption(slide: Any, figure: Figure) -> None:
    """Whole sentences, as many as there is room for; the notes have all."""
    room = Emu(BOTTOM - _CAPTION).pt
    said = list(figure.caption)
    while len(said) > 1 and _caption_text(said, figure).height() > room:
        said.pop()
    add_text(slide, [_caption_text(said, figure).cut(room)], _CAPTION, Emu(BOTTOM - _CAPTION))
    write_notes(slide, [figure.title, *figure.caption], figure.run_ids)


def _caption_text(said: list[str], figure: Figure) -> Paragraph:
    more = ["More in the notes."] * (len(said) < len(figure.caption))
    return paragraph(" ".join((*said, *more)), color=QUIET)


def _panel(slide: Any, panel: Panel, box: Area, figure: Figure) -> None:
    if panel.marks:
        add_panel(slide.shapes, box, panel, figure)
        return
    left, top, width, height = box
    add_text(slide, [paragraph(f"{panel.title} {panel.empty}".strip(), 20, QUIET)], top, height, left, width)


def _published(deck: Any, findings: Findings) -> None:
    """Numbers of the same data beside ours; of other data only the gaps between arms."""
    same = tuple(one for one in findings.published if one.beside.published.same_data)
    score = paragraph(score_text(findings.score), color=QUIET)
    table = brief_beside_text(tuple(one.beside for one in same))
    for slide, first, after in table_slides(deck, "Published and measured", score, table):
        write_notes(slide, [], [run_id for one in same[first:after] for run_id in one.run_ids])
    ids = {one.beside.published.id: one.run_ids for one in findings.published}
    gaps = gaps_text(findings.gaps)
    for slide, first, after in table_slides(deck, "Gaps between arms, published on other data", score, gaps):
        shown = [number for gap in findings.gaps[first:after] for number in gap.published]
        write_notes(slide, [], [run_id for one in shown for run_id in ids[one.id]])


def _methods(deck: Any, findings: Findings) -> None:
    study = findings.study
    lines = [
        f"Arms: {', '.join(study.arms)}. Seeds: {seeds_text(study.seeds)}. {counts_text(findings.counts)}",
        incomplete_text(findings.counts),
        *findings.remarks,
        study.notes,
        *(f"Data: {data_line(data)}." for data in findings.data),
        how_judged([one.verdict for one in findings.claims]) if findings.claims else "",
        "; ".join(
            f"{name}: {', '.join(values)}" for name, values in findings.environment.items() if name in _ENVIRONMENT
        ),
        findings.warning,
        f"Run it again: {study.command}",
    ]
    when = [f"From {findings.started} to {findings.ended}."] if findings.started else []
    blocks = [[paragraph(line)] for line in filter(None, lines)]
    for slide in text_slides(deck, "Methods", blocks):
        write_notes(slide, when, _all_ids(findings))


def _all_ids(findings: Findings) -> list[str]:
    return [run.run_id for run in findings.runs if run.status != "missing"]
