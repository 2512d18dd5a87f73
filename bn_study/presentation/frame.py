"""What every figure has: title above, caption below, one legend, panels in between."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bn_study.presentation.style import CAPTION_POINTS, QUIET, TEXT_POINTS, TITLE_POINTS, WIDTH_INCHES

_LEFT = 0.012
_MOST_COLUMNS = 3


def framed(title: str, caption: Sequence[str], panels: int, share_x: bool = False) -> tuple[Figure, list[Axes]]:
    """An empty figure with `panels` axes, at most three in a row; to be used within `figure_style`."""
    figure = Figure(layout="constrained")
    figure.suptitle(_wrapped(title, TITLE_POINTS), x=_LEFT, ha="left", size=TITLE_POINTS, weight="bold")
    text = _wrapped(" ".join(caption), CAPTION_POINTS)
    figure.supxlabel(text, x=_LEFT, ha="left", size=CAPTION_POINTS, color=QUIET)
    columns = min(panels, _MOST_COLUMNS) if panels != 4 else 2
    grid = figure.subplots(math.ceil(panels / columns), columns, squeeze=False, sharex=share_x)
    axes: list[Axes] = list(np.ravel(grid))
    for unused in axes[panels:]:
        unused.remove()
    return figure, axes[:panels]


def add_legend(figure: Figure, entries: Sequence[tuple[Artist, str]]) -> None:
    """One legend for all panels, in rows below the title."""
    if entries:
        handles, labels = zip(*entries, strict=True)
        columns = _columns(labels)
        figure.legend(handles, labels, loc="outside upper left", ncols=columns, handlelength=2.4, columnspacing=1.5)


def say(axes: Axes, text: str) -> None:
    """A sentence in the middle of a frame that has nothing else to show."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=QUIET)
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])


def _columns(labels: Sequence[str]) -> int:
    """As many entries in a row as fit the width, each as wide as the widest."""
    widest = max(map(len, labels)) * 0.6 * TEXT_POINTS + 4.5 * TEXT_POINTS
    return max(1, min(len(labels), int(WIDTH_INCHES * 72 / widest)))


def _wrapped(text: str, points: int) -> str:
    """Lines that fit the figure's width at this size; DejaVu Sans is about 0.56 em wide a character."""
    return textwrap.fill(text, width=int(WIDTH_INCHES * 72 / (0.56 * points)))
