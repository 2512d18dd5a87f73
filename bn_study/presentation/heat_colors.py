"""Colours of heat maps: cividis, made for readers with and without red-green blindness (Nuñez et al. 2018)."""

from __future__ import annotations

from matplotlib import colormaps
from matplotlib.colors import Colormap, to_hex, to_rgb

_BRIGHT = 0.30  # relative luminance above which black text has more contrast than white: (L + .05)² = .0525


def heat_colormap() -> Colormap:
    """From dark blue (low) to yellow (high)."""
    return colormaps["cividis"]


def heat_color(value: float, low: float, high: float) -> str:
    """As '#rrggbb'; the middle where all values are equal."""
    return to_hex(heat_colormap()((value - low) / (high - low) if high > low else 0.5))


def text_on(color: str) -> str:
    """Black or white, whichever is read better on `color` (WCAG 2 relative luminance)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > _BRIGHT else "#ffffff"
