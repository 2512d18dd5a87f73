"""A figure drawn: title, legend, panels and caption, from top to bottom, each with room of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure as Drawing
from matplotlib.path import Path

from bn_study.presentation.drawing.layout import (
    LINE,
    TICK_PAD,
    TURN,
    Box,
    Layout,
    View,
    beside,
    end_together,
    ends_are_apart,
    lay_out,
    under,
)
from bn_study.presentation.drawing.pen import Pen, draw_cell_text, draw_letters, heat_colors
from bn_study.presentation.drawing.style import CAPTION_POINTS, HEIGHT, TEXT_POINTS, TITLE_POINTS, WIDTH, theme
from bn_study.presentation.drawing.text import cut, stand_ins, text_width, wrapped
from bn_study.presentation.drawing.ticks import ticks_up
from bn_study.presentation.figures.marks import AnyMark, Band, Bar, Cell, Cross, Line, Whisker
from bn_study.presentation.figures.panel import (
    Axis,
    ColorScale,
    Figure,
    arms_of,
    meanings_of,
    samples_of,
    texts_of,
)

_EDGE = 14.0  # points around everything
_BETWEEN = 8.0  # points between title, legend, panels and caption
_HANDLE, _COLUMN = 46.0, 26.0  # points of a legend's sample, and between two entries
_MOST_CAPTION = 4  # lines
_MOST_ROWS = 2  # of a legend in large letters
_LEGEND_LINE = 1.5  # height of a row, in its letters
_BASELINE = 0.77  # of a line's height, from its top
_BAR, _BAR_GAP = 18.0, 14.0  # points: width of a colour bar, distance to the panels


def draw(figure: Figure) -> Drawing:
    """As large as a slide; to be called within `figure_style`."""
    drawing = Drawing(figsize=(WIDTH / 72, HEIGHT / 72))
    families, absent = stand_ins(texts_of(figure))
    mpl.rcParams["font.family"] = ["DejaVu Sans", *families]
    boxes = f"Boxes: no installed font has {absent}; one that has, such as Noto Sans CJK, would be used."
    title = _balanced(figure.title, WIDTH - 2 * _EDGE)
    caption = _sentences([*figure.caption, *([boxes] if absent else [])], WIDTH - 2 * _EDGE)
    top = HEIGHT - _EDGE - len(title) * LINE * TITLE_POINTS - _BETWEEN
    bottom = _EDGE + len(caption) * LINE * CAPTION_POINTS + _BETWEEN * bool(caption)
    area = Box(_EDGE, bottom, WIDTH - 2 * _EDGE, top - bottom)
    layout = lay_out(figure, area, names_at_ends=True) if end_together(figure) else None
    if layout is None or not ends_are_apart(layout.views):
        area = replace(area, height=area.height - _draw_legend(drawing, _entries(figure), top))
        if figure.colors:
            area = _draw_color_bar(drawing, figure.colors, area)
        layout = lay_out(figure, area)
    draw_layout(drawing, layout, figure.colors)
    _write(drawing, title, _EDGE, HEIGHT - _EDGE, TITLE_POINTS, weight="bold")
    _write(drawing, caption, _EDGE, bottom - _BETWEEN, CAPTION_POINTS, color=theme().quiet)
    return drawing


def draw_layout(drawing: Drawing, layout: Layout, colors: ColorScale | None) -> list[list[list[Any]]]:
    """All panels, and what they have in common; returns the artists of each mark of each panel."""
    frames = layout.frames
    artists = [_draw_view(drawing, view, colors) for view in layout.views]
    left = min(view.frame.left - _beside_left(view) for view in layout.views)
    below = min(view.frame.bottom - _below(view) for view in layout.views)
    _upright(drawing, layout.y_label, left - len(layout.y_label) * _line(), frames)
    _write(drawing, layout.x_label, frames.left + frames.width / 2, below, TEXT_POINTS, ha="center")
    return artists


def _draw_view(drawing: Drawing, view: View, colors: ColorScale | None) -> list[list[Any]]:
    """A panel with its labels; returns the artists of each of its marks."""
    axes, frame = _axes(drawing, view.frame), view.frame
    above = max([frame.height, *(letters.box.top for letters in view.letters)]) + 5
    top = frame.bottom + above + len(view.title) * LINE * view.title_size
    _write(drawing, view.title, frame.left, top, view.title_size)
    if not view.panel.marks:
        _say(axes, view)
        return []
    _dress(axes, view)
    _label(drawing, view)
    right = _right(axes, view) if view.panel.right else axes
    lines = sum(isinstance(mark, Line) and mark.arm is not None for mark in view.panel.marks)
    crosses = sum(isinstance(mark, Cross) for mark in view.panel.marks)
    pens = {False: Pen(axes, lines, crosses, colors), True: Pen(right, lines, crosses, colors)}
    artists = [pens[mark.right].draw(mark) for mark in view.panel.marks]
    for letters in view.letters:
        draw_letters(axes, letters).set_gid("" if letters.arm is None else f"letters{letters.arm}")
    cells = (mark for mark in view.panel.marks if isinstance(mark, Cell))
    for mark, said in zip(cells, view.cells, strict=False):
        draw_cell_text(pens[False], mark, said, view.cell_size)
    return artists


def _line() -> float:
    return LINE * TEXT_POINTS


def _axes(drawing: Drawing, box: Box) -> Axes:
    width, height = drawing.get_size_inches() * 72
    return drawing.add_axes((box.left / width, box.bottom / height, box.width / width, box.height / height))


def _write(drawing: Drawing, lines: Sequence[str], x: float, top: float, size: float, **look: Any) -> None:
    """Lines of text from `top` downwards, in points."""
    width, height = drawing.get_size_inches() * 72
    for rank, line in enumerate(lines):
        baseline = top - (rank + _BASELINE) * LINE * size
        drawing.text(x / width, baseline / height, line, size=size, va="baseline", **look)


def _say(axes: Axes, view: View) -> None:
    """A sentence in the middle of a frame that has nothing else to show."""
    said = "\n".join(wrapped(view.panel.empty, TEXT_POINTS, view.frame.width - 20))
    axes.text(0.5, 0.5, said, transform=axes.transAxes, ha="center", va="center", color=theme().quiet)
    axes.grid(visible=False)
    axes.set(xticks=[], yticks=[])


def _dress(axes: Axes, view: View) -> None:
    """Ranges, ticks and lines of both axes."""
    x, y = view.panel.x, view.panel.y
    axes.set(xscale="log" if x.log else "linear", yscale="log" if y.log else "linear")
    axes.set(xlim=(x.low, x.high), ylim=(y.low, y.high))
    axes.minorticks_off()
    turn: dict[str, Any] = {"rotation": TURN, "ha": "right", "va": "top", "rotation_mode": "anchor"}
    look = turn if view.turned else {}
    axes.set_xticks([t.at for t in view.x_ticks], [t.said for t in view.x_ticks], size=view.across_size, **look)
    axes.set_yticks([t.at for t in view.y_ticks], [t.said for t in view.y_ticks], size=view.up_size)
    axes.tick_params(pad=TICK_PAD, length=0, grid_clip_on=False)
    sides: tuple[tuple[Axis, Literal["x", "y"]], ...] = ((x, "x"), (y, "y"))
    for axis, side in sides:
        if axis.ticks is not None:
            axes.grid(visible=False, axis=side)
        if axis.ticks == () and not axis.label:
            axes.spines[:].set_visible(False)
    _zero_lines(axes, view)
    for at in x.breaks:
        _break(axes, at)


def _zero_lines(axes: Axes, view: View) -> None:
    """Where bars begin, if that is not at the edge."""
    ways = {mark.along for mark in view.panel.marks if isinstance(mark, Bar)}
    look: dict[str, Any] = {"color": theme().quiet, "linewidth": 1.0, "zorder": 2.2}
    if "y" in ways and view.panel.y.low < 0:
        axes.axhline(0.0, **look)
    if "x" in ways and view.panel.x.low < 0:
        axes.axvline(0.0, **look)


def _break(axes: Axes, at: float) -> None:
    """Two strokes through the x axis: what is on their left does not stand where its number says."""
    where: dict[str, Any] = {
        "transform": axes.get_xaxis_transform(),
        "clip_on": False,
        "linestyle": "none",
        "zorder": 8,
    }
    axes.plot(
        [at], [0.0], marker="s", markersize=7, markeredgecolor=theme().paper, markerfacecolor=theme().paper, **where
    )
    stroke = [[(-1.5, -4.0), (0.5, 4.0)], [(1.5, -4.0), (3.5, 4.0)]]
    for (x, y), (x2, y2) in stroke:
        path = Path([(x, y), (x2, y2)])
        axes.plot([at], [0.0], marker=path, markersize=12, markeredgewidth=1.5, color=theme().quiet, **where)


def _label(drawing: Drawing, view: View) -> None:
    """Names of axes, beside their ticks."""
    frame = view.frame
    _upright(drawing, view.y_label, frame.left - _beside_left(view) - len(view.y_label) * _line(), frame)
    _upright(drawing, view.right_label, frame.right + beside(view.right_ticks, TEXT_POINTS), frame)
    _write(drawing, view.x_label, frame.left + frame.width / 2, frame.bottom - _below(view), TEXT_POINTS, ha="center")


def _beside_left(view: View) -> float:
    """What stands between the frame and the label of its y axis, in points."""
    return max([beside(view.y_ticks, view.up_size), *(-letters.box.left for letters in view.letters)])


def _below(view: View) -> float:
    """The same of the x axis."""
    return max([under(view), *(-letters.box.bottom for letters in view.letters)])


def _upright(drawing: Drawing, lines: Sequence[str], left: float, frame: Box) -> None:
    width, height = drawing.get_size_inches() * 72
    for rank, said in enumerate(lines):
        x, y = left + (rank + _BASELINE) * _line(), frame.bottom + frame.height / 2
        drawing.text(x / width, y / height, said, rotation=90, rotation_mode="anchor", ha="center", va="baseline")


def _right(axes: Axes, view: View) -> Axes:
    """The same frame with the axis on the right."""
    right, axis = axes.twinx(), view.panel.right
    assert axis
    right.set(yscale="log" if axis.log else "linear", ylim=(axis.low, axis.high))
    right.set_yticks([tick.at for tick in view.right_ticks], [tick.said for tick in view.right_ticks])
    right.minorticks_off()
    right.tick_params(pad=TICK_PAD, length=0)
    right.grid(visible=False)
    right.spines["right"].set_visible(True)
    return right


def _draw_color_bar(drawing: Drawing, scale: ColorScale, area: Box) -> Box:
    """At the right edge; returns what it leaves of the area."""
    low, high = scale.low, scale.high if scale.high > scale.low else scale.low + 1.0
    box = Box(0.0, area.bottom + 0.12 * area.height, _BAR, 0.8 * area.height)
    ticks = ticks_up(Axis("", low, high), box.height)
    label = wrapped(scale.label, TEXT_POINTS, box.height)
    takes = _BAR + _BAR_GAP + beside(ticks, TEXT_POINTS) + len(label) * _line()
    box = replace(box, left=area.right - takes + _BAR_GAP)
    bar = drawing.colorbar(ScalarMappable(Normalize(low, high), heat_colors()), cax=_axes(drawing, box))
    bar.set_ticks([tick.at for tick in ticks], labels=[tick.said for tick in ticks])
    bar.outline.set_visible(False)
    bar.ax.tick_params(pad=TICK_PAD, length=0)
    _upright(drawing, label, box.right + beside(ticks, TEXT_POINTS), box)
    return replace(area, width=area.width - takes)


def _entries(figure: Figure) -> list[tuple[AnyMark, str, bool]]:
    """(sample, what it is, whether in grey): arms, unless they stand as names beside the panels; then looks."""
    names = {tick.said for panel in figure.panels for tick in panel.y.ticks or ()}
    arms = [] if {label for _, label in arms_of(figure)} <= names else [
        (mark, mark.label, False) for mark in samples_of(figure)
    ]  # fmt: skip
    return [*arms, *((mark, mark.meaning, True) for mark in meanings_of(figure))]


def _draw_legend(drawing: Drawing, entries: Sequence[tuple[AnyMark, str, bool]], top: float) -> float:
    """Along rows; in small letters where there would be many. Returns its height in points."""
    size = float(TEXT_POINTS)
    if len(rows := _legend_rows(entries, size)) > _MOST_ROWS:
        rows, size = _legend_rows(entries, CAPTION_POINTS), CAPTION_POINTS
    for rank, row in enumerate(rows):
        x, middle = _EDGE, top - (rank + 0.5) * _LEGEND_LINE * size
        for mark, said, quiet in row:
            draw_sample(drawing, mark, Box(x, middle - 0.5 * size, _HANDLE - 8, size), quiet)
            _write(drawing, [said], x + _HANDLE, middle + 0.5 * LINE * size, size)
            x += _HANDLE + text_width(said, size) + _COLUMN
    return len(rows) * _LEGEND_LINE * size


def _legend_rows(entries: Sequence[tuple[AnyMark, str, bool]], size: float) -> list[list[tuple[AnyMark, str, bool]]]:
    """As many entries a row as have room; names of more than half a row are cut."""
    rows: list[list[tuple[AnyMark, str, bool]]] = []
    width = used = WIDTH - 2 * _EDGE
    for mark, label, quiet in entries:
        said = cut(label, size, width / 2 - _HANDLE - _COLUMN)
        takes = _HANDLE + text_width(said, size) + _COLUMN
        if used + takes - _COLUMN > width:
            rows.append([])
            used = 0.0
        rows[-1].append((mark, said, quiet))
        used += takes
    return rows


def draw_sample(drawing: Drawing, mark: AnyMark, box: Box, quiet: bool = False) -> None:
    """The mark alone, as it looks in a panel."""
    axes = _axes(drawing, box)
    axes.set_axis_off()
    axes.set(xlim=(0.0, 1.0), ylim=(-0.5, 0.5))
    for artist in Pen(axes, quiet=quiet).draw(_sample(mark)):
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
