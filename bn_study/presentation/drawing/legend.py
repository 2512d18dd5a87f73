"""Legend: a sample of every arm, and of every look that needs a word, along rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.figure import Figure as Drawing

from bn_study.presentation.drawing.frame import add_axes, write
from bn_study.presentation.drawing.layout import LINE, Box
from bn_study.presentation.drawing.pen import Pen
from bn_study.presentation.drawing.style import CAPTION_POINTS, TEXT_POINTS
from bn_study.presentation.drawing.text import cut, text_width
from bn_study.presentation.figures.arm_style import ArmStyle
from bn_study.presentation.figures.marks import AnyMark, Band, Bar, Cell, Line, Whisker
from bn_study.presentation.figures.panel import Figure, arms_of, meanings_of, samples_of

_HANDLE, _COLUMN = 46.0, 26.0  # points of a sample, and between two entries
_MOST_ROWS = 2  # in large letters
_ROW = 1.5  # height of a row, in its letters


def _entries(figure: Figure) -> list[tuple[AnyMark, str, bool]]:
    """(sample, what it is, whether in grey): arms, unless they stand as names beside the panels; then looks."""
    names = {tick.said for panel in figure.panels for tick in panel.y.ticks or ()}
    arms = [] if {label for _, label in arms_of(figure)} <= names else [
        (mark, mark.label, False) for mark in samples_of(figure)
    ]  # fmt: skip
    return [*arms, *((mark, mark.meaning, True) for mark in meanings_of(figure))]


def draw_legend(drawing: Drawing, figure: Figure, left: float, top: float, width: float) -> float:
    """Downwards from `top`, in small letters where there would be many rows. Returns its height; all in points."""
    entries, size = _entries(figure), float(TEXT_POINTS)
    if len(rows := _rows(entries, size, width)) > _MOST_ROWS:
        rows, size = _rows(entries, CAPTION_POINTS, width), CAPTION_POINTS
    for rank, row in enumerate(rows):
        x, middle = left, top - (rank + 0.5) * _ROW * size
        for mark, said, quiet in row:
            draw_sample(drawing, mark, Box(x, middle - 0.5 * size, _HANDLE - 8, size), figure.styles, quiet)
            write(drawing, [said], x + _HANDLE, middle + 0.5 * LINE * size, size)
            x += _HANDLE + text_width(said, size) + _COLUMN
    return len(rows) * _ROW * size


def _rows(
    entries: Sequence[tuple[AnyMark, str, bool]], size: float, width: float
) -> list[list[tuple[AnyMark, str, bool]]]:
    """As many entries a row as have room; names of more than half a row are cut."""
    rows: list[list[tuple[AnyMark, str, bool]]] = []
    used = width
    for mark, label, quiet in entries:
        said = cut(label, size, width / 2 - _HANDLE - _COLUMN)
        takes = _HANDLE + text_width(said, size) + _COLUMN
        if used + takes - _COLUMN > width:
            rows.append([])
            used = 0.0
        rows[-1].append((mark, said, quiet))
        used += takes
    return rows


def draw_sample(drawing: Drawing, mark: AnyMark, box: Box, styles: Sequence[ArmStyle], quiet: bool = False) -> None:
    """The mark alone, as it looks in a panel."""
    axes = add_axes(drawing, box)
    axes.set(xlim=(0.0, 1.0), ylim=(-0.5, 0.5))
    for artist in Pen(axes, styles, quiet=quiet).draw(_sample(mark)):
        if isinstance(mark, Line):
            artist.set_markevery([1])


def _sample(mark: AnyMark) -> AnyMark:
    match mark:
        case Line():
            return replace(mark, x=(0.0, 0.5, 1.0), y=(0.0, 0.0, 0.0), right=False)
        case Band():
            return replace(mark, x=(0.0, 1.0), low=(-0.4, -0.4), high=(0.4, 0.4))
        case Bar():
            return replace(mark, along="x", at=0.0, width=0.9, end=1.0)
        case Whisker():
            return replace(mark, along="x", at=0.0, low=0.1, high=0.9)
        case Cell():
            return replace(mark, x=0.5, y=0.0, value=math.nan, look="hatched")
        case _:
            return replace(mark, x=0.5, y=0.0)
