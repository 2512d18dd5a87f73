"""A figure drawn: title, legend, panels and caption, from top to bottom, each with room of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Drawing

from bn_study.presentation.drawing.frame import (
    add_axes,
    below,
    beside_left,
    draw_color_bar,
    draw_empty,
    draw_frame,
    draw_right,
    draw_title,
    line_height,
    write,
    write_upright,
)
from bn_study.presentation.drawing.layout import LINE, Box, Layout, View, end_together, ends_are_apart, lay_out
from bn_study.presentation.drawing.legend import draw_legend
from bn_study.presentation.drawing.pen import Pen
from bn_study.presentation.drawing.style import CAPTION_POINTS, SLIDE, TEXT_POINTS, TITLE_POINTS, theme
from bn_study.presentation.drawing.text import stand_ins, text_width, wrapped
from bn_study.presentation.figures.marks import Cell, Cross, Line
from bn_study.presentation.figures.panel import Figure, texts_of

_EDGE = 14.0  # points around everything
_BETWEEN = 8.0  # points between title, legend, panels and caption
_MOST_CAPTION = 4  # lines


def draw(figure: Figure, size: tuple[float, float] = SLIDE) -> Drawing:
    """`size` in points; to be called within `figure_style`."""
    width, height = size
    drawing = Drawing(figsize=(width / 72, height / 72))
    families, absent = stand_ins(texts_of(figure))
    mpl.rcParams["font.family"] = ["DejaVu Sans", *families]
    boxes = f"Boxes: no installed font has {absent}; one that has, such as Noto Sans CJK, would be used."
    title = _balanced(figure.title, width - 2 * _EDGE)
    caption = _sentences([*figure.caption, *([boxes] if absent else [])], width - 2 * _EDGE)
    top = height - _EDGE - len(title) * LINE * TITLE_POINTS - _BETWEEN
    bottom = _EDGE + len(caption) * LINE * CAPTION_POINTS + _BETWEEN * bool(caption)
    area = Box(_EDGE, bottom, width - 2 * _EDGE, top - bottom)
    layout = lay_out(figure, area, names_at_ends=True) if end_together(figure) else None
    if layout is None or not ends_are_apart(layout.views):
        area = replace(area, height=area.height - draw_legend(drawing, figure, area.left, top, area.width))
        if figure.colors:
            area = draw_color_bar(drawing, figure.colors, area)
        layout = lay_out(figure, area)
    draw_layout(drawing, layout, figure)
    write(drawing, title, _EDGE, height - _EDGE, TITLE_POINTS, weight="bold")
    write(drawing, caption, _EDGE, bottom - _BETWEEN, CAPTION_POINTS, color=theme().quiet)
    return drawing


def draw_layout(drawing: Drawing, layout: Layout, figure: Figure) -> list[list[list[Any]]]:
    """All panels of the figure, and what they have in common; returns the artists of each mark of each panel."""
    frames = layout.frames
    artists = [_draw_view(drawing, view, figure) for view in layout.views]
    left = min(view.frame.left - beside_left(view) for view in layout.views)
    lowest = min(view.frame.bottom - below(view) for view in layout.views)
    write_upright(drawing, layout.y_label, left - len(layout.y_label) * line_height(), frames)
    write(drawing, layout.x_label, frames.left + frames.width / 2, lowest, TEXT_POINTS, ha="center")
    return artists


def _draw_view(drawing: Drawing, view: View, figure: Figure) -> list[list[Any]]:
    """A panel; returns the artists of each of its marks."""
    draw_title(drawing, view)
    if not view.panel.marks:
        draw_empty(drawing, view)
        return []
    axes = add_axes(drawing, view.frame)
    draw_frame(drawing, axes, view)
    right = draw_right(axes, view) if view.panel.right else axes
    lines = sum(isinstance(mark, Line) and mark.arm is not None for mark in view.panel.marks)
    crosses = sum(isinstance(mark, Cross) for mark in view.panel.marks)
    pens = {side: Pen(on, figure.styles, lines, crosses, figure.colors) for side, on in ((False, axes), (True, right))}
    artists = [pens[mark.right].draw(mark) for mark in view.panel.marks]
    for letters in view.letters:
        pens[False].write(drawing, letters, view.frame)
    cells = (mark for mark in view.panel.marks if isinstance(mark, Cell))
    for mark, said in zip(cells, view.cells, strict=False):
        pens[False].write_in(mark, said, view.cell_size)
    return artists


def _balanced(text: str, width: float) -> list[str]:
    """As few lines as the width allows, of about equal length: no last line of one word."""
    lines = wrapped(text, TITLE_POINTS, width, bold=True) if text else []
    while len(lines) > 1 and len(narrower := wrapped(text, TITLE_POINTS, width - 10, bold=True)) == len(lines):
        lines, width = narrower, width - 10
    return lines


def _sentences(sentences: Sequence[str], width: float) -> list[str]:
    """A new line between sentences rather than within one; the README has what has no room."""
    lines: list[str] = []
    for sentence in sentences:
        joined = f"{lines[-1]} {sentence}" if lines else sentence
        if lines and text_width(joined, CAPTION_POINTS) <= width:
            lines[-1] = joined
        else:
            lines += wrapped(sentence, CAPTION_POINTS, width)
    return lines if len(lines) <= _MOST_CAPTION else [*lines[: _MOST_CAPTION - 1], "More in README.md."]
