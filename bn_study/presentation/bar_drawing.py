"""Draws a BarChart: lying bars, so that names are read without turning one's head."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bn_study.presentation.bar_chart import Bar, BarChart, BarPanel, Tone
from bn_study.presentation.canvas import Canvas
from bn_study.presentation.combination import columns_for
from bn_study.presentation.style import INK, QUIET, TEXT_EM, TEXT_POINTS, WIDTH_INCHES, arm_style, lighter

_GROUP = 0.8  # share of a group's height that its bars take
_ARM_NAMES_POINTS = 60  # beside a panel: a guess, names stand at one panel in a row only


def draw_bars(chart: BarChart) -> Figure:
    """To be called within `figure_style`."""
    columns = columns_for(len(chart.panels))
    canvas = Canvas(chart.title, chart.caption, len(chart.panels), columns, share_x=True)
    labels = [[group.label for group in panel.groups] for panel in chart.panels]
    for place, (axes, panel) in enumerate(zip(canvas.axes, chart.panels, strict=True)):
        _draw_panel(axes, panel)
        axes.set_xlabel(chart.value_label)
        if place % columns and labels[place] == labels[place - 1]:
            axes.set_yticklabels([])
    _limit(canvas.axes[0], chart)
    tones = [(_patch("#555555", tone), meaning) for tone, meaning in chart.tones]
    arms = [(_patch(arm_style(index).color, "full"), name) for index, name in chart.arms]
    canvas.add_legend([*arms, *tones])
    return canvas.finish()


def _draw_panel(axes: Axes, panel: BarPanel) -> None:
    axes.set_title(panel.title)
    axes.set_yticks(range(len(panel.groups)), [group.label for group in panel.groups])
    axes.set_ylim(len(panel.groups) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    if panel.empty:
        middle = {"transform": axes.transAxes, "ha": "center", "va": "center"}
        axes.text(0.5, 0.5, textwrap.fill(panel.empty, 30), color=QUIET, **middle)
    for place, group in enumerate(panel.groups):
        height = _GROUP / max(1, len(group.bars))
        for rank, bar in enumerate(group.bars):
            _draw_bar(axes, bar, place + (rank + 0.5) * height - _GROUP / 2, height)


def _draw_bar(axes: Axes, bar: Bar, y: float, height: float) -> None:
    value = bar.value
    if not math.isfinite(value.mean):
        axes.annotate(bar.text, (0, y), (6, 0), textcoords="offset points", va="center", color=QUIET)
        return
    axes.barh(y, value.mean, 0.9 * height, **_look(arm_style(bar.arm_index).color, bar.tone))
    if math.isfinite(value.half):
        _draw_interval(axes, value.low, value.high, y)
    end = max(_ends(bar))
    axes.annotate(bar.text, (end, y), (8, 0), textcoords="offset points", va="center")


def _draw_interval(axes: Axes, low: float, high: float, y: float) -> None:
    """Ink on a white rim, which shows on bars as dark as ink."""
    for color, width in (("white", 4.0), (INK, 2.0)):
        ends = {"marker": "|", "markersize": 11, "markeredgewidth": width, "solid_capstyle": "butt"}
        axes.plot([low, high], [y, y], color=color, linewidth=width, **ends)


def _look(color: str, tone: Tone) -> dict[str, Any]:
    if tone == "hatched":
        return {"facecolor": "white", "edgecolor": color, "hatch": "//", "linewidth": 1.5}
    return {"facecolor": color if tone == "full" else lighter(color), "edgecolor": color, "linewidth": 1.5}


def _patch(color: str, tone: Tone) -> Patch:
    return Patch(**_look(color, tone))


def _limit(axes: Axes, chart: BarChart) -> None:
    """From zero, for a bar is as long as its number says; with room for the texts at the ends."""
    bars = [bar for panel in chart.panels for group in panel.groups for bar in group.bars if _ends(bar)]
    if not bars:
        axes.set_xticks([])
        return
    low, high = (pick(0.0, *(end for bar in bars for end in _ends(bar))) for pick in (min, max))
    panel_points = WIDTH_INCHES * 72 / columns_for(len(chart.panels)) - _ARM_NAMES_POINTS
    text_points = max(len(bar.text) for bar in bars) * TEXT_EM * TEXT_POINTS + 16
    axes.set_xlim(
        1.05 * low, high + (high - low or 1.0) * text_points / max(panel_points - text_points, text_points)
    )


def _ends(bar: Bar) -> list[float]:
    value = bar.value
    return [end for end in (value.mean, value.low, value.high) if math.isfinite(end)]
