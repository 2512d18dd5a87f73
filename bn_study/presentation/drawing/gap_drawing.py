"""Draws a GapChart: a dumbbell an arm, from validation accuracy (hollow) to training accuracy (full)."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bn_study.presentation.drawing.canvas import Canvas, panel_title, say
from bn_study.presentation.drawing.style import TEXT_EM, TEXT_POINTS, WIDTH_INCHES, arm_style, theme
from bn_study.presentation.figures.gap_chart import GapChart, GapPanel, GapRow

_SIZE = 15  # points
_ROW = 36  # points: a lower row has no room for its number above the bar, so it stands beside
_BESIDE_PANEL = 45  # points: distance to the next


def draw_gap(chart: GapChart) -> Figure:
    """To be called within `figure_style`."""
    canvas = Canvas(chart.title, chart.caption, len(chart.panels), chart.columns)
    canvas.add_legend([(_handle(False), "validation"), (_handle(True), "training"), (_bar(), "gap, in points")])
    beside = canvas.panel_points / max(len(panel.rows) for panel in chart.panels) < _ROW
    low, high = _limits(chart)
    if beside:
        high += (high - low) * _text_share(chart, canvas)
    for place, (axes, panel) in enumerate(zip(canvas.axes, chart.panels, strict=True)):
        panel_title(axes, panel.title, canvas.panel_characters)
        if panel.is_empty:
            say(axes, panel.empty)
            continue
        _frame(axes, panel, named=place % canvas.columns == 0)
        axes.set_xlim(low, high)
        if place + canvas.columns >= len(canvas.axes):
            axes.set_xlabel(textwrap.fill(chart.x_label, canvas.panel_characters))
        for rank, row in enumerate(panel.rows):
            _draw_row(axes, row, rank, beside)
    return canvas.finish()


def _frame(axes: Axes, panel: GapPanel, named: bool) -> None:
    axes.set_yticks(range(len(panel.rows)), [row.label if named else "" for row in panel.rows])
    axes.set_ylim(len(panel.rows) - 0.4, -0.75)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)


def _limits(chart: GapChart) -> tuple[float, float]:
    rows = [row for panel in chart.panels for row in panel.rows]
    ends = [end for row in rows for one in (row.train, row.validation) for end in (one.mean, one.low, one.high)]
    finite = [end for end in ends if math.isfinite(end)] or [0.0, 100.0]
    room = 0.08 * (max(finite) - min(finite)) or 1.0
    return min(finite) - room, max(finite) + room


def _text_share(chart: GapChart, canvas: Canvas) -> float:
    """The longest number's width, as a share of what a panel has for the rest."""
    text = max(len(row.text) for panel in chart.panels for row in panel.rows) * TEXT_EM * TEXT_POINTS
    width = WIDTH_INCHES * 72 / chart.columns - _BESIDE_PANEL
    return text / max(text, width - text)


def _draw_row(axes: Axes, row: GapRow, rank: int, beside: bool) -> None:
    if not math.isfinite(row.gap.mean):
        x = axes.get_xlim()[0]
        axes.annotate(row.text, (x, rank), (8, 0), textcoords="offset points", va="center", color=theme().quiet)
        return
    color = arm_style(row.arm_index).color
    for value, lift in ((row.validation, 0.0), (row.train, 0.0)):
        if math.isfinite(value.half):
            ends: dict[str, Any] = {"marker": "|", "markersize": 16, "markeredgewidth": 2}
            axes.plot([value.low, value.high], [rank + lift] * 2, color=color, linewidth=2, **ends)
    axes.plot([row.validation.mean, row.train.mean], [rank] * 2, color=color, linewidth=5, alpha=0.45)
    for value, full in ((row.validation, False), (row.train, True)):
        axes.plot([value.mean], [rank], **_end(color, full))
    look: dict[str, Any] = {"textcoords": "offset points", "size": TEXT_POINTS - 1}
    if beside:
        end = max(row.validation.mean, row.train.mean)
        axes.annotate(row.text, (end, rank), (12, 0), ha="left", va="center", **look)
    else:
        middle = (row.validation.mean + row.train.mean) / 2
        axes.annotate(row.text, (middle, rank), (0, 12), ha="center", va="bottom", **look)


def _end(color: str, full: bool) -> dict[str, Any]:
    return {"marker": "o", "markersize": _SIZE, "markerfacecolor": color if full else theme().paper,
            "markeredgecolor": color, "markeredgewidth": 3, "linestyle": "none"}  # fmt: skip


def _handle(full: bool) -> Line2D:
    return Line2D([], [], **_end(theme().quiet, full))


def _bar() -> Line2D:
    return Line2D([], [], color=theme().quiet, linewidth=5, alpha=0.45)
