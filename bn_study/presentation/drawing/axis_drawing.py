"""Draws an AxisChart: bars or lines over one axis of the grid, with intervals, published points and divergences."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from bn_study.analysis.statistics import Interval
from bn_study.presentation.drawing.canvas import Canvas, panel_title, say
from bn_study.presentation.drawing.style import CAPTION_POINTS, TEXT_EM, TEXT_POINTS, WIDTH_INCHES, arm_style, theme
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

_GROUP = 0.84  # share of a place's width that its bars take
_AROUND_PANEL = 90  # points: tick labels and axis labels beside a row of panels
_TURNED_EM = 1.6  # what a turned tick label takes of the axis
_NUMBER_EM = 2.9  # '87.3' with a little room
_DODGE = 7.0  # points between arms at one place of a line chart
_DIVERGED = 0.075  # share of a panel's height that one row of crosses takes
_BAR_STRIP = 0.14  # and that crosses with their numbers below take under bars


def draw_axis(chart: AxisChart) -> Figure:
    """To be called within `figure_style`."""
    canvas = Canvas(chart.title, chart.caption, len(chart.panels), chart.columns)
    canvas.add_legend(_entries(chart))
    low, high = _y_limits(chart)
    for place, (axes, panel) in enumerate(zip(canvas.axes, chart.panels, strict=True)):
        panel_title(axes, panel.title, canvas.panel_characters)
        if panel.is_empty:
            say(axes, panel.empty)
            continue
        _frame(axes, chart, canvas, place)
        axes.set_ylim(low, high)
        _tick_above_strip(axes, chart)
        _draw_panel(axes, chart, panel)
        if panel.second:
            _draw_second(axes, chart, panel, canvas, place)
    return canvas.finish()


def _y_limits(chart: AxisChart) -> tuple[float, float]:
    """With room above for numbers, and below for a strip of crosses, where no number can stand."""
    low, high = limits(chart, "series")
    span = high - low or abs(high) or 1.0
    high += (0.12 if chart.mark == "bars" else 0.06) * span
    low -= 0.0 if chart.mark == "bars" and low == 0.0 else 0.06 * span
    rows = max((rank + 1 for panel in chart.panels for rank, _, _ in diverged_points(panel)), default=0)
    strip = _strip(chart, rows)
    return low - (high - low) * strip / (1 - strip), high


def _strip(chart: AxisChart, rows: int) -> float:
    """The share of a panel's height that crosses take: side by side under bars, else one above the other."""
    return 0.0 if not rows else _BAR_STRIP if chart.mark == "bars" else _DIVERGED * rows + 0.02


def _frame(axes: Axes, chart: AxisChart, canvas: Canvas, place: int) -> None:
    """Ticks at the tested values, turned where they would touch; labels at the outer panels."""
    if chart.mark == "lines" and chart.log_x:
        axes.set_xscale("log")
    where = _positions(chart)
    room = _row_points(chart) / max(1, len(where))
    turned = max(map(len, chart.ticks)) * TEXT_EM * TEXT_POINTS > room
    every = math.ceil((2 if chart.is_dense else 1) * _TURNED_EM * TEXT_POINTS / room)
    labels = [_short(tick) for tick in chart.ticks[::every]]
    axes.set_xticks(where[::every], labels, rotation=30 if turned else 0, ha="right" if turned else "center")
    axes.minorticks_off()
    axes.set_xlim(*_x_limits(chart))
    axes.grid(visible=False, axis="x")
    if place + canvas.columns >= len(canvas.axes):
        axes.set_xlabel(textwrap.fill(chart.x_label, canvas.panel_characters))
    else:
        axes.tick_params(labelbottom=False)
    if place % canvas.columns == 0:
        axes.set_ylabel(textwrap.fill(chart.y_label, max(8, int(canvas.panel_points / (TEXT_EM * TEXT_POINTS)))))
    else:
        axes.tick_params(labelleft=False)


def _tick_above_strip(axes: Axes, chart: AxisChart) -> None:
    """No ticks below the least number: nothing is measured there."""
    least = limits(chart, "series")[0]
    low, high = axes.get_ylim()
    ticks = [tick for tick in axes.get_yticks() if max(low, min(least, 0.0) if least < 0 else 0.0) <= tick <= high]
    axes.set_yticks(ticks)
    if chart.mark == "bars":
        axes.axhline(0.0, color=theme().quiet, linewidth=1.0, zorder=2)


def _short(tick: str) -> str:
    return tick if len(tick) <= 18 else f"{tick[:17]}…"


def _positions(chart: AxisChart) -> Sequence[float]:
    return chart.positions if chart.mark == "lines" else [float(rank) for rank in range(len(chart.ticks))]


