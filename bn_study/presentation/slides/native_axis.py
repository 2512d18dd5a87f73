"""Axes of native charts: round ends and steps, the same in panels that are compared, and text that is large enough."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from matplotlib.ticker import MaxNLocator
from pptx.dml.color import RGBColor
from pptx.util import Pt

from bn_study.analysis.statistics import Interval
from bn_study.presentation.charts.bar_chart import BarChart
from bn_study.presentation.charts.line_chart import LineChart, LinePanel
from bn_study.presentation.drawing.style import LIGHT

TEXT_POINTS = 16
_MOST_STEPS, _STEPS = 6, (1, 2, 2.5, 5, 10)


def label_axis(axis: Any, title: str) -> None:
    """Text sizes, a quiet grid, a title that is not bold."""
    axis.has_title = bool(title)
    axis.tick_labels.font.size = Pt(TEXT_POINTS)
    if axis.has_major_gridlines:
        line = axis.major_gridlines.format.line
        line.width, line.color.rgb = Pt(0.75), rgb(LIGHT.grid)
    if title:
        axis.axis_title.text_frame.text = title
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(TEXT_POINTS)
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False


def set_range(axis: Any, low: float, high: float, whole: bool = False) -> None:
    """From the round number below `low` to the one above `high`, in round steps."""
    marks = MaxNLocator(_MOST_STEPS, steps=_STEPS, integer=whole).tick_values(low, high)
    axis.minimum_scale, axis.maximum_scale = float(marks[0]), float(marks[-1])
    axis.major_unit = float(marks[1] - marks[0])


def line_range(chart: LineChart, panel: LinePanel) -> tuple[float, float]:
    """Of all panels that share the panel's range, intervals included."""
    shared = (line for one in chart.panels if one.y_range == panel.y_range for line in one.lines)
    return _ends(value for line in shared for value in line.values)


def bar_range(chart: BarChart) -> tuple[float, float]:
    """Of all panels, intervals and zero included: a bar's length is its number."""
    bars = (bar for panel in chart.panels for group in panel.groups for bar in group.bars)
    low, high = _ends(bar.value for bar in bars)
    return min(0.0, low), max(0.0, high)


def _ends(values: Iterable[Interval]) -> tuple[float, float]:
    ends = [end for value in values for end in (value.mean, value.low, value.high) if math.isfinite(end)]
    return (min(ends), max(ends)) if ends else (0.0, 1.0)


def rgb(color: str) -> Any:
    """'#0072B2' as python-pptx wants it."""
    return RGBColor.from_string(color.lstrip("#").upper())
