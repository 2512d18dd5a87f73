"""Slides: a title of one size, a number, a room below the title for what is shown, and notes for who speaks."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Inches, Pt

from bn_study.presentation.drawing.text import wrapped
from bn_study.presentation.slides.axes import Area
from bn_study.presentation.slides.look import INK, paint
from bn_study.presentation.slides.scale import scale_of, to_scale
from bn_study.presentation.slides.template import number_of, opening_layout, plain_layout, title_of

BODY_POINTS = 18
_TITLE_POINTS, _GAP, _FOOT = 26, Inches(0.1), Inches(0.25)
_LINE, _AFTER = 1.25, 6  # height of a line, in its size; points below a paragraph
_BESIDE = 15  # points that a box keeps free at its two sides
_NUMBER = (
    '<a:fld {} id="{{6A3F9D0E-5B1C-4C57-9C53-2F7D0B6E1A11}}" type="slidenum"><a:rPr lang="en-US" sz="1200"/>'
    "<a:t>{}</a:t></a:fld>"
)


@dataclass(frozen=True)
class Span:
    """A piece of one look; `color` as '0A6B3C', or one of the theme's, INK or QUIET."""

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

    def height(self, width: int) -> float:
        """In points, in a box of this width (EMU)."""
        return self.before + len(self._lines(width)) * _LINE * self.size + _AFTER

    def cut(self, points: float, width: int) -> Paragraph:
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


@dataclass(frozen=True)
class Deck:
    """A presentation in the making; `file` is python-pptx'. Lengths are those of a page as wide as ours."""

    file: Any

    @property
    def _size(self) -> tuple[int, int]:
        """Width and height of a page."""
        factor = scale_of(self.file)
        return int(self.file.slide_width / factor), int(self.file.slide_height / factor)

    def box(self, shape: Any) -> Area:
        """Of a shape of the master."""
        left, top, width, height = (
            int(side / scale_of(self.file)) for side in (shape.left, shape.top, shape.width, shape.height)
        )
        return left, top, width, height

    @cached_property
    def room(self) -> Area:
        """What the master leaves below the title and above the slide's number."""
        layout, page = plain_layout(self.file), self._size[1]
        left, top, width, height = self.box(title_of(layout))
        below, number = min(top + height, page // 3) + _GAP, number_of(layout)
        foot = self.box(number)[1] if number else page
        return left, below, width, min(foot if foot > page // 2 else page, page - _FOOT) - below

    @cached_property
    def title_points(self) -> int:
        """One size for all titles, of which two lines fit the master's box."""
        height = Emu(self.box(title_of(plain_layout(self.file)))[3]).pt
        return min(_TITLE_POINTS, int((height - _AFTER) / (2 * _LINE)))

    def add(self, title: str, opening: bool = False) -> Any:
        """A slide with its title in at most two lines; the other placeholders of its layout are gone, or filled."""
        layout = opening_layout(self.file) if opening else plain_layout(self.file)
        slide = self.file.slides.add_slide(layout)
        for shape in list(slide.placeholders):
            if shape != slide.shapes.title and not opening:
                shape._element.getparent().remove(shape._element)
        size, width = self.title_points, self.box(title_of(layout))[2]
        slide.shapes.title.text_frame.text = ""
        write(slide.shapes.title.text_frame, [paragraph(title, size).cut(2 * _LINE * size + _AFTER, width)])
        self._number(slide, layout)
        return slide

    def begin(self, title: str, lines: Sequence[Paragraph]) -> Any:
        """The master's own title slide; the lines stand in its place for text, below the title where it has none."""
        slide = self.add(title, opening=True)
        for shape in slide.placeholders:
            if shape != slide.shapes.title and shape.has_text_frame and not shape.text_frame.text:
                _, _, width, height = self.box(shape)
                write(shape.text_frame, that_fit(lines, Emu(height).pt, width))
                lines = []
        if lines:
            add_text(slide, lines, self.room)
        return slide

    def content(self) -> bytes:
        """The file, in the master's size; nothing can be added after."""
        to_scale(self.file)
        content = io.BytesIO()
        self.file.save(content)
        return content.getvalue()

    def _number(self, slide: Any, layout: Any) -> None:
        """In the master's place for it; bottom right where it has none."""
        given = number_of(layout)
        if given is None:
            right, bottom = self._size
            box = right - Inches(1.1), bottom - Inches(0.4), Inches(1), Inches(0.35)
            shape = slide.shapes.add_textbox(*box)._element
        else:
            shape = copy.deepcopy(given._element)
            shape.nvSpPr.cNvPr.set("id", str(max(one.shape_id for one in slide.shapes) + 1))
            slide.shapes._spTree.append(shape)
        (line, *more) = shape.txBody.findall(qn("a:p"))
        for part in (*more, *(part for part in line if part.tag != qn("a:pPr"))):
            part.getparent().remove(part)
        line.append(parse_xml(_NUMBER.format(nsdecls("a"), len(self.file.slides))))


def numbered(title: str, place: int, count: int) -> str:
    """'Verdicts (2 of 3)' where there are several."""
    return f"{title} ({place + 1} of {count})" if count > 1 else title


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


def that_fit(shown: Iterable[Paragraph], points: float, width: int) -> list[Paragraph]:
    """The first ones that have room one below the other, the last of them cut."""
    found: list[Paragraph] = []
    for one in shown:
        if points < one.before + _LINE * one.size + _AFTER:
            break
        found.append(one.cut(points, width))
        points -= found[-1].height(width)
    return found


def add_text(slide: Any, shown: Sequence[Paragraph], box: Area, middle: bool = False) -> Any:
    """Paragraphs, as many as fit, from the top of the box or in its middle."""
    frame = slide.shapes.add_textbox(*box).text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    write(frame, that_fit(shown, Emu(box[3]).pt, box[2]))
    return frame


def write(frame: Any, shown: Sequence[Paragraph], align: Any = None) -> None:
    """Into an empty frame; where a text has the ink and the alignment of its place, these are the master's."""
    for place, one in enumerate(shown):
        written = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        written.alignment = align
        written.space_before, written.space_after = Pt(one.before), Pt(_AFTER)
        for span in one.spans:
            run = written.add_run()
            run.text, run.font.size = span.text, Pt(one.size)
            if span.bold:
                run.font.bold = True
            if span.color != INK:
                paint(run.font.color, span.color)


def write_notes(slide: Any, spoken: Iterable[str], if_asked: Iterable[str] = (), where: Iterable[str] = ()) -> None:
    """What is said aloud, what more there is to know, and where the numbers stand."""
    asked, places = " ".join(filter(None, if_asked)), ", ".join(where)
    said = (" ".join(spoken), f"If asked: {asked}" * bool(asked), f"In findings.json: {places}." * bool(places))
    slide.notes_slide.notes_text_frame.text = "\n\n".join(filter(None, said))