def _x_limits(chart: AxisChart) -> tuple[float, float]:
    where = _positions(chart)
    low, high = min(where), max(where)
    if chart.mark == "bars" or low == high:
        return low - 0.5, high + 0.5
    if chart.log_x:
        room = (high / low) ** 0.07
        return low / room, high * room ** (2 if has_diverged(chart) else 1)  # beside a cross stands its number
    return low - 0.07 * (high - low), high + (0.14 if has_diverged(chart) else 0.07) * (high - low)


def _row_points(chart: AxisChart) -> float:
    """About how many points one panel's frame is wide."""
    return WIDTH_INCHES * 72 / chart.columns - _AROUND_PANEL


def _draw_panel(axes: Axes, chart: AxisChart, panel: AxisPanel) -> None:
    for rank, series in enumerate(panel.series):
        if chart.mark == "bars":
            _draw_bars(axes, chart, series, rank, len(panel.series))
        else:
            _draw_line(axes, chart, series, rank, len(panel.series))
    for row, series, point in diverged_points(panel):
        _draw_diverged(axes, chart, panel, series, point, row)


def _draw_bars(axes: Axes, chart: AxisChart, series: AxisSeries, rank: int, arms: int) -> None:
    slot = _GROUP / arms
    room = slot * _row_points(chart) / len(chart.ticks)
    for point in series.points:
        x = point.place + (rank + 0.5) * slot - _GROUP / 2
        if math.isfinite(point.value.mean):
            style = arm_style(series.arm_index)
            axes.bar(x, point.value.mean, 0.9 * slot, color=style.color, edgecolor=theme().paper)
            left = x - 0.27 * slot * math.isfinite(point.published.mean)
            _draw_interval(axes, left, point)
            if room >= _NUMBER_EM * CAPTION_POINTS:
                size = min(TEXT_POINTS - 1, room / _NUMBER_EM)
                look: dict[str, Any] = {
                    "textcoords": "offset points",
                    "ha": "center",
                    "size": size,
                    "zorder": 5,
                    "path_effects": [withStroke(linewidth=3, foreground=theme().paper)],
                }
                axes.annotate(point.text, (left, max(point.value.mean, _high(point.value))), (0, 7), **look)
        _draw_published(axes, x + 0.27 * slot * math.isfinite(point.value.mean), series, point)


def _high(value: Interval) -> float:
    return value.high if math.isfinite(value.high) else value.mean


def _draw_line(axes: Axes, chart: AxisChart, series: AxisSeries, rank: int, arms: int) -> None:
    color = arm_style(series.arm_index).color
    shift = axes.transData if chart.is_dense else _shift(axes, rank, arms)
    drawn = [point for point in series.points if math.isfinite(point.value.mean)]
    x = [chart.positions[point.place] for point in drawn]
    means, edge = [point.value.mean for point in drawn], theme().paper
    axes.plot(x, means, transform=shift, zorder=3, markeredgecolor=edge, **_line_look(chart, series.arm_index))
    low, high = [point.value.low for point in drawn], [point.value.high for point in drawn]
    if chart.is_dense:
        axes.fill_between(x, low, high, color=color, alpha=0.2, linewidth=0)
    else:
        caps: dict[str, Any] = {"marker": "_", "markersize": 12, "markeredgewidth": 2}
        axes.plot(*_apart(x, low, high), color=color, linewidth=2, transform=shift, zorder=2.5, **caps)
    for point in series.points:
        _draw_published(axes, chart.positions[point.place], series, point, shift)


def _line_look(chart: AxisChart, index: int) -> dict[str, Any]:
    style = arm_style(index)
    marker = {} if chart.is_dense else {"marker": style.marker, "markersize": 10}
    return {"color": style.color, "linestyle": style.stroke, "linewidth": 3, **marker}


def _apart(x: Sequence[float], low: Sequence[float], high: Sequence[float]) -> tuple[list[float], list[float]]:
    """Upright lines from low to high as one path with gaps: one artist to draw and save instead of one an interval."""
    across = [place for at in x for place in (at, at, math.nan)]
    return across, [end for pair in zip(low, high, strict=True) for end in (*pair, math.nan)]


def _shift(axes: Axes, rank: int, arms: int) -> Any:
    """Arms side by side at one place, so that their intervals do not cover each other."""
    points = (rank - (arms - 1) / 2) * min(_DODGE, 4 * _DODGE / arms)
    figure: Any = axes.figure
    return axes.transData + ScaledTranslation(points / 72, 0, figure.dpi_scale_trans)


def _draw_interval(axes: Axes, x: float, point: AxisPoint) -> None:
    """Ink on a rim of paper, which shows on bars as dark as ink."""
    if math.isfinite(point.value.half):
        for color, width in ((theme().paper, 4.5), (theme().ink, 2.0)):
            caps: dict[str, Any] = {"marker": "_", "markersize": 12, "markeredgewidth": width}
            axes.plot([x, x], [point.value.low, point.value.high], color=color, linewidth=width, **caps)


