"""A panel of any chart as a PowerPoint chart, where PowerPoint has the form."""

from __future__ import annotations

from typing import Any

from bn_study.presentation.axis_chart import AxisChart
from bn_study.presentation.axis_native import add_axis
from bn_study.presentation.bar_chart import BarChart
from bn_study.presentation.chart import Chart
from bn_study.presentation.line_chart import LineChart
from bn_study.presentation.native_chart import add_bars, add_lines


def add_panel(shapes: Any, box: tuple[int, int, int, int], chart: Chart, panel: Any) -> bool:
    """`box` is left, top, width, height in EMU. False, and nothing added, where the panel has nothing to show."""
    if isinstance(chart, LineChart) and panel.lines:
        add_lines(shapes, box, panel, legend=True)
    elif isinstance(chart, BarChart) and any(group.bars for group in panel.groups):
        add_bars(shapes, box, chart, panel)
    elif isinstance(chart, AxisChart) and not panel.is_empty:
        add_axis(shapes, box, chart, panel)
    else:
        return False
    return True
