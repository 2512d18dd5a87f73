"""A LineChart as SVG: every point shows its number on hover."""

from __future__ import annotations

import math
from html import escape

from bn_study.presentation.drawing.style import arm_color
from bn_study.presentation.drawing.svg import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    ToPixels,
    band,
    hover,
    key,
    marks,
    polyline,
    scale,
    shown,
    svg,
    text,
    y_axis,
)
from bn_study.presentation.figures.line_chart import Line, LineChart, LinePanel


def line_svgs(chart: LineChart) -> list[str]:
    """One SVG a panel. A panel without lines says so."""
    return [_panel(panel, _y_range(chart, panel)) for panel in chart.panels]


def line_key(chart: LineChart) -> list[tuple[str, str]]:
    """(label, colour) of every line, once."""
    return key((line.label, line.arm_index) for panel in chart.panels for line in panel.lines)


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


def _panel(panel: LinePanel, y_range: tuple[float, float]) -> str:
    title = text(WIDTH / 2, 16, panel.title, "middle", "panel") if panel.title else ""
    if not panel.lines:
        return svg(HEIGHT, title + text(WIDTH / 2, HEIGHT / 2, panel.empty, "middle"), panel.empty)
    xs = [x for line in panel.lines for x in line.x]
    low = 0.0 if panel.zero_x else min(xs)
    x = scale(low, max(xs), LEFT + 8, WIDTH - RIGHT - 8)
    y = scale(*y_range, HEIGHT - BOTTOM, TOP)
    parts = [title, *y_axis(panel.y_label, y, *y_range, WIDTH - RIGHT), *_x_axis(panel, x, low, max(xs))]
    parts += [_line(line, panel, x, y) for line in panel.lines]
    return svg(HEIGHT, "".join(parts), f"{panel.y_label} against {panel.x_label} {panel.title}".strip())


def _x_axis(panel: LinePanel, x: ToPixels, low: float, high: float) -> list[str]:
    places = marks(low, high, most=8, integer=panel.whole_x)
    labels = [text(x(place), HEIGHT - BOTTOM + 18, shown(place), "middle") for place in places]
    return [*labels, text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, panel.x_label, "middle")]


def _line(line: Line, panel: LinePanel, x: ToPixels, y: ToPixels) -> str:
    color = arm_color(line.arm_index)
    points = [(at, value) for at, value in zip(line.x, line.values, strict=True) if math.isfinite(value.mean)]
    edges = [(x(at), y(value.low), y(value.high)) for at, value in points if math.isfinite(value.low)]
    dots = "".join(
        f'<circle cx="{x(at):.1f}" cy="{y(value.mean):.1f}" r="4" fill="{color}">'
        f"<title>{escape(hover(f'{line.label}, {panel.x_label} {shown(at)}', value))}, n = {value.n}</title></circle>"
        for at, value in points
    )
    return band(edges, color) + polyline([(x(at), y(value.mean)) for at, value in points], color) + dots
