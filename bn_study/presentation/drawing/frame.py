"""Frame: what stands around the marks of a panel. Grid, edges, ticks, the names of axes, a title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure as Drawing

from bn_study.presentation.drawing.layout import LINE, TICK_PAD, TURN, Box, View, beside, under
from bn_study.presentation.drawing.pen import heat_colors
from bn_study.presentation.drawing.style import TEXT_POINTS, theme
from bn_study.presentation.drawing.text import wrapped
from bn_study.presentation.drawing.ticks import share, ticks_up
from bn_study.presentation.figures.marks import Bar
from bn_study.presentation.figures.panel import Axis, ColorScale

_BASELINE = 0.77  # of a line's height, from its top
_BAR, _BAR_GAP = 18.0, 14.0  # points: width of a colour bar, distance to the panels


def add_axes(drawing: Drawing, box: Box) -> Axes:
    """Where marks are drawn in the units of their axes; of matplotlib's own axes nothing is seen."""
    width, height = drawing.get_size_inches() * 72
    axes = drawing.add_axes((box.left / width, box.bottom / height, box.width / width, box.height / height))
    axes.set_axis_off()
    return axes


def write(drawing: Drawing, lines: Sequence[str], x: float, top: float, size: float, **look: Any) -> None:
    """Lines of text from `top` downwards, in points."""
    width, height = drawing.get_size_inches() * 72
    for rank, line in enumerate(lines):
        baseline = top - (rank + _BASELINE) * LINE * size
        drawing.text(x / width, baseline / height, line, size=size, va="baseline", **look)


def write_upright(drawing: Drawing, lines: Sequence[str], left: float, beside_of: Box) -> None:
    """Lines of text from `left` to the right, turned, in the middle of a box's height; in points."""
    width, height = drawing.get_size_inches() * 72
    for rank, said in enumerate(lines):
        x, y = left + (rank + _BASELINE) * line_height(), beside_of.bottom + beside_of.height / 2
        drawing.text(x / width, y / height, said, rotation=90, rotation_mode="anchor", ha="center", va="baseline")


def line_height() -> float:
    """Of the text of axes, in points."""
    return LINE * TEXT_POINTS


def draw_title(drawing: Drawing, view: View) -> None:
    """Above the frame and the numbers that stand out of it."""
    above = max([view.frame.height, *(letters.box.top for letters in view.letters)]) + 5
    top = view.frame.bottom + above + len(view.title) * LINE * view.title_size
    write(drawing, view.title, view.frame.left, top, view.title_size)


def draw_empty(drawing: Drawing, view: View) -> None:
    """Two edges, and a sentence in the middle."""
    width, height = drawing.get_size_inches() * 72
    frame = view.frame
    _rule(add_axes(drawing, frame), [[(0.0, 1.0), (0.0, 0.0), (1.0, 0.0)]], theme().quiet, 0.8)
    said = "\n".join(wrapped(view.panel.empty, TEXT_POINTS, frame.width - 20))
    x, y = (frame.left + frame.width / 2) / width, (frame.bottom + frame.height / 2) / height
    drawing.text(x, y, said, ha="center", va="center", color=theme().quiet)


def draw_frame(drawing: Drawing, axes: Axes, view: View) -> None:
    """Grid, edges, ticks and names of all axes of a panel with marks."""
    x, y, right = view.panel.x, view.panel.y, view.panel.right
    axes.set(xscale="log" if x.log else "linear", yscale="log" if y.log else "linear")
    axes.set(xlim=(x.low, x.high), ylim=(y.low, y.high))
    grid = [[(at, 0.0), (at, 1.0)] for at in (share(x, tick.at) for tick in view.x_ticks if x.ticks is None)]
    grid += [[(0.0, at), (1.0, at)] for at in (share(y, tick.at) for tick in view.y_ticks if y.ticks is None)]
    _rule(axes, grid, theme().grid, 1.0)
    if y.ticks != () or y.label:
        edges = [[(0.0, 1.0), (0.0, 0.0), (1.0, 0.0)]] + [[(1.0, 0.0), (1.0, 1.0)]] * bool(right)
        _rule(axes, edges + _zeros(view), theme().quiet, 0.8)
    for at in x.breaks:
        _break(axes, share(x, at), view.frame)
    _tick_labels(drawing, view)
    _names(drawing, view)


def _rule(axes: Axes, segments: Sequence[Sequence[tuple[float, float]]], color: str, width: float) -> None:
    """Lines in shares of the frame, below all marks."""
    if segments:
        look: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False, "zorder": 0.5, "capstyle": "projecting"}
        axes.add_collection(LineCollection(segments, colors=color, linewidths=width, **look), autolim=False)


