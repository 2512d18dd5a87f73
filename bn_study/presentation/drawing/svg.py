"""What the page's SVGs share: their size, axes, texts, hovers and keys. Colours of text and grid come from the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from html import escape

from matplotlib.ticker import MaxNLocator

from bn_study.analysis.statistics import Interval
from bn_study.presentation.drawing.style import arm_color

WIDTH, HEIGHT = 560, 330
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 26, 46
_CHARACTER = 9.0  # pixels that a digit of an axis is wide, with a little room

ToPixels = Callable[[float], float]


def svg(height: float, inner: str, label: str) -> str:
    """An image with an alternative text."""
    box = f'viewBox="0 0 {WIDTH} {height:.0f}"'
    return f'<svg {box} role="img" aria-label="{escape(label, quote=True)}">{inner}</svg>'


def text(x: float, y: float, said: str, anchor: str, style: str = "", turn: bool = False) -> str:
    """An SVG text, escaped; turned by 90° for a vertical axis."""
    turned = f' transform="rotate(-90 {x:.0f} {y:.0f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}"{turned}>{escape(said)}</text>'


def shown(value: float) -> str:
    """Four significant digits, as hovers and axes show them."""
    return f"{value:.4g}".replace("-", "−")


def hover(what: str, value: Interval) -> str:
    """'bn: 51.2 (50.9 to 51.5)'; without an interval where there is none."""
    interval = f" ({shown(value.low)} to {shown(value.high)})" if math.isfinite(value.low) else ""
    return f"{what}: {shown(value.mean)}{interval}"


def scale(low: float, high: float, start: float, end: float) -> ToPixels:
    """Maps `low` to pixel `start` and `high` to `end`."""
    return lambda value: start + (value - low) / ((high - low) or 1.0) * (end - start)


def y_axis(label: str, y: ToPixels, low: float, high: float, right: float) -> list[str]:
    """Lines across the panel up to pixel `right`, their numbers, and the label beside them."""
    parts = []
    for mark in marks(low, high):
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right:.0f}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>')
        parts.append(text(LEFT - 6, y(mark) + 5, shown(mark), "end"))
    return [*parts, text(14, (TOP + HEIGHT - BOTTOM) / 2, label, "middle", turn=True)]


def marks(low: float, high: float, most: int = 6, integer: bool = False) -> list[float]:
    """Round numbers between the ends of an axis."""
    found = MaxNLocator(most, integer=integer).tick_values(low, high)
    return [float(mark) for mark in found if low <= mark <= high]


def labelled(ticks: Sequence[str], pixels: float) -> list[int]:
    """Which of the ticks, evenly along so many pixels, get their label: all, or every n-th where they would touch."""
    room = pixels / max(1, len(ticks))
    return list(range(0, len(ticks), math.ceil(max(map(len, ticks), default=0) * _CHARACTER / room) or 1))


def polyline(points: Iterable[tuple[float, float]], color: str, look: str = "") -> str:
    """A line through points in pixels."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.5"{look}/>'


def band(edges: Sequence[tuple[float, float, float]], color: str) -> str:
    """The area between (x, low, high), in pixels."""
    corners = [f"{x:.1f},{high:.1f}" for x, _, high in edges] + [f"{x:.1f},{low:.1f}" for x, low, _ in reversed(edges)]
    return f'<polygon points="{" ".join(corners)}" fill="{color}" opacity="0.16"/>'


def key(arms: Iterable[tuple[str, int]]) -> list[tuple[str, str]]:
    """(label, index of the arm), as often as they are drawn → (label, colour), each once, in the order of the arms."""
    return [(label, arm_color(index)) for label, index in sorted(dict(arms).items(), key=lambda pair: pair[1])]
