"""Slides: 16:9 pages whose text is large enough for the back of a room and fits; what does not goes on a next one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from bn_study.presentation.drawing.text import wrapped

WIDTH, HEIGHT, EDGE = Inches(13.333), Inches(7.5), Inches(0.6)
TOP, BOTTOM = Inches(1.4), Inches(7.25)  # of what stands below the title
INNER = Emu(WIDTH - 2 * EDGE)
BODY_POINTS, TITLE_POINTS, LONG_TITLE_POINTS = 18, 28, 24
INK, QUIET, ALARM = "222222", "5F6368", "B3261E"
_LINE, _AFTER = 1.25, 6  # height of a line, in its size; points below a paragraph
_TITLE_ONLY = 5  # the layout of python-pptx's own template whose title outline and screen readers find
_MOST_IDS = 40
_BESIDE = 15  # points that a box keeps free at its two sides


@dataclass(frozen=True)
class Span:
    """A piece of one look."""

    text: str
    color: str = INK
    bold: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Spans one after the other, in one size (points)."""

    spans: tuple[Span, ...]
    size: int = BODY_POINTS
    before: int = 0
    """points above it"""

    def height(self, width: int = INNER) -> float:
        """In points."""
        return self.before + len(self._lines(width)) * _LINE * self.size + _AFTER

    def cut(self, points: float, width: int = INNER) -> Paragraph:
        """With its last span shortened to this height; the notes have it in full."""
        *first, last = self.spans
        most = max(1, int((points - self.before - _AFTER) / (_LINE * self.size)))
        lines = self._lines(width)
        if len(lines) <= most:
            return self
        letters = _letters("".join(lines[:most])) - _letters("".join(span.text for span in first))
        return replace(self, spans=(*first, replace(last, text=f"{_beginning(last.text, letters - 2)}…")))

    def _lines(self, width: int) -> list[str]:
        bold = any(span.bold for span in self.spans)
        return wrapped("".join(span.text for span in self.spans), self.size, Emu(width).pt - _BESIDE, bold)


def _letters(text: str) -> int:
    return sum(not letter.isspace() for letter in text)


def _beginning(text: str, letters: int) -> str:
    """As much of it as has so many letters, spaces not counted."""
    places = [place for place, letter in enumerate(text) if not letter.isspace()]
    return text[: places[letters]].rstrip() if 0 <= letters < len(places) else text[: max(0, letters)]


def paragraph(text: str, size: int = BODY_POINTS, color: str = INK, bold: bool = False, before: int = 0) -> Paragraph:
    """Of one look."""
    return Paragraph((Span(text, color, bold),), size, before)


def pages(blocks: Sequence[Sequence[Paragraph]], height: float) -> list[list[Paragraph]]:
    """Blocks one below the other, on as few pages of this height (points) as they need; no block is torn apart."""
    shown = [_cut(block, height) for block in blocks]
    heights = [min(height, sum(one.height() for one in block)) for block in blocks]
    return [[one for block in shown[first:after] for one in block] for first, after in parts(heights, height)]


def _cut(block: Sequence[Paragraph], room: float) -> list[Paragraph]:
    """What is too long for a page of its own ends there."""
    shown = []
    for one in block:
        shown.append(one.cut(max(0.0, room)))
        room -= one.height()
    return shown


def parts(heights: Sequence[float], room: float) -> list[tuple[int, int]]:
    """(first, after the last) of the rows of each slide: as few slides as it takes, and about equally full."""
    found = _filled(heights, room)
    while 1 < len(found) < len(heights) and len(closer := _filled(heights, room := 0.98 * room)) == len(found):
        found = closer
    return found


def _filled(heights: Sequence[float], room: float) -> list[tuple[int, int]]:
    """Each slide as full as can be; a row that is higher than the room has one of its own."""
    found, first, used = [], 0, 0.0
    for row, height in enumerate(heights):
        if row > first and used + height > room:
            found.append((first, row))
            first, used = row, 0.0
        used += height
    return [*found, (first, len(heights))]


def text_slides(deck: Any, title: str, blocks: Sequence[Sequence[Paragraph]]) -> list[Any]:
    """As many slides of text as it takes, all of one title."""
    paged = pages(blocks, Emu(BOTTOM - TOP).pt)
    slides = []
    for place, shown in enumerate(paged):
        slide = add_slide(deck, numbered(title, place, len(paged)))
        add_text(slide, shown, TOP, Emu(BOTTOM - TOP))
        slides.append(slide)
    return slides


def numbered(title: str, place: int, count: int) -> str:
    """'Verdicts (2 of 3)' where there are several."""
    return f"{title} ({place + 1} of {count})" if count > 1 else title


def add_slide(deck: Any, title: str) -> Any:
    """A slide with its title in one or two lines; its notes begin with the title in full."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    box = slide.shapes.title
    box.left, box.top, box.width, box.height = EDGE, Inches(0.3), INNER, Inches(1.0)
    shown = paragraph(title, TITLE_POINTS, bold=True)
    if shown.height() > paragraph("a", TITLE_POINTS, bold=True).height():
        shown = replace(shown, size=LONG_TITLE_POINTS)
    _write(box.text_frame, [shown.cut(2 * _LINE * shown.size + _AFTER)], MSO_ANCHOR.MIDDLE)
    return slide


def add_text(
    slide: Any, shown: Sequence[Paragraph], top: int, height: int, left: int = EDGE, width: int = INNER
) -> None:
    """Paragraphs in a box (EMU), over the whole width if none is given."""
    _write(slide.shapes.add_textbox(left, top, width, height).text_frame, shown, MSO_ANCHOR.TOP)


def write_notes(slide: Any, lines: Iterable[str], run_ids: Sequence[str]) -> None:
    """What is said in full, then the ids of the runs that the slide rests on."""
    ids = list(dict.fromkeys(run_ids))
    rest = f" and {len(ids) - _MOST_IDS} more, in findings.json" if len(ids) > _MOST_IDS else ""
    said = f"Runs: {', '.join(ids[:_MOST_IDS])}{rest}" if ids else "Runs: none"
    slide.notes_slide.notes_text_frame.text = "\n".join((*filter(None, lines), said))


def _write(frame: Any, shown: Sequence[Paragraph], anchor: Any) -> None:
    frame.word_wrap, frame.vertical_anchor = True, anchor
    for place, one in enumerate(shown):
        written = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        written.alignment = PP_ALIGN.LEFT
        written.space_before, written.space_after = Pt(one.before), Pt(_AFTER)
        for span in one.spans:
            run = written.add_run()
            run.text = span.text
            run.font.size, run.font.bold = Pt(one.size), span.bold
            run.font.color.rgb = RGBColor.from_string(span.color)
