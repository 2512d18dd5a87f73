"""What every figure has: title, legend, panels and caption, from top to bottom, each with room of its own."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bn_study.presentation.drawing.style import (
    BOLD_EM,
    CAPTION_POINTS,
    HEIGHT_INCHES,
    TEXT_EM,
    TEXT_POINTS,
    TITLE_POINTS,
    WIDTH_INCHES,
    theme,
)

_LEFT = 0.014
_BESIDE_A_PANEL = 60  # points: tick labels, distance to the next
_LINE = 1.3  # height of a line of text, in its size
_LEGEND_LINE = 1.5
_HANDLE_EM = 4.7  # a legend entry without its text: handle, padding, distance to the next


class Canvas:
    """An empty figure with `panels` axes in rows of `columns`; to be used within `figure_style`."""

    def __init__(self, title: str, caption: Sequence[str], panels: int, columns: int, share_x: bool = False) -> None:
        self.figure = Figure(layout="constrained")
        self.rows, self.columns = math.ceil(panels / columns), columns
        grid = self.figure.subplots(self.rows, columns, squeeze=False, sharex=share_x)
        self.axes: list[Axes] = list(np.ravel(grid))
        for unused in self.axes[panels:]:
            unused.remove()
        del self.axes[panels:]
        self._title = _balanced(title, _characters(TITLE_POINTS, BOLD_EM))
        self._caption = _sentence_by_sentence(caption, _characters(CAPTION_POINTS, TEXT_EM))
        self._top = _share(self._title, TITLE_POINTS)

    def add_legend(self, entries: Sequence[tuple[Artist, str]]) -> None:
        """One legend for all panels, below the title; entries run along its rows."""
        if not entries:
            return
        columns = _legend_columns([label for _, label in entries])
        rows = math.ceil(len(entries) / columns)
        along = [entries[place] for column in range(columns) for place in range(column, len(entries), columns)]
        handles, labels = zip(*along, strict=True)
        legend = self.figure.legend(
            handles, labels, ncols=columns, loc="upper left", bbox_to_anchor=(_LEFT, 1 - self._top),
            borderaxespad=0, borderpad=0.2, handlelength=2.4, columnspacing=1.5,
        )  # fmt: skip
        legend.set_in_layout(False)
        self._top += rows * _LEGEND_LINE * TEXT_POINTS / (72 * HEIGHT_INCHES)

    def finish(self) -> Figure:
        """Lay everything out, once: saving in three formats need not do it again."""
        bottom = _share(self._caption, CAPTION_POINTS)
        title = self.figure.text(_LEFT, 1 - 0.015, self._title, va="top", size=TITLE_POINTS, weight="bold")
        caption = self.figure.text(_LEFT, 0.018, self._caption, va="bottom", size=CAPTION_POINTS, color=theme().quiet)
        title.set_in_layout(False)
        caption.set_in_layout(False)
        engine = self.figure.get_layout_engine()
        assert engine is not None
        engine.set(rect=(0, bottom, 1, 1 - bottom - self._top))  # type: ignore[call-arg]
        engine.execute(self.figure)
        self.figure.set_layout_engine("none")
        return self.figure

    @property
    def panel_characters(self) -> int:
        """About how many characters of text one panel is wide."""
        return int((WIDTH_INCHES * 72 / self.columns - _BESIDE_A_PANEL) / (TEXT_EM * TEXT_POINTS))

    @property
    def panel_points(self) -> float:
        """About how high one panel's frame is, without its title and axis label; in points."""
        around = 2 * _LINE * TEXT_POINTS + 10
        inner = (1 - self._top - _share(self._caption, CAPTION_POINTS)) * HEIGHT_INCHES * 72
        return inner / self.rows - around


def panel_title(axes: Axes, title: str, characters: int) -> None:
    """A title of several axes has a line for each where one line is too short."""
    axes.set_title(title if len(title) <= characters else title.replace(", ", ",\n"))


def say(axes: Axes, text: str) -> None:
    """A sentence in the middle of a frame that has nothing else to show."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=theme().quiet)
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])


def _legend_columns(labels: Sequence[str]) -> int:
    """All in one row if they fit, else as many as fit when each is as wide as the widest."""
    widths = [(len(label) * TEXT_EM + _HANDLE_EM) * TEXT_POINTS for label in labels]
    room = (1 - 2 * _LEFT) * WIDTH_INCHES * 72
    return len(labels) if sum(widths) <= room else max(1, int(room / max(widths)))


def _characters(points: int, em: float) -> int:
    """How many characters of this size the figure is wide."""
    return int((1 - 2 * _LEFT) * WIDTH_INCHES * 72 / (em * points))


def _balanced(text: str, width: int) -> str:
    """As few lines as the width allows, of about equal length: no last line of one word."""
    lines = len(textwrap.wrap(text, width, break_on_hyphens=False))
    while width > 1 and len(textwrap.wrap(text, width - 1, break_on_hyphens=False)) == lines:
        width -= 1
    return textwrap.fill(text, width, break_on_hyphens=False)


def _sentence_by_sentence(sentences: Sequence[str], width: int) -> str:
    """A new line between sentences rather than within one."""
    lines: list[str] = []
    for sentence in sentences:
        if lines and len(lines[-1]) + 1 + len(sentence) <= width:
            lines[-1] += f" {sentence}"
        else:
            lines += textwrap.wrap(sentence, width)
    return "\n".join(lines)


def _share(text: str, points: int) -> float:
    """The share of the figure's height that the lines take, with a margin; a little even for no text."""
    lines = text.count("\n") + 1 if text else 0
    return 0.025 + lines * _LINE * points / (72 * HEIGHT_INCHES)
