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

#: Okabe & Ito (2008), "Color Universal Design". Yellow comes last: on white it carries no line.
PALETTE = ("#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#F0E442")
_BLACK = PALETTE[0]
_BRIGHT = 0.179  # relative luminance L above which black has more contrast than white: (L + 0.05)² = 1.05 × 0.05
_STROKES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (4, 1, 1, 1, 1, 1)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "h")


@dataclass(frozen=True)
class Theme:
    """Colours of all that is not data."""

    ink: str
    quiet: str
    grid: str
    paper: str


LIGHT = Theme(ink="#222222", quiet="#5f5f5f", grid="#dddddd", paper="white")
DARK = Theme(ink="#f2f2f2", quiet="#b9bdc4", grid="#3d4148", paper="#17181a")

_RC: dict[Any, Any] = {
    "figure.figsize": (WIDTH_INCHES, HEIGHT_INCHES),
    "figure.constrained_layout.w_pad": 0.12,
    "figure.constrained_layout.h_pad": 0.10,
    "font.family": "DejaVu Sans",
    "font.size": TEXT_POINTS,
    "axes.titlesize": TEXT_POINTS,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "grid.linewidth": 1.0,
    "legend.frameon": False,
    "hatch.linewidth": 1.5,
    "svg.hashsalt": "bn_study",  # else every SVG has its own random ids
    "pdf.fonttype": 42,  # text that stays text in other programs
}


def _colors(theme: Theme) -> dict[Any, Any]:
    ink = dict.fromkeys(("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"), theme.ink)
    quiet = dict.fromkeys(("axes.edgecolor", "xtick.color", "ytick.color"), theme.quiet)
    paper = dict.fromkeys(("figure.facecolor", "axes.facecolor"), theme.paper)
    return {**ink, **quiet, **paper, "grid.color": theme.grid}


def theme() -> Theme:
    """The one that is drawn in: dark within `figure_style(DARK)`, else light."""
    return DARK if mpl.rcParams["figure.facecolor"] == DARK.paper else LIGHT


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
    turn, color = index // len(PALETTE), PALETTE[index % len(PALETTE)]
    return ArmStyle(
        DARK.ink if color == _BLACK and theme() is DARK else color,
        _STROKES[(index + turn) % len(_STROKES)],
        _MARKERS[index % len(_MARKERS)],
    )


def lighter(color: str, share: float = 0.55) -> tuple[float, float, float]:
    """`color` mixed with the paper: for a second number of the same arm."""
    pairs = zip(to_rgb(color), to_rgb(theme().paper), strict=True)
    red, green, blue = (part + (paper - part) * share for part, paper in pairs)
    return red, green, blue


@contextmanager
def figure_style(theme: Theme = LIGHT) -> Iterator[None]:
    """Draw and save within it. Starts from matplotlib's own defaults, whatever a matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC | _colors(theme))
        yield


def arm_color(index: int) -> str:
    """The arm's colour on a page that may be light or dark: black becomes a grey that both carry."""
    color = PALETTE[index % len(PALETTE)]
    return "#7a7a7a" if color == _BLACK else color


def text_on(color: str) -> str:
    """Black or white, whichever is read better on `color` (WCAG 2 relative luminance)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > _BRIGHT else "#ffffff"
