"""Decks made from invented results, reopened, and what can be asked of each."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pptx import Presentation
from synthetic_study import realistic

from bn_study.analysis.results import results_of
from bn_study.planning.expansion import Plan
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.slides.deck import deck_bytes
from bn_study.presentation.slides.scale import WIDTH
from bn_study.presentation.slides.slide import Paragraph, Span


def findings_of(plan: Plan, end: Any = lambda point: {}) -> Findings:
    return find(results_of(plan, realistic(plan, end)))


def opened(found: Findings, template: Path | None = None) -> Any:
    return Presentation(io.BytesIO(deck_bytes(found, template)))


def titles_of(deck: Any) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in deck.slides]


def paragraphs_of(slide: Any) -> Iterator[Any]:
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield from shape.text_frame.paragraphs
        elif shape.has_table:
            yield from (part for row in shape.table.rows for cell in row.cells for part in cell.text_frame.paragraphs)


def lies_on_its_slides(deck: Any) -> None:
    """Whatever the size of the page: margins and gaps grow with it."""
    factor = deck.slide_width / WIDTH
    for slide in deck.slides:
        assert slide.shapes.title.text_frame.text
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
            if shape.has_text_frame and shape.text_frame.text:
                assert text_height(shape.text_frame, shape.width, factor) <= shape.height.pt / factor + 0.5


def text_height(frame: Any, width: int, factor: float) -> float:
    """In points, on a page as wide as ours."""
    height = 0.0
    for part in (part for part in frame.paragraphs if part.runs):
        spans = tuple(Span(run.text, bold=bool(run.font.bold)) for run in part.runs)
        height += Paragraph(spans, round(part.runs[0].font.size.pt / factor)).height(int(width / factor))
        height -= 6 if part.space_after == 0 else 0
    return height
