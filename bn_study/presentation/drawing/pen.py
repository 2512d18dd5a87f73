"""Marks drawn by matplotlib: in a panel, and as samples in a legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, to_hex
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from bn_study.presentation.drawing.layout import LETTER_PAD, Box, Letters
from bn_study.presentation.drawing.style import text_on, theme
from bn_study.presentation.figures.arm_style import ArmStyle
from bn_study.presentation.figures.marks import AnyMark, Band, Bar, Cell, Cross, Dot, Line, Mark, Side, Text, Whisker
from bn_study.presentation.figures.panel import ColorScale

_MOST_MARKERS = 8  # on a line: more hide the dashes between them
_FINE = 10.0  # points: cells that are smaller have no edges
_FEW, _MANY = 12, 60  # lines or crosses of a panel: more are drawn thin, and thinner
#: Where a text stands from its place: its own alignment across and upwards, and points to the right and up.
_SIDES: dict[Side, tuple[Any, Any, float, float]] = {
    "left": ("right", "center", -LETTER_PAD, 0.0), "right": ("left", "center", LETTER_PAD, 0.0),
    "above": ("center", "bottom", 0.0, 0.6 * LETTER_PAD), "below": ("center", "top", 0.0, -LETTER_PAD),
    "middle": ("center", "center", 0.0, 0.0),
}  # fmt: skip
_SHAPES = {"circle": "o", "diamond": "D", "ring": "o"}


@dataclass(frozen=True)
class Pen:
    """Draws into one panel, arms in their `styles`; `lines` and `crosses` say how many are in it.

    `colors`: what its cells mean. `quiet`: in grey, as a legend says what a look means whatever the arm.
    """

    axes: Axes
    styles: Sequence[ArmStyle]
    lines: int = 1
    crosses: int = 1
    colors: ColorScale | None = None
    quiet: bool = False

    def draw(self, mark: AnyMark) -> list[Any]:
        """The artists that it became. Texts are drawn as `letters`, for they stand where there is room."""
        artists = _DRAWN[type(mark)](self, mark)
        for artist in artists:
            artist.set_clip_on(self._is_cut(mark))  # else a marker at the edge is whole
        return artists

    def _is_cut(self, mark: AnyMark) -> bool:
        """Whether it leaves the axes: an interval beyond what can be, a line beyond the range that was asked for."""
        lies = isinstance(mark, Whisker) and mark.along == "x"
        low, high = sorted(self.axes.get_xlim() if lies else self.axes.get_ylim())
        match mark:
            case Whisker():
                return not low <= mark.low <= mark.high <= high
            case Line():
                return any(not low <= y <= high for y in mark.y if math.isfinite(y))
            case _:
                return isinstance(mark, Band)

    def write(self, drawing: Drawing, letters: Letters, frame: Box) -> None:
        """A text beside a place of the frame."""
        across, up, x, y = _SIDES[letters.side]
        width, height = drawing.get_size_inches() * 72
        place = (frame.left + letters.x + x) / width, (frame.bottom + letters.y + y) / height
        color = theme().quiet if letters.quiet else theme().ink
        text = drawing.text(*place, letters.said, ha=across, va=up, size=letters.size, color=color)
        text.set_gid(None if letters.arm is None else f"letters{letters.arm}")

    def write_in(self, mark: Cell, said: Sequence[str], size: float) -> None:
        """Lines in a cell, in black or white by its colour."""
        known = math.isfinite(mark.value)
        ink = text_on(heat_color(mark.value, self.colors)) if known else theme().ink
        box = None if known else {"facecolor": theme().paper, "edgecolor": "none", "pad": 1.5}
        look: dict[str, Any] = {"ha": "center", "va": "center", "linespacing": 1.0, "color": ink, "bbox": box}
        self.axes.text(mark.x, mark.y, "\n".join(said), size=size, **look)

    def color(self, mark: Mark) -> str:
        """The arm's; ink for marks of no arm."""
        return theme().quiet if self.quiet else theme().ink if mark.arm is None else self.styles[mark.arm].color


def heat_colors() -> Colormap:
    """From dark blue (low) to yellow (high): cividis, made for readers with and without red-green blindness.

    (Nuñez et al. 2018)
    """
    return colormaps["cividis"]


def heat_color(value: float, scale: ColorScale | None) -> str:
    """As '#rrggbb'; the middle where all values are equal."""
    low, high = (scale.low, scale.high) if scale else (0.0, 0.0)
    return to_hex(heat_colors()((value - low) / (high - low) if high > low else 0.5))


def _rim(width: float) -> list[Any]:
    """Of paper, on which a mark shows over others of any colour."""
    return [withStroke(linewidth=width, foreground=theme().paper)]


