"""Draws a LineChart. Arms are named at the ends of their lines where they do not collide, else in a legend."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from bn_study.presentation.canvas import Canvas, say
from bn_study.presentation.line_chart import Line, LineChart, LinePanel
from bn_study.presentation.style import INK, TEXT_POINTS, ArmStyle, arm_style

_STROKE: dict[str, Any] = {"solid": "-", "dashed": (0, (4, 2))}
_MOST_MARKERS = 8  # more hide the dashes between them


def draw_lines(chart: LineChart) -> Figure:
    """To be called within `figure_style`."""
    canvas = Canvas(chart.title, chart.caption, len(chart.panels))
    frames = canvas.axes
    for axes, panel in zip(frames, chart.panels, strict=True):
        _draw_panel(axes, panel)
    _share_y(frames, chart.panels)
    named = not chart.strokes and all(
        ends_are_apart([line.values[-1].mean for line in panel.lines], axes.get_ylim(), canvas.panel_points())
        for axes, panel in zip(frames, chart.panels, strict=True)
    )
    if named:
        for axes, panel in zip(frames, chart.panels, strict=True):
            _name_at_ends(axes, panel.lines)
    else:
        canvas.add_legend(_entries(chart))
    return canvas.finish()


def ends_are_apart(ends: Sequence[float], limits: tuple[float, float], height_points: float) -> bool:
    """Whether labels at these heights, in data units, would not touch in a panel of this height."""
    least = 1.2 * TEXT_POINTS / height_points * (limits[1] - limits[0])
    ranked = sorted(ends)
    return all(upper - lower >= least for lower, upper in itertools.pairwise(ranked))


def _draw_panel(axes: Axes, panel: LinePanel) -> None:
    axes.set_title(panel.title)
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    if not panel.lines:
        say(axes, panel.empty)
        return
    if panel.log_x:
        axes.set_xscale("log")
    for line in panel.lines:
        _draw_line(axes, line)
    if panel.x_ticks:
        axes.set_xticks(panel.x_ticks.places, panel.x_ticks.labels)
        axes.minorticks_off()
    elif panel.whole_x:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))


def _draw_line(axes: Axes, line: Line) -> None:
    style = arm_style(line.arm_index)
    means, lows, highs = ([getattr(value, end) for value in line.values] for end in ("mean", "low", "high"))
    every = math.ceil(len(line.x) / _MOST_MARKERS)
    axes.plot(line.x, means, markevery=every, **_look(style, line.stroke))
    axes.fill_between(line.x, lows, highs, color=style.color, alpha=0.15, linewidth=0)


def _look(style: ArmStyle, stroke: str) -> dict[str, Any]:
    return {
        "color": style.color,
        "linestyle": _STROKE.get(stroke, style.stroke),
        "marker": style.marker,
        "markersize": 9,
        "markeredgecolor": "white",
        "linewidth": 3,
    }


def _share_y(frames: Sequence[Axes], panels: Sequence[LinePanel]) -> None:
    for name in dict.fromkeys(panel.y_range for panel in panels if panel.lines):
        same = [a for a, panel in zip(frames, panels, strict=True) if panel.y_range == name and panel.lines]
        limits = [axes.get_ylim() for axes in same]
        for axes in same:
            axes.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))


def _name_at_ends(axes: Axes, lines: Sequence[Line]) -> None:
    for line in lines:
        axes.annotate(
            line.label,
            (line.x[-1], line.values[-1].mean),
            xytext=(12, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            annotation_clip=False,
        )


def _entries(chart: LineChart) -> list[tuple[Line2D, str]]:
    arms: dict[str, Line2D] = {}
    for line in itertools.chain.from_iterable(panel.lines for panel in chart.panels):
        stroke = "solid" if chart.strokes else line.stroke
        arms.setdefault(line.label, Line2D([], [], **_look(arm_style(line.arm_index), stroke)))
    entries = [(handle, label) for label, handle in arms.items()]
    for stroke, meaning in chart.strokes:
        entries.append((Line2D([], [], color=INK, linestyle=_STROKE[stroke], linewidth=3), meaning))
    return entries
