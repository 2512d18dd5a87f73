"""How figures look: made for a 16:9 slide, to be read from the back of a room, and the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.colors import to_rgb

WIDTH_INCHES, HEIGHT_INCHES = 13.33, 7.5
TITLE_POINTS, TEXT_POINTS, CAPTION_POINTS = 26, 19, 14
#: Widths of characters of DejaVu Sans, as shares of its size: averages over English text, and a little above.
TEXT_EM, BOLD_EM = 0.52, 0.60
INK, QUIET, GRID = "#222222", "#6b6b6b", "#dddddd"

#: Okabe & Ito (2008), "Color Universal Design". Yellow comes last: on white it carries no line.
PALETTE = ("#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#F0E442")
_STROKES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (4, 1, 1, 1, 1, 1)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "h")

_RC: dict[Any, Any] = {
    "figure.figsize": (WIDTH_INCHES, HEIGHT_INCHES),
    "figure.constrained_layout.w_pad": 0.12,
    "figure.constrained_layout.h_pad": 0.10,
    "font.family": "DejaVu Sans",
    "font.size": TEXT_POINTS,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.titlesize": TEXT_POINTS,
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "grid.color": GRID,
    "grid.linewidth": 1.0,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "hatch.linewidth": 1.5,
    "svg.hashsalt": "bn_study",  # else every SVG has its own random ids
    "pdf.fonttype": 42,  # text that stays text in other programs
}


@dataclass(frozen=True)
class ArmStyle:
    """Colour, line and marker each tell arms apart, for those who cannot use one of them."""

    color: str
    stroke: Any
    marker: str


def arm_style(index: int) -> ArmStyle:
    """The look of the arm that stands at `index` (from 0) in the study: the same in every figure.

    Combinations repeat after 360 arms.
    """
    turn = index // len(PALETTE)
    return ArmStyle(
        PALETTE[index % len(PALETTE)],
        _STROKES[(index + turn) % len(_STROKES)],
        _MARKERS[index % len(_MARKERS)],
    )


def lighter(color: str, share: float = 0.55) -> tuple[float, float, float]:
    """`color` mixed with white: for a second number of the same arm."""
    red, green, blue = (part + (1 - part) * share for part in to_rgb(color))
    return red, green, blue


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw and save within it. Starts from matplotlib's own defaults, whatever a matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        yield


def arm_color(index: int) -> str:
    """The arm's colour on a page that may be light or dark: black becomes a grey that both carry."""
    color = arm_style(index).color
    return "#7a7a7a" if color == PALETTE[0] else color