def _draw_published(axes: Axes, x: float, series: AxisSeries, point: AxisPoint, transform: Any = None) -> None:
    if not math.isfinite(point.published.mean):
        return
    more = {"transform": transform} if transform is not None else {}
    color = arm_style(series.arm_index).color
    if math.isfinite(point.published.half):
        rim = [withStroke(linewidth=4.5, foreground=theme().paper)]
        span = [point.published.low, point.published.high]
        axes.plot([x, x], span, color=color, linewidth=2, path_effects=rim, zorder=3.5, **more)
    axes.plot([x], [point.published.mean], linestyle="none", zorder=4, **_published_look(color), **more)


def _published_look(color: str) -> dict[str, Any]:
    return {"marker": "D", "markersize": 11, "markerfacecolor": theme().paper, "markeredgecolor": color,
            "markeredgewidth": 2.5, "path_effects": [withStroke(linewidth=5.5, foreground=theme().paper)]}  # fmt: skip


def _draw_diverged(
    axes: Axes, chart: AxisChart, panel: AxisPanel, series: AxisSeries, point: AxisPoint, row: int
) -> None:
    """A cross at the bottom of the frame, with how many of the planned runs it stands for."""
    color = arm_style(series.arm_index).color
    anchor: dict[str, Any]
    if chart.mark == "bars":
        slot = _GROUP / len(panel.series)
        x, y = point.place + (panel.series.index(series) + 0.5) * slot - _GROUP / 2, 0.09
        offset, anchor = (0, -11), {"ha": "center", "va": "top"}
    else:
        x, y = chart.positions[point.place], 0.05 + _DIVERGED * row
        offset, anchor = (10, 0), {"ha": "left", "va": "center"}
    where: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "zorder": 5, "clip_on": False}
    axes.plot([x], [y], linestyle="none", **_diverged_look(color), **where)
    text: dict[str, Any] = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points", "zorder": 5}
    said = f"{point.diverged}/{point.planned}"
    axes.annotate(said, (x, y), offset, size=CAPTION_POINTS, **text, **anchor)


def _diverged_look(color: str) -> dict[str, Any]:
    return {"marker": "x", "markersize": 11, "markeredgecolor": color, "markeredgewidth": 3.5}


def _draw_second(axes: Axes, chart: AxisChart, panel: AxisPanel, canvas: Canvas, place: int) -> None:
    right = axes.twinx()
    low, high = axes.get_ylim()
    top = 1.12 * limits(chart, "second")[1]
    right.set_ylim(top * low / high if chart.mark == "bars" else 0.0, top)  # bars: both zeros at one height
    right.grid(visible=False)
    right.spines["right"].set_visible(True)
    right.set_yticks([tick for tick in MaxNLocator(6).tick_values(0.0, top) if 0 <= tick <= top])
    last = place % canvas.columns == canvas.columns - 1 or place == len(canvas.axes) - 1
    if last:
        right.set_ylabel(textwrap.fill(chart.second_label, max(8, int(canvas.panel_points / (TEXT_EM * TEXT_POINTS)))))
    else:
        right.tick_params(labelright=False)
    for series in panel.second:
        drawn = [point for point in series.points if math.isfinite(point.value.mean)]
        x = [_positions(chart)[point.place] for point in drawn]
        means = [point.value.mean for point in drawn]
        right.plot(x, means, color=theme().paper, linewidth=6.5, zorder=5.5)  # a rim, which dashes need over bars
        right.plot(x, means, **_second_look(arm_style(series.arm_index).color))


def _second_look(color: str) -> dict[str, Any]:
    return {"color": color, "linestyle": (0, (3, 1.5)), "linewidth": 2.5, "marker": "o", "markersize": 9,
            "markeredgecolor": theme().paper, "zorder": 6}  # fmt: skip


def _entries(chart: AxisChart) -> list[tuple[Artist, str]]:
    found = {series.label: series.arm_index for panel in chart.panels for series in panel.series}
    arms = sorted(found.items(), key=lambda pair: pair[1])
    entries: list[tuple[Artist, str]] = [(_arm_handle(chart, index), label) for label, index in arms]
    if has_published(chart):
        entries.append((Line2D([], [], linestyle="none", **_published_look(theme().quiet)), "published"))
    if chart.second_label:
        entries.append((Line2D([], [], **_second_look(theme().quiet)), f"{chart.second_label}, right axis"))
    if has_diverged(chart):
        entries.append((Line2D([], [], linestyle="none", **_diverged_look(theme().quiet)), "diverged runs of planned"))
    return entries


def _arm_handle(chart: AxisChart, index: int) -> Artist:
    if chart.mark == "bars":
        return Patch(facecolor=arm_style(index).color, edgecolor=theme().paper)
    return Line2D([], [], **_line_look(chart, index))
