"""An AxisChart as SVG: bars or points over one axis of the grid, each with its number on hover."""

from __future__ import annotations

import math
from html import escape

from bn_study.analysis.statistics import Interval
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
    labelled,
    marks,
    polyline,
    scale,
    shown,
    svg,
    text,
    y_axis,
)
from bn_study.presentation.figures.axis_chart import (
    AxisChart,
    AxisPanel,
    AxisPoint,
    AxisSeries,
    diverged_points,
    has_diverged,
    has_published,
    limits,
)

_GROUP = 0.8
_RIGHT = 58  # pixels for the numbers of a right axis


def axis_svgs(chart: AxisChart) -> list[str]:
    """One SVG a panel, on one scale."""
    return [_panel(chart, panel) for panel in chart.panels]


def axis_key(chart: AxisChart) -> list[tuple[str, str]]:
    """(label, colour) of every arm."""
    return key((series.label, series.arm_index) for panel in chart.panels for series in panel.series)


def axis_marks(chart: AxisChart) -> list[str]:
    """What the marks mean, as sentences for the caption."""
    said = ["Diamonds are published numbers."] * has_published(chart)
    said += ["Crosses count the runs that diverged, of those planned."] * has_diverged(chart)
    return said + ([f"Dashed: {chart.second_label}, right axis."] if chart.second_label else [])


def _panel(chart: AxisChart, panel: AxisPanel) -> str:
    title = text(WIDTH / 2, 16, panel.title, "middle", "panel") if panel.title else ""
    if panel.is_empty:
        return svg(HEIGHT, title + text(WIDTH / 2, HEIGHT / 2, panel.empty, "middle"), panel.empty)
    low, high = limits(chart, "series")
    room = 0.06 * (high - low) or 0.5
    low = low if chart.mark == "bars" else low - room
    floor = HEIGHT - BOTTOM - _strip(chart)
    y = scale(low, high + room, floor, TOP)
    parts = [title, *y_axis(chart.y_label, y, low, high + room, _right(chart)), *_x_axis(chart)]
    for rank in range(len(panel.series)):
        parts += _series(chart, panel, rank, y)
    if panel.second:
        top = 1.1 * limits(chart, "second")[1] or 1.0
        right = scale(0.0, top, floor, TOP)
        parts += _right_axis(chart, right, top)
        parts += [_second(chart, series, right) for series in panel.second]
    return svg(HEIGHT, "".join(parts), f"{chart.y_label} against {chart.x_label} {panel.title}".strip())


def _strip(chart: AxisChart) -> float:
    """Room below every number for crosses, in pixels."""
    rows = max((rank + 1 for panel in chart.panels for rank, _, _ in diverged_points(panel)), default=0)
    return 0.0 if not rows else 40.0 if chart.mark == "bars" else 18.0 * rows + 6


def _right(chart: AxisChart) -> float:
    return WIDTH - (_RIGHT if chart.second_label else RIGHT)


def _x(chart: AxisChart, place: int) -> float:
    """The middle of a value's place: side by side, or where numbers stand on their axis."""
    if chart.mark == "bars" or len(chart.ticks) == 1:
        return LEFT + (place + 0.5) / len(chart.ticks) * (_right(chart) - LEFT)
    where = [math.log10(at) for at in chart.positions] if chart.log_x else chart.positions
    share = (where[place] - min(where)) / (max(where) - min(where))
    return LEFT + 30 + share * (_right(chart) - LEFT - 60)


def _right_axis(chart: AxisChart, y: ToPixels, high: float) -> list[str]:
    labels = [text(_right(chart) + 6, y(mark) + 5, shown(mark), "start") for mark in marks(0.0, high, most=5)]
    return [*labels, text(WIDTH - 6, (TOP + HEIGHT - BOTTOM) / 2, chart.second_label, "middle", turn=True)]


def _x_axis(chart: AxisChart) -> list[str]:
    places = labelled(chart.ticks, _right(chart) - LEFT)
    labels = [text(_x(chart, place), HEIGHT - BOTTOM + 18, chart.ticks[place], "middle") for place in places]
    return [*labels, text((LEFT + _right(chart)) / 2, HEIGHT - 8, chart.x_label, "middle")]


