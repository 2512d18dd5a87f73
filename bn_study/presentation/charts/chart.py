"""Chart: the computed part of a figure, of any kind. Each is drawn as an image, in the page and on slides."""

from __future__ import annotations

from typing import TypeAlias

from bn_study.presentation.charts.axis_chart import AxisChart
from bn_study.presentation.charts.bar_chart import BarChart
from bn_study.presentation.charts.gap_chart import GapChart
from bn_study.presentation.charts.heat_chart import HeatChart
from bn_study.presentation.charts.line_chart import LineChart
from bn_study.presentation.charts.parallel_chart import ParallelChart

Chart: TypeAlias = LineChart | BarChart | AxisChart | GapChart | HeatChart | ParallelChart

_FORMS = {
    "lines": "Line chart", "bars": "Bar chart", "axis": "Chart against one axis", "gap": "Dumbbell chart",
    "heat": "Heat map", "parallel": "Parallel coordinates",
}  # fmt: skip


def alt_text(chart: Chart) -> str:
    """What a reader who does not see the figure is told: form, title, panels, caption."""
    titles = "; ".join(panel.title for panel in chart.panels if panel.title)
    panels = f" Panels: {titles}." if titles else ""
    return f"{_FORMS[chart.kind]}: {chart.title}.{panels} {' '.join(chart.caption)}".strip()
