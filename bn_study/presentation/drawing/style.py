"""How figures look: made for a 16:9 slide, to be read from the back of a room, and the same each time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl

from bn_study.config.color import DARK_PAGE, WHITE_PAPER, luminance

WIDTH, HEIGHT = 960.0, 540.0  # points
SLIDE = WIDTH, HEIGHT
TITLE_POINTS, TEXT_POINTS, CAPTION_POINTS = 26, 19, 14
LEAST_POINTS = 12  # of the numbers in a panel: smaller ones are left out

_BRIGHT = 0.179  # relative luminance L above which black has more contrast than white: (L + 0.05)² = 1.05 × 0.05


@dataclass(frozen=True)
class Theme:
    """Colours of all that is not data."""

    ink: str
    quiet: str
    grid: str
    paper: str


LIGHT = Theme(ink="#222222", quiet="#5f5f5f", grid="#dddddd", paper=WHITE_PAPER)
DARK = Theme(ink="#f2f2f2", quiet="#b9bdc4", grid="#3d4148", paper=DARK_PAGE)

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


def text_on(color: str) -> str:
    """Black or white, whichever is read better on `color`."""
    return "#000000" if luminance(color) > _BRIGHT else "#ffffff"
