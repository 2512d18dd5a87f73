"""Draws a BarChart: lying bars, so that names are read without turning one's head."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bn_study.presentation.drawing.canvas import Canvas, panel_title
from bn_study.presentation.drawing.style import TEXT_POINTS, arm_style, lighter, theme
from bn_study.presentation.figures.bar_chart import Bar, BarChart, BarPanel, Tone
from bn_study.presentation.figures.combination import columns_for

_GROUP = 0.8  # share of a group's height that its bars take
_ROOM_CHARACTERS = 3  # around a text at the end of a bar


def draw_bars(chart: BarChart) -> Figure:
    """To be called within `figure_style`."""
    canvas = Canvas(chart.title, chart.caption, len(chart.panels), columns_for(len(chart.panels)), share_x=True)
    tones = [(_patch(theme().quiet, tone), meaning) for tone, meaning in chart.tones]
    arms = [(_patch(arm_style(index).color, "full"), name) for index, name in chart.arms]
    canvas.add_legend([*arms, *tones])
    for axes, panel in zip(canvas.axes, chart.panels, strict=True):
        _draw_panel(axes, panel, canvas)
    _label(chart, canvas)
    _limit(canvas.axes[0], chart, canvas)
    return canvas.finish()


def _label(chart: BarChart, canvas: Canvas) -> None:
    """Names of groups not again where the panel to the left has the same; the value's label at the bottom."""
    names = [[group.label for group in panel.groups] for panel in chart.panels]
    for place, axes in enumerate(canvas.axes):
        if place % canvas.columns and names[place] == names[place - 1]:
            axes.set_yticklabels([])
        if place + canvas.columns >= len(canvas.axes):
            axes.set_xlabel(textwrap.fill(chart.value_label, canvas.panel_characters))


def _draw_panel(axes: Axes, panel: BarPanel, canvas: Canvas) -> None:
    panel_title(axes, panel.title, canvas.panel_characters)
    rows = len(panel.groups) * max((len(group.bars) for group in panel.groups), default=0)
    size = min(TEXT_POINTS, canvas.panel_points * _GROUP / max(rows, 1))
    axes.set_yticks(range(len(panel.groups)), [group.label for group in panel.groups], size=size)
    axes.set_ylim(len(panel.groups) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    if panel.empty:
        middle: dict[str, Any] = {"transform": axes.transAxes, "ha": "center", "va": "center"}
        text = textwrap.fill(panel.empty, canvas.panel_characters)
        axes.text(0.5, 0.5, text, color=theme().quiet, **middle)
    for place, group in enumerate(panel.groups):
        height = _GROUP / max(1, len(group.bars))
        for rank, bar in enumerate(group.bars):
            _draw_bar(axes, bar, place + (rank + 0.5) * height - _GROUP / 2, height, size)


def _draw_bar(axes: Axes, bar: Bar, y: float, height: float, size: float) -> None:
    look: dict[str, Any] = {"textcoords": "offset points", "va": "center", "size": size}
    value = bar.value
    if not math.isfinite(value.mean):
        axes.annotate(bar.text, (0, y), (6, 0), color=theme().quiet, **look)
        return
    axes.barh(y, value.mean, 0.9 * height, **_look(arm_style(bar.arm_index).color, bar.tone))
    if math.isfinite(value.half):
        _draw_interval(axes, value.low, value.high, y)
    axes.annotate(bar.text, (max(0.0, *_ends(bar)), y), (8, 0), **look)


def _draw_interval(axes: Axes, low: float, high: float, y: float) -> None:
    """Ink on a rim of paper, which shows on bars as dark as ink."""
    for color, width in ((theme().paper, 4.0), (theme().ink, 2.0)):
        caps: dict[str, Any] = {"marker": "|", "markersize": 11, "markeredgewidth": width}
        axes.plot([low, high], [y, y], color=color, linewidth=width, solid_capstyle="butt", **caps)


def _look(color: str, tone: Tone) -> dict[str, Any]:
    if tone == "hatched":
        return {"facecolor": theme().paper, "edgecolor": color, "hatch": "//", "linewidth": 1.5}
    return {"facecolor": color if tone == "full" else lighter(color), "edgecolor": color, "linewidth": 1.5}


def _patch(color: str, tone: Tone) -> Patch:
    return Patch(**_look(color, tone))


def _limit(axes: Axes, chart: BarChart, canvas: Canvas) -> None:
    """From zero, for a bar is as long as its number says; with room for the texts at the ends."""
    bars = [bar for panel in chart.panels for group in panel.groups for bar in group.bars if _ends(bar)]
    if not bars:
        axes.set_xticks([])
        return
    low, high = (pick(0.0, *(end for bar in bars for end in _ends(bar))) for pick in (min, max))
    longest = max(len(bar.text) for bar in bars) + _ROOM_CHARACTERS
    share = longest / max(canvas.panel_characters - longest, longest)
    axes.set_xlim(1.05 * low, high + (high - low or 1.0) * share)


def _ends(bar: Bar) -> list[float]:
    value = bar.value
    return [end for end in (value.mean, value.low, value.high) if math.isfinite(end)]
