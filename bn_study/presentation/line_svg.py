"""A LineChart as SVG: colours of text and grid come from the page, every point shows its number on hover."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from matplotlib.ticker import MaxNLocator

from bn_study.presentation.line_chart import Line, LineChart, LinePanel
from bn_study.presentation.style import arm_color

WIDTH, HEIGHT = 560, 330
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 26, 46


def shown(value: float) -> str:
    """Four significant digits, as hovers and axes show them."""
    return f"{value:.4g}".replace("-", "−")


def line_svgs(chart: LineChart) -> list[str]:
    """One SVG a panel. A panel without lines says so."""
    return [_panel(panel, _y_range(chart, panel)) for panel in chart.panels]


def _y_range(chart: LineChart, panel: LinePanel) -> tuple[float, float]:
    """Of all panels that share a range, with a little room."""
    ends = [
        end
        for one in chart.panels
        if one.y_range == panel.y_range
        for line in one.lines
        for value in line.values
        for end in (value.mean, value.low, value.high)
        if math.isfinite(end)
    ]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    room = 0.04 * (high - low) or 0.5
    return low - room, high + room


class _Scale:
    """Data → pixels."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self._low, self._high = low, high
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        share = (value - self._low) / ((self._high - self._low) or 1.0)
        return self._start + share * (self._end - self._start)


def _panel(panel: LinePanel, y_range: tuple[float, float]) -> str:
    title = text(WIDTH / 2, 16, panel.title, "middle", "panel") if panel.title else ""
    if not panel.lines:
        return svg(HEIGHT, title + text(WIDTH / 2, HEIGHT / 2, panel.empty, "middle"), panel.empty)
    xs = [x for line in panel.lines for x in line.x]
    low = 0.0 if panel.zero_x else min(xs)
    x = _Scale(low, max(xs), LEFT + 8, WIDTH - RIGHT - 8)
    y = _Scale(*y_range, HEIGHT - BOTTOM, TOP)
    parts = [title, *_y_axis(panel, y, y_range), *_x_axis(panel, x, low, max(xs))]
    parts += [_line(line, panel, x, y) for line in panel.lines]
    return svg(HEIGHT, "".join(parts), f"{panel.y_label} against {panel.x_label} {panel.title}".strip())


def _y_axis(panel: LinePanel, y: _Scale, y_range: tuple[float, float]) -> list[str]:
    marks = [mark for mark in MaxNLocator(6).tick_values(*y_range) if y_range[0] <= mark <= y_range[1]]
    lines = [f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(m):.1f}" y2="{y(m):.1f}"/>' for m in marks]
    labels = [text(LEFT - 6, y(mark) + 5, shown(float(mark)), "end") for mark in marks]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    return [*lines, *labels, text(14, middle, panel.y_label, "middle", turn=True)]


def _x_axis(panel: LinePanel, x: _Scale, low: float, high: float) -> list[str]:
    places = MaxNLocator(8, integer=panel.whole_x).tick_values(low, high)
    marks = [(float(place), shown(float(place))) for place in places if low <= place <= high]
    labels = [text(x(place), HEIGHT - BOTTOM + 18, label, "middle") for place, label in marks]
    return [*labels, text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, panel.x_label, "middle")]


def _line(line: Line, panel: LinePanel, x: _Scale, y: _Scale) -> str:
    color = arm_color(line.arm_index)
    points = [(at, value) for at, value in zip(line.x, line.values, strict=True) if math.isfinite(value.mean)]
    edges = [(at, value) for at, value in points if math.isfinite(value.low)]
    path = " ".join(f"{x(at):.1f},{y(value.mean):.1f}" for at, value in points)
    band = [f"{x(at):.1f},{y(value.high):.1f}" for at, value in edges]
    band += [f"{x(at):.1f},{y(value.low):.1f}" for at, value in reversed(edges)]
    dots = "".join(
        f'<circle cx="{x(at):.1f}" cy="{y(value.mean):.1f}" r="4" fill="{color}">'
        f"<title>{escape(_hover(line, panel, at, value.mean, value.low, value.high, value.n))}</title></circle>"
        for at, value in points
    )
    return (
        f'<polygon points="{" ".join(band)}" fill="{color}" opacity="0.16"/>'
        f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.5"/>{dots}'
    )


def _hover(line: Line, panel: LinePanel, at: float, mean: float, low: float, high: float, n: int) -> str:
    interval = f" ({shown(low)} to {shown(high)})" if math.isfinite(low) else ""
    return f"{line.label}, {panel.x_label} {shown(at)}: {shown(mean)}{interval}, n = {n}"


def text(x: float, y: float, said: str, anchor: str, style: str = "", turn: bool = False) -> str:
    """An SVG text, escaped; turned by 90° for a vertical axis."""
    turned = f' transform="rotate(-90 {x:.0f} {y:.0f})"' if turn else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}"{turned}>{escape(said)}</text>'


def svg(height: float, inner: str, label: str) -> str:
    """An image with an alternative text."""
    box = f'viewBox="0 0 {WIDTH} {height:.0f}"'
    return f'<svg {box} role="img" aria-label="{escape(label, quote=True)}">{inner}</svg>'


def legend(chart: LineChart) -> Sequence[tuple[str, str]]:
    """(label, colour) of every line, once."""
    found = {line.label: line.arm_index for panel in chart.panels for line in panel.lines}
    return [(label, arm_color(index)) for label, index in sorted(found.items(), key=lambda pair: pair[1])]
