"""Draws a BarChart: lying bars, so that names are read without turning one's head."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bn_study.presentation.bar_chart import Bar, BarChart, BarPanel, Tone
from bn_study.presentation.canvas import Canvas
from bn_study.presentation.style import INK, QUIET, arm_style, lighter

_GROUP = 0.8  # share of a group's height that its bars take


def draw_bars(chart: BarChart) -> Figure:
    """To be called within `figure_style`."""
    canvas = Canvas(chart.title, chart.caption, len(chart.panels), share_x=True)
    labels = [[group.label for group in panel.groups] for panel in chart.panels]
    for place, (axes, panel) in enumerate(zip(canvas.axes, chart.panels, strict=True)):
        _draw_panel(axes, panel)
        axes.set_xlabel(chart.value_label)
        if place % canvas.columns and labels[place] == labels[place - 1]:
            axes.set_yticklabels([])
    canvas.axes[0].set_xlim(*_limits(chart))
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
        for color, width in (
            ("white", 5.0),
            (INK, 2.0),
        ):  # the white one is seen on bars as dark as the other
            axes.plot([value.low, value.high], [y, y], color=color, linewidth=width, marker="|", markersize=11,
                      markeredgewidth=width, solid_capstyle="butt")  # fmt: skip
    end = max(_ends(bar))
    axes.annotate(bar.text, (end, y), (8, 0), textcoords="offset points", va="center")


def _look(color: str, tone: Tone) -> dict[str, Any]:
    if tone == "hatched":
        return {"facecolor": "white", "edgecolor": color, "hatch": "//", "linewidth": 1.5}
    return {"facecolor": color if tone == "full" else lighter(color), "edgecolor": color, "linewidth": 1.5}


def _patch(color: str, tone: Tone) -> Patch:
    return Patch(**_look(color, tone))


def _limits(chart: BarChart) -> tuple[float, float]:
    """From zero, for a bar is as long as its number; room for the texts at the ends."""
    ends = [
        end for panel in chart.panels for group in panel.groups for bar in group.bars for end in _ends(bar)
    ]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    longest = max(
        (len(bar.text) for panel in chart.panels for group in panel.groups for bar in group.bars), default=0
    )
    room = (high - low or 1.0) * min(0.6, 0.022 * longest * min(3, len(chart.panels)) + 0.03)
    return (low - (0.03 * (high - low) if low < 0 else 0)), (high or 1.0) + room


def _ends(bar: Bar) -> Sequence[float]:
    value = bar.value
    return [end for end in (value.mean, value.low, value.high) if math.isfinite(end)]
