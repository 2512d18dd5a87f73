"""Diagrams of native shapes: a chain of boxes joined by arrows, a fraction, a row of units."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from pptx.enum.dml import MSO_LINE, MSO_THEME_COLOR
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Emu, Pt

from bn_study.presentation.drawing.style import text_on
from bn_study.presentation.drawing.text import text_width
from bn_study.presentation.figures.arm_style import ArmStyle
from bn_study.presentation.slides.axes import Area
from bn_study.presentation.slides.look import INK, dash, paint, rgb
from bn_study.presentation.slides.slide import BODY_POINTS, paragraph, write

_ARROW, _SIDE = Pt(26), 9  # between two boxes; points that a box keeps free beside its text
_LEFT, _RIGHT = 1, 3  # connection sites of a rectangle
_LEAST = 12  # points of a text in a box
_THIN, _INSET = Pt(2), Pt(7.2)  # of a line; between the edge of a text box and its text


def chain(
    slide: Any, names: Sequence[str], box: Area, strong: Collection[str] = (), color: str = "", size: int = BODY_POINTS
) -> None:
    """Boxes from left to right, as wide as their texts or less; `strong` ones are filled with `color`."""
    left, top, width, height = box[0] + _INSET, box[1], box[2] - _INSET, box[3]
    wanted = [Pt(text_width(name, size, name in strong) + 2 * _SIDE + 4) for name in names]
    share = min(1.0, (width - _ARROW * (len(names) - 1)) / sum(wanted))
    size = max(_LEAST, int(share * size))
    before = None
    for name, wide in zip(names, wanted, strict=True):
        shape = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, left, top, int(share * wide), height)
        _fill(shape, color if name in strong else "")
        label(shape, name, name in strong, text_on(color) if color and name in strong else INK, size)
        if before is not None:
            _arrow(slide, before, shape)
        left, before = left + int(share * wide) + _ARROW, shape


def _fill(shape: Any, color: str) -> None:
    """No shadow; an empty shape has a rim in the colour of texts."""
    shape.shadow.inherit = False
    shape.line.width = _THIN
    if color:
        shape.fill.solid()
        shape.fill.fore_color.rgb = shape.line.color.rgb = rgb(color)
    else:
        shape.fill.background()
        shape.line.color.theme_color = MSO_THEME_COLOR.TEXT_1


def label(shape: Any, said: str, bold: bool = False, color: str = INK, size: int = BODY_POINTS) -> None:
    """In the middle of a shape."""
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    frame.margin_left = frame.margin_right = Pt(2)
    frame.margin_top = frame.margin_bottom = 0
    write(frame, [paragraph(said, size, bold=bold)], PP_ALIGN.CENTER)
    paint(frame.paragraphs[0].runs[0].font.color, color)
    frame.paragraphs[0].space_after = Pt(0)


def _arrow(slide: Any, start: Any, end: Any) -> None:
    """Glued to both boxes, so that it follows when one is moved."""
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, 0, 0, 0, 0)
    line.begin_connect(start, _RIGHT)
    line.end_connect(end, _LEFT)
    line.line.width = _THIN
    line.line.color.theme_color = MSO_THEME_COLOR.TEXT_1
    line.line._ln.append(parse_xml(f'<a:tailEnd {nsdecls("a")} type="triangle"/>'))


def formula(slide: Any, said: tuple[str, str, str, str], box: Area) -> None:
    """What stands before a fraction, over its line, under it, and behind it; as large as the box allows."""
    left, top, width, height = box
    before, over, under, after = said
    widths = [text_width(text, 1.0) + 0.6 for text in (before, max(over, under, key=len), after)]  # in their size
    size = int(min(Emu(height).pt / 3, Emu(width).pt / sum(widths)))
    first, second, third = (Pt(size * wide) for wide in widths)
    middle, high = top + height // 2, Pt(1.3 * size)
    for text, at, wide, centre in (
        (before, left, first, middle), (over, left + first, second, middle - int(0.6 * high)),
        (under, left + first, second, middle + int(0.65 * high)), (after, left + first + second, third, middle),
    ):  # fmt: skip
        label(slide.shapes.add_textbox(at, centre - high // 2, wide, high), text, size=size)
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, left + first, middle, left + first + second, middle)
    line.line.width = _THIN
    line.line.color.theme_color = MSO_THEME_COLOR.TEXT_1


def units(slide: Any, alive: Sequence[bool], box: Area, color: str) -> None:
    """A circle each: filled, or dashed and crossed out where it is zero."""
    left, top, width, height = box
    step = min(int(1.35 * height), width // len(alive))
    for place, lives in enumerate(alive):
        shape = slide.shapes.add_shape(MSO_SHAPE.OVAL, left + place * step, top, int(step / 1.35), int(step / 1.35))
        _fill(shape, color if lives else "")
        if not lives:
            shape.line.dash_style = MSO_LINE.DASH
            label(shape, "0", size=int(0.5 * Emu(shape.height).pt))


def sample(slide: Any, style: ArmStyle, box: Area) -> None:
    """An arm's colour, dash and marker, as its lines have them in charts."""
    left, top, width, height = box
    middle = top + height // 2
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, left, middle, left + width, middle)
    line.line.width, line.line.color.rgb = Pt(4), rgb(style.color)
    dash(line.line, style.dashes)
    side = Pt(13)
    shape = slide.shapes.add_shape(_MARKERS[style.marker], left + (width - side) // 2, middle - side // 2, side, side)
    _fill(shape, style.color)


#: matplotlib's markers as native charts show them, and as shapes
_MARKERS = {
    "o": MSO_SHAPE.OVAL, "s": MSO_SHAPE.RECTANGLE, "^": MSO_SHAPE.ISOSCELES_TRIANGLE, "v": MSO_SHAPE.STAR_6_POINT,
    "P": MSO_SHAPE.CROSS, "X": MSO_SHAPE.MATH_MULTIPLY, "p": MSO_SHAPE.RECTANGLE, "h": MSO_SHAPE.OVAL,
    "*": MSO_SHAPE.STAR_6_POINT, "D": MSO_SHAPE.DIAMOND,
}  # fmt: skip