def _line(pen: Pen, mark: Line) -> list[Any]:
    color, x, y = pen.color(mark), list(mark.x), list(mark.y)
    if mark.look == "pale":
        color, width, alpha = (theme().quiet, 1.5, 1.0) if mark.arm is None else (color, 5.0, 0.45)
        return pen.axes.plot(x, y, color=color, linewidth=width, alpha=alpha, zorder=2.5)
    if mark.arm is None:
        return pen.axes.plot(x, y, color=color, linewidth=2, linestyle="--" if mark.look == "hollow" else "-")
    style, hollow = pen.styles[mark.arm], mark.look == "hollow"
    stroke: Any = (0, style.dashes) if style.dashes else "-"
    face, edge = (theme().paper, color) if hollow else (color, theme().paper)
    width, alpha = (3.0, 1.0) if pen.lines <= _FEW else (2.0, 0.8) if pen.lines <= _MANY else (1.2, 0.5)
    every = math.ceil(len(x) / _MOST_MARKERS) if pen.lines <= _FEW else len(x) + 1
    return pen.axes.plot(
        x, y, color=color, linestyle=stroke, linewidth=width, alpha=alpha, marker=style.marker, markersize=9.5,
        markerfacecolor=face, markeredgecolor=edge, markeredgewidth=2.0 if hollow else 1.0, markevery=every,
        zorder=4.5 if mark.right else 3, path_effects=_rim(width + 3) if mark.right else None,
    )  # fmt: skip


def _band(pen: Pen, mark: Band) -> list[Any]:
    return [
        pen.axes.fill_between(list(mark.x), list(mark.low), list(mark.high), color=pen.color(mark), alpha=0.16, lw=0)
    ]


def _whisker(pen: Pen, mark: Whisker) -> list[Any]:
    ends, at = [mark.low, mark.high], [mark.at, mark.at]
    x, y, cap = (ends, at, "|") if mark.along == "x" else (at, ends, "_")
    effects = _rim(4.5) if mark.arm is None else None  # ink shows on bars as dark as ink
    return pen.axes.plot(
        x, y, color=pen.color(mark), linewidth=2, marker=cap, markersize=12, markeredgewidth=2,
        solid_capstyle="butt", path_effects=effects, zorder=3.5,
    )  # fmt: skip


def _bar(pen: Pen, mark: Bar) -> list[Any]:
    start = mark.at - mark.width / 2
    corner, size = (
        ((0.0, start), (mark.end, mark.width)) if mark.along == "x" else ((start, 0.0), (mark.width, mark.end))
    )
    color, hatch = pen.color(mark), "//" if mark.look == "hatched" else None
    filled = mark.look in ("full", "pale")
    face, alpha = (color, 0.45 if mark.look == "pale" else 1.0) if filled else (theme().paper, 1.0)
    look: dict[str, Any] = {} if filled else {"edgecolor": color, "hatch": hatch, "linewidth": 2}
    under = [Rectangle(corner, *size, facecolor=theme().paper)] if alpha < 1 else []  # no grid shines through
    return [pen.axes.add_patch(p) for p in (*under, Rectangle(corner, *size, facecolor=face, alpha=alpha, **look))]


def _dot(pen: Pen, mark: Dot) -> list[Any]:
    color = pen.color(mark)
    marker = _SHAPES.get(mark.shape) or pen.styles[mark.arm or 0].marker
    face, effects = (theme().paper, _rim(5.5)) if mark.look == "hollow" else (color, None)
    face, size = ("none", 22) if mark.shape == "ring" else (face, 11)
    return pen.axes.plot(
        [mark.x], [mark.y], linestyle="none", marker=marker, markersize=size, markerfacecolor=face,
        markeredgecolor=color, markeredgewidth=2.5, path_effects=effects, zorder=4,
    )  # fmt: skip


def _cross(pen: Pen, mark: Cross) -> list[Any]:
    size, width = (11.0, 3.5) if pen.crosses <= _FEW else (8.0, 2.5)
    look: dict[str, Any] = {"markersize": size, "markeredgewidth": width, "markeredgecolor": pen.color(mark)}
    return pen.axes.plot([mark.x], [mark.y], linestyle="none", marker="x", zorder=5, **look)


def _cell(pen: Pen, mark: Cell) -> list[Any]:
    known = math.isfinite(mark.value)
    look: dict[str, Any] = {"facecolor": heat_color(mark.value, pen.colors)} if known else {"facecolor": theme().paper}
    edge = theme().paper if known else theme().quiet
    hatch = "///" if mark.look == "hatched" else None
    width = 1.0 if min(_points_a_unit(pen.axes)) > _FINE else 0.0  # else paper would be half of what is seen
    patch = Rectangle((mark.x - 0.48, mark.y - 0.48), 0.96, 0.96, edgecolor=edge, hatch=hatch, linewidth=width, **look)
    return [pen.axes.add_patch(patch)]


def _points_a_unit(axes: Axes) -> tuple[float, float]:
    """Across and up."""
    assert axes.figure is not None
    box, (left, right), (low, high) = axes.get_window_extent(), axes.get_xlim(), axes.get_ylim()
    points = 72 / axes.figure.dpi
    return points * box.width / abs(right - left), points * box.height / abs(high - low)


def _text(pen: Pen, mark: Text) -> list[Any]:
    return []


_DRAWN: dict[type[Any], Callable[[Pen, Any], list[Any]]] = {
    Line: _line, Band: _band, Whisker: _whisker, Bar: _bar, Dot: _dot, Cross: _cross, Cell: _cell, Text: _text,
}  # fmt: skip
