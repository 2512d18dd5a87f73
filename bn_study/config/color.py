"""Color: '#rrggbb' that is seen on white paper and on the dark page."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

WHITE_PAPER, DARK_PAGE = "#ffffff", "#17181a"
LEAST_CONTRAST = 3.0  # of marks (WCAG 2.1, 1.4.11)


def luminance(color: str) -> float:
    """Relative luminance of '#rrggbb' as WCAG 2 defines it, from 0 (black) to 1 (white)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _written(color: Any) -> Any:
    if color is None:
        raise ValueError("no colour stands here: in YAML # begins a comment, so write '#0072b2' in quotes")
    return color


def _seen(color: str) -> str:
    """In small letters. Raises ValueError for what is no colour, and for one that hardly shows on a paper."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", color):
        raise ValueError(f"{color[:40]!r} is no colour: write red, green and blue in hexadecimal, as '#0072b2'")
    for paper, name, other in ((WHITE_PAPER, "white paper", "darker"), (DARK_PAGE, "the dark page", "lighter")):
        if (found := contrast(color, paper)) < LEAST_CONTRAST:
            least = f"to be seen there it needs {LEAST_CONTRAST:g}, so take a {other} one"
            raise ValueError(f"{color} has a contrast of {found:.1f} on {name}; {least}")
    return color.lower()


_PATTERN = {"pattern": "^#[0-9a-fA-F]{6}$"}
Color = Annotated[str, BeforeValidator(_written), AfterValidator(_seen), Field(json_schema_extra=_PATTERN)]