def _zeros(view: View) -> list[list[tuple[float, float]]]:
    """Where bars begin, if that is not at the edge."""
    x, y = view.panel.x, view.panel.y
    ways = {mark.along for mark in view.panel.marks if isinstance(mark, Bar)}
    upright = [[(share(x, 0.0), 0.0), (share(x, 0.0), 1.0)]] if "x" in ways and x.low < 0 else []
    return upright + ([[(0.0, share(y, 0.0)), (1.0, share(y, 0.0))]] if "y" in ways and y.low < 0 else [])


def _break(axes: Axes, at: float, frame: Box) -> None:
    """Two strokes through the x axis: what is on their left does not stand where its number says."""
    (left, right), half = ([at + end / frame.width for end in (-3.0, 3.0)], 5.0 / frame.height)
    _rule(axes, [[(left, 0.0), (right, 0.0)]], theme().paper, 3.0)
    _rule(
        axes,
        [[(x - 1.5 / frame.width, -half), (x + 1.5 / frame.width, half)] for x in (left, right)],
        theme().quiet,
        1.5,
    )


def _tick_labels(drawing: Drawing, view: View) -> None:
    frame, (width, height) = view.frame, drawing.get_size_inches() * 72
    turned: dict[str, Any] = {"rotation": TURN, "ha": "right", "va": "top", "rotation_mode": "anchor"}
    look = turned if view.turned else {"ha": "center", "va": "top"}
    for tick in (tick for tick in view.x_ticks if tick.said):
        x = frame.left + share(view.panel.x, tick.at) * frame.width
        drawing.text(x / width, (frame.bottom - TICK_PAD) / height, tick.said, size=view.across_size, **look)
    left = (view.y_ticks, view.panel.y, frame.left - TICK_PAD, "right", view.up_size)
    right = (view.right_ticks, view.panel.right or view.panel.y, frame.right + TICK_PAD, "left", TEXT_POINTS)
    for ticks, axis, x, alignment, size in (left, right):
        for tick in (tick for tick in ticks if tick.said):
            y = frame.bottom + share(axis, tick.at) * frame.height
            drawing.text(x / width, y / height, tick.said, size=size, ha=alignment, va="center_baseline")


def _names(drawing: Drawing, view: View) -> None:
    """Names of axes, beside their ticks."""
    frame, line = view.frame, line_height()
    write_upright(drawing, view.y_label, frame.left - beside_left(view) - len(view.y_label) * line, frame)
    write_upright(drawing, view.right_label, frame.right + beside(view.right_ticks, TEXT_POINTS), frame)
    write(drawing, view.x_label, frame.left + frame.width / 2, frame.bottom - below(view), TEXT_POINTS, ha="center")


def beside_left(view: View) -> float:
    """What stands between the frame and the name of its y axis, in points."""
    return max([beside(view.y_ticks, view.up_size), *(-letters.box.left for letters in view.letters)])


def below(view: View) -> float:
    """The same of the x axis."""
    return max([under(view), *(-letters.box.bottom for letters in view.letters)])


def draw_right(axes: Axes, view: View) -> Axes:
    """The same frame in the units of the right axis."""
    right, axis = axes.twinx(), view.panel.right
    assert axis
    right.set(yscale="log" if axis.log else "linear", ylim=(axis.low, axis.high))
    right.set_axis_off()
    return right


def draw_color_bar(drawing: Drawing, scale: ColorScale, area: Box) -> Box:
    """At the right edge; returns what it leaves of the area."""
    low, high = scale.low, scale.high if scale.high > scale.low else scale.low + 1.0
    axis, (width, height) = Axis("", low, high), drawing.get_size_inches() * 72
    box = Box(0.0, area.bottom + 0.12 * area.height, _BAR, 0.8 * area.height)
    ticks, label = ticks_up(axis, box.height), wrapped(scale.label, TEXT_POINTS, box.height)
    takes = _BAR + _BAR_GAP + beside(ticks, TEXT_POINTS) + len(label) * line_height()
    box = replace(box, left=area.right - takes + _BAR_GAP)
    bar = drawing.colorbar(ScalarMappable(Normalize(low, high), heat_colors()), cax=add_axes(drawing, box), ticks=[])
    bar.outline.set_visible(False)
    for tick in ticks:
        y = box.bottom + share(axis, tick.at) * box.height
        drawing.text((box.right + TICK_PAD) / width, y / height, tick.said, ha="left", va="center_baseline")
    write_upright(drawing, label, box.right + beside(ticks, TEXT_POINTS), box)
    return replace(area, width=area.width - takes)
