"""How figures look: made for a 16:9 slide, to be read from the back of a room, and the same each time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.colors import to_rgb

WIDTH, HEIGHT = 960.0, 540.0  # points
TITLE_POINTS, TEXT_POINTS, CAPTION_POINTS = 26, 19, 14
LEAST_POINTS = 12  # of the numbers in a panel: smaller ones are left out

#: The arms' colours. Each has a contrast of 3 or more on white and on the dark paper (WCAG 2), so one palette does for
#: both; the first four are after Okabe & Ito (2008), the rest was searched for the largest distance (CIE Lab) as seen
#: with and without the three colour blindnesses (Machado et al. 2009): 15 at the least, 17 among the first five.
PALETTE = ("#6e7480", "#0072b2", "#d55e00", "#009e73", "#a030e0", "#80602e", "#dc5ce6", "#b28f47")
_BRIGHT = 0.179  # relative luminance L above which black has more contrast than white: (L + 0.05)² = 1.05 × 0.05
_STROKES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)), (0, (4, 1, 1, 1, 1, 1)))
_MARKERS = ("o", "s", "^", "v", "P", "X", "p", "h", "*")  # diamonds are published numbers


@dataclass(frozen=True)
class Theme:
    """Colours of all that is not data."""

    ink: str
    quiet: str
    grid: str
    paper: str


LIGHT = Theme(ink="#222222", quiet="#5f5f5f", grid="#dddddd", paper="#ffffff")
DARK = Theme(ink="#f2f2f2", quiet="#b9bdc4", grid="#3d4148", paper="#17181a")

_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": TEXT_POINTS,
    "text.parse_math": False,  # a dollar in a title is a dollar
    "hatch.linewidth": 1.5,
    "svg.hashsalt": "bn_study",  # else every SVG has its own random ids
    "pdf.fonttype": 3,  # text that can be searched and copied; as TrueType (42) it took 0.4 s a file instead of 0.05
}


@contextmanager
def figure_style(theme: Theme = LIGHT, **more: Any) -> Iterator[None]:
    """Draw and save within it. Starts from matplotlib's own defaults, whatever a matplotlibrc says.

    Letters that no installed font has are boxes, without matplotlib's warning: the caption says so.
    """
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        mpl.rcdefaults()
        paper = dict.fromkeys(("figure.facecolor", "axes.facecolor"), theme.paper)
        mpl.rcParams.update(_RC | paper | {"text.color": theme.ink} | more)
        yield


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
    """The look of the arm that stands at `index` (from 0) in the study: the same in every figure, page and slide.

    Combinations repeat after 360 arms.
    """
    turn, color = index // len(PALETTE), PALETTE[index % len(PALETTE)]
    return ArmStyle(color, _STROKES[(index + turn) % len(_STROKES)], _MARKERS[index % len(_MARKERS)])


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it, from 0 (black) to 1 (white)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def text_on(color: str) -> str:
    """Black or white, whichever is read better on `color`."""
    return "#000000" if luminance(color) > _BRIGHT else "#ffffff"
