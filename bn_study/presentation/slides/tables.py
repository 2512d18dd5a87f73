"""A TextTable on slides: rows as high as their texts, and as many slides as they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.util import Emu, Inches, Pt

from bn_study.presentation.drawing.text import text_width, wrapped
from bn_study.presentation.slides.slide import (
    BODY_POINTS,
    BOTTOM,
    EDGE,
    INK,
    INNER,
    TOP,
    Paragraph,
    add_slide,
    add_text,
    numbered,
    parts,
)
from bn_study.presentation.words.text_table import TextTable

_ROW, _MARGIN = 1.25 * BODY_POINTS, 8  # points: a line, and what a cell keeps free above and below it
_NARROWEST = Inches(1.5)
_SIDE = 9  # points that a cell keeps free at each side


def table_slides(deck: Any, title: str, lead: Paragraph | None, table: TextTable) -> list[tuple[Any, int, int]]:
    """(slide, first row, row after its last); none for a table without rows. `lead` stands above each part."""
    if not table.rows:
        return []
    widths = _widths(table)
    heights = [_height(row, widths) for row in table.rows]
    above = lead.height() if lead else 0.0
    room = Emu(BOTTOM - TOP).pt - above - _height(table.header, widths, bold=True)
    paged = parts(heights, room)
    made = []
    for place, (first, after) in enumerate(paged):
        slide = add_slide(deck, numbered(title, place, len(paged)))
        if lead:
            add_text(slide, [lead], TOP, Pt(above))
        _table(slide, table, table.rows[first:after], widths, TOP + Pt(above))
        made.append((slide, first, after))
    return made


def _widths(table: TextTable) -> list[int]:
    """EMU. Each column as wide as its longest text; where that is too much, the widest names are broken into lines."""
    columns = zip(*table.rows, strict=True)
    widths = [
        max(_width(head, bold=True), *(_width(text) for text in column))
        for head, column in zip(table.header, columns, strict=True)
    ]
    names = range(table.names)
    while sum(widths) > INNER and max(widths[place] for place in names) > _NARROWEST:
        widths[max(names, key=widths.__getitem__)] -= Inches(0.1)
    return [int(INNER * width / sum(widths)) for width in widths]


def _width(text: str, bold: bool = False) -> int:
    return int(Pt(text_width(text, BODY_POINTS, bold) + 2 * _SIDE))


def _height(cells: Sequence[str], widths: Sequence[int], bold: bool = False) -> float:
    """Points; half a point is forgiven, for a column as wide as its text was rounded."""
    rooms = [Emu(width).pt - 2 * _SIDE + 0.5 for width in widths]
    lines = max(len(wrapped(cell, BODY_POINTS, room, bold)) for cell, room in zip(cells, rooms, strict=True))
    return _MARGIN + _ROW * lines


def _table(slide: Any, table: TextTable, rows: Sequence[Sequence[str]], widths: Sequence[int], top: int) -> None:
    heights = [Pt(_height(table.header, widths, bold=True)), *(Pt(_height(row, widths)) for row in rows)]
    frame = slide.shapes.add_table(len(rows) + 1, len(widths), EDGE, top, INNER, sum(heights))
    grid = frame.table
    grid.horz_banding = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Emu(width)
    for place, (row, cells) in enumerate(zip(grid.rows, (table.header, *rows), strict=True)):
        row.height = heights[place]
        for column_place, text in enumerate(cells):
            _cell(grid.cell(place, column_place), text, head=place == 0, left=column_place < table.names)


def _cell(cell: Any, text: str, head: bool, left: bool) -> None:
    cell.margin_top = cell.margin_bottom = Pt(_MARGIN / 2)
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string("E8EAED" if head else "FFFFFF")
    written = cell.text_frame.paragraphs[0]
    written.alignment = PP_ALIGN.LEFT if left else PP_ALIGN.RIGHT
    run = written.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(BODY_POINTS), head
    run.font.color.rgb = RGBColor.from_string(INK)
