"""A TextTable on slides: rows as high as their texts, and as many slides as they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import PP_ALIGN
from pptx.util import Emu, Pt

from bn_study.presentation.drawing.text import text_width, wrapped
from bn_study.presentation.slides.slide import Deck, Paragraph, numbered, paragraph, parts, write
from bn_study.presentation.words.text_table import TextTable

_SIZES = (18, 16, 14, 12)
_LINE, _MARGIN = 1.25, 6  # height of a line, in its size; points that a cell keeps free above and below it
_SIDE = 7.2  # points that a cell keeps free at each side


def table_slides(deck: Deck, title: str, table: TextTable) -> list[Any]:
    """As many as its rows need; none for a table without rows."""
    if not table.rows:
        return []
    left, top, inner, high = deck.room
    size, widths, paged = _fitted(table, inner, Emu(high).pt)
    made = []
    for place, (first, after) in enumerate(paged):
        slide = deck.add(numbered(title, place, len(paged)))
        _table(slide, TextTable(table.header, table.rows[first:after], table.names), widths, (left, top), size)
        made.append(slide)
    return made


def _fitted(table: TextTable, inner: int, high: float) -> tuple[int, list[int], list[tuple[int, int]]]:
    """(size, widths, rows of each slide): the largest size at which it fits on one slide, else the smallest."""
    for size in _SIZES:
        widths = _widths(table, inner, size)
        heights = [_height(row, widths, size) for row in table.rows]
        paged = parts(heights, high - _height(table.header, widths, size, bold=True))
        if len(paged) == 1 and sum(_least(table, size, table.names)) <= inner:
            break
    return size, widths, paged


def _least(table: TextTable, size: int, broken: int) -> list[int]:
    """EMU of each column; heads, and texts of the first `broken` columns, may be broken between words."""
    found = []
    for place, (head, *texts) in enumerate(zip(table.header, *table.rows, strict=True)):
        whole = [part for text in texts for part in (text.split() if place < broken else [text])]
        words = [_width(word, size, bold=True) for word in head.split()]
        found.append(max(_width("", size), *words, *(_width(text, size) for text in whole)))
    return found


def _widths(table: TextTable, inner: int, size: int) -> list[int]:
    """EMU, `inner` in all: what is left over goes to the columns that have more to say."""
    columns, least = zip(*table.rows, strict=True), _least(table, size, table.names)
    if sum(least) > inner:
        least = _least(table, size, len(table.header))
    wanted = [
        max(_width(head, size, bold=True), *(_width(text, size) for text in column))
        for head, column in zip(table.header, columns, strict=True)
    ]
    missing = sum(wanted) - sum(least)
    share = min(1.0, max(0, inner - sum(least)) / (missing or 1))
    widths = [width + share * (want - width) for width, want in zip(least, wanted, strict=True)]
    return [int(width * inner / sum(widths)) for width in widths]


def _width(text: str, size: int, bold: bool = False) -> int:
    return int(Pt(text_width(text, size, bold) + 2 * _SIDE + 1))


def _height(cells: Sequence[str], widths: Sequence[int], size: int, bold: bool = False) -> float:
    """Points; half a point is forgiven, for a column as wide as its text was rounded."""
    rooms = [Emu(width).pt - 2 * _SIDE + 0.5 for width in widths]
    lines = max(len(wrapped(cell, size, room, bold)) for cell, room in zip(cells, rooms, strict=True))
    return _MARGIN + _LINE * size * lines


def _table(slide: Any, table: TextTable, widths: Sequence[int], corner: tuple[int, int], size: int) -> None:
    heights = [Pt(_height(table.header, widths, size, bold=True)), *(Pt(_height(r, widths, size)) for r in table.rows)]
    frame = slide.shapes.add_table(len(table.rows) + 1, len(widths), *corner, sum(widths), sum(heights))
    grid = frame.table
    grid.horz_banding = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Emu(width)
    for place, (row, cells) in enumerate(zip(grid.rows, (table.header, *table.rows), strict=True)):
        row.height = heights[place]
        for column_place, text in enumerate(cells):
            _cell(grid.cell(place, column_place), paragraph(text, size, bold=place == 0), column_place < table.names)


def _cell(cell: Any, said: Paragraph, left: bool) -> None:
    """On the slide's own ground, so that a dark master stays dark."""
    cell.margin_top = cell.margin_bottom = Pt(_MARGIN / 2)
    cell.fill.background()
    write(cell.text_frame, [said], PP_ALIGN.LEFT if left else PP_ALIGN.RIGHT)
    cell.text_frame.paragraphs[0].space_after = Pt(0)
    for run in cell.text_frame.paragraphs[0].runs:
        run.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
