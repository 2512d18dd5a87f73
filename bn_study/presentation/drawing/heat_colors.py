"""Colours of heat maps: cividis, made for readers with and without red-green blindness (Nuñez et al. 2018)."""

from __future__ import annotations

from matplotlib import colormaps
from matplotlib.colors import Colormap, to_hex


def heat_colormap() -> Colormap:
    """From dark blue (low) to yellow (high)."""
    return colormaps["cividis"]


def heat_color(value: float, low: float, high: float) -> str:
    """As '#rrggbb'; the middle where all values are equal."""
    return to_hex(heat_colormap()((value - low) / (high - low) if high > low else 0.5))