def _series(chart: AxisChart, panel: AxisPanel, rank: int, y: ToPixels) -> list[str]:
    series, arms = panel.series[rank], len(panel.series)
    width = _GROUP * (_right(chart) - LEFT) / len(chart.ticks) / arms
    step = width if chart.mark == "bars" else min(5.0, 20.0 / arms)
    shift = 0.0 if chart.is_dense else (rank - (arms - 1) / 2) * step
    drawn = [point for point in series.points if math.isfinite(point.value.mean)]
    color, parts = arm_color(series.arm_index), []
    rows = {(one.label, point.place): row for row, one, point in diverged_points(panel)}
    if chart.mark == "lines":
        parts.append(polyline([(_x(chart, point.place) + shift, y(point.value.mean)) for point in drawn], color))
    if chart.is_dense:
        edges = [(_x(chart, p.place), y(p.value.low), y(p.value.high)) for p in drawn if math.isfinite(p.value.low)]
        parts.append(band(edges, color))
    for point in series.points:
        x, what = _x(chart, point.place) + shift, f"{series.label}, {chart.x_label} {chart.ticks[point.place]}"
        parts += _value(chart, point, x, y, width, color, what)
        parts += _published(point, x, y, color, what)
        if point.diverged:
            parts += _diverged(chart, point, x, rows[series.label, point.place], color, what)
    return parts


def _value(chart: AxisChart, point: AxisPoint, x: float, y: ToPixels, width: float, color: str, what: str) -> list[str]:
    value = point.value
    if not math.isfinite(value.mean):
        return []
    title = f"<title>{escape(hover(what, value))}, n = {value.n}</title>"
    whisker = "" if chart.is_dense else _whisker(x, y, value)
    if chart.mark == "lines":
        radius = 2 if chart.is_dense else 5
        return [whisker, f'<circle cx="{x:.1f}" cy="{y(value.mean):.1f}" r="{radius}" fill="{color}">{title}</circle>']
    top, bottom = sorted((y(value.mean), y(0.0)))
    box = f'x="{x - 0.45 * width:.1f}" y="{top:.1f}" width="{0.9 * width:.1f}" height="{max(1.0, bottom - top):.1f}"'
    return [f'<rect {box} fill="{color}">{title}</rect>', whisker]


def _whisker(x: float, y: ToPixels, value: Interval) -> str:
    if not math.isfinite(value.low):
        return ""
    return f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{y(value.low):.1f}" y2="{y(value.high):.1f}"/>'


def _published(point: AxisPoint, x: float, y: ToPixels, color: str, what: str) -> list[str]:
    if not math.isfinite(point.published.mean):
        return []
    title = f"<title>{escape(hover(f'published: {what}', point.published))}</title>"
    at = y(point.published.mean)
    box = f'x="{x - 5:.1f}" y="{at - 5:.1f}" width="10" height="10" transform="rotate(45 {x:.1f} {at:.1f})"'
    return [f'<rect style="fill:var(--paper)" {box} stroke="{color}" stroke-width="2.5">{title}</rect>']


def _diverged(chart: AxisChart, point: AxisPoint, x: float, row: int, color: str, what: str) -> list[str]:
    """A cross with its count: below it under bars, else beside it."""
    title = f"<title>{escape(what)}: {point.diverged} of {point.planned} runs diverged</title>"
    at = HEIGHT - BOTTOM - (30 if chart.mark == "bars" else 10 + 18 * row)
    cross = f"M{x - 6:.1f} {at - 6:.1f} l12 12 m0 -12 l-12 12"
    mark = f'<path d="{cross}" stroke="{color}" stroke-width="3.5">{title}</path>'
    count, below = f"{point.diverged}/{point.planned}", chart.mark == "bars"
    return [mark, text(x, at + 22, count, "middle") if below else text(x + 9, at + 5, count, "start")]


def _second(chart: AxisChart, series: AxisSeries, y: ToPixels) -> str:
    drawn = [point for point in series.points if math.isfinite(point.value.mean)]
    color = arm_color(series.arm_index)
    line = polyline([(_x(chart, p.place), y(p.value.mean)) for p in drawn], color, ' stroke-dasharray="6 4"')
    what = f"{series.label}, {chart.second_label}, {chart.x_label}"
    dots = "".join(
        f'<circle cx="{_x(chart, p.place):.1f}" cy="{y(p.value.mean):.1f}" r="4" fill="{color}">'
        f"<title>{escape(hover(f'{what} {chart.ticks[p.place]}', p.value))}, n = {p.value.n}</title></circle>"
        for p in drawn
    )
    return line + dots
