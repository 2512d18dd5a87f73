"""Draws a LineChart. Arms are named at their lines' ends where names do not collide, else in a legend."""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from bn_study.presentation.drawing.canvas import Canvas, panel_title, say
from bn_study.presentation.drawing.style import TEXT_EM, TEXT_POINTS, arm_style, theme
from bn_study.presentation.figures.line_chart import Line, LineChart, LinePanel

_MOST_MARKERS = 8  # more hide the dashes between them


def draw_lines(chart: LineChart) -> Figure:
    """To be called within `figure_style`."""
    canvas = Canvas(chart.title, chart.caption, len(chart.panels), chart.columns)
    pairs = list(zip(canvas.axes, chart.panels, strict=True))
    for axes, panel in pairs:
        _draw_panel(axes, panel)
    _share_y(pairs)
    if all(_ends_are_apart(axes, panel, canvas.panel_points) for axes, panel in pairs):
        for axes, panel in pairs:
            _name_at_ends(axes, panel.lines)
    else:
        canvas.add_legend(_entries(chart))
    _label(pairs, canvas)
    return canvas.finish()


def labels_are_apart(heights: Sequence[float], limits: tuple[float, float], panel_points: float) -> bool:
    """Whether texts at these heights, in data units, do not touch in a panel that is so many points high."""
    least = 1.2 * TEXT_POINTS / panel_points * (limits[1] - limits[0])
    return all(upper - lower >= least for lower, upper in itertools.pairwise(sorted(heights)))


def _ends_are_apart(axes: Axes, panel: LinePanel, panel_points: float) -> bool:
    return labels_are_apart([line.values[-1].mean for line in panel.lines], axes.get_ylim(), panel_points)


def _draw_panel(axes: Axes, panel: LinePanel) -> None:
    if not panel.lines:
        say(axes, panel.empty)
        return
    for line, look in _looks(panel):
        _draw_line(axes, line, look)
    if panel.zero_x:
        axes.set_xlim(left=0)
    if panel.whole_x:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))


def _draw_line(axes: Axes, line: Line, look: dict[str, Any]) -> None:
    means, lows, highs = ([getattr(value, end) for value in line.values] for end in ("mean", "low", "high"))
    axes.plot(line.x, means, markevery=math.ceil(len(line.x) / _MOST_MARKERS), **look)
    axes.fill_between(line.x, lows, highs, color=look["color"], alpha=0.15, linewidth=0)


def _looks(panel: LinePanel) -> list[tuple[Line, dict[str, Any]]]:
    """Each line with its look: a second line of one arm, kept apart from its first, has hollow markers."""
    first: dict[int, str] = {}
    return [(line, _look(line, first.setdefault(line.arm_index, line.label) != line.label)) for line in panel.lines]


def _look(line: Line, hollow: bool) -> dict[str, Any]:
    style = arm_style(line.arm_index)
    face, edge = (theme().paper, style.color) if hollow else (style.color, theme().paper)
    marker = {"marker": style.marker, "markersize": 9, "markerfacecolor": face, "markeredgecolor": edge}
    return {"color": style.color, "linestyle": style.stroke, "linewidth": 3, **marker}


def _share_y(pairs: Sequence[tuple[Axes, LinePanel]]) -> None:
    for name in dict.fromkeys(panel.y_range for _, panel in pairs):
        same = [axes for axes, panel in pairs if panel.y_range == name and panel.lines]
        limits = [axes.get_ylim() for axes in same]
        for axes in same:
            axes.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))


def _label(pairs: Sequence[tuple[Axes, LinePanel]], canvas: Canvas) -> None:
    """Titles and axis labels; not again where the neighbour above, to the left or below has the same."""
    columns, height = canvas.columns, max(8, int(canvas.panel_points / (TEXT_EM * TEXT_POINTS)))
    for place, (axes, panel) in enumerate(pairs):
        above = pairs[place - columns][1] if place >= columns else None
        left = pairs[place - 1][1] if place % columns else None
        below = pairs[place + columns][1] if place + columns < len(pairs) else None
        if above is None or above.title != panel.title:
            panel_title(axes, panel.title, canvas.panel_characters)
        if left is None or (left.y_label, left.y_range) != (panel.y_label, panel.y_range):
            axes.set_ylabel(textwrap.fill(panel.y_label, height))
        elif panel.lines and left.lines:
            axes.tick_params(labelleft=False)
        if below is None or below.x_label != panel.x_label:
            axes.set_xlabel(textwrap.fill(panel.x_label, canvas.panel_characters))


def _name_at_ends(axes: Axes, lines: Sequence[Line]) -> None:
    for line in lines:
        end = (line.x[-1], line.values[-1].mean)
        axes.annotate(line.label, end, (12, 0), textcoords="offset points", va="center", color=theme().ink)


def _entries(chart: LineChart) -> list[tuple[Line2D, str]]:
    lines = {line.label: (line, look) for panel in chart.panels for line, look in _looks(panel)}
    ranked = sorted(lines.values(), key=lambda pair: pair[0].arm_index)
    return [(Line2D([], [], **look), line.label) for line, look in ranked]
