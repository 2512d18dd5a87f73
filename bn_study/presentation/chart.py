"""Chart: the computed part of a figure, of any kind. Each is drawn as an image, in the page and on slides."""

from __future__ import annotations

from typing import TypeAlias

from bn_study.presentation.axis_chart import AxisChart
from bn_study.presentation.bar_chart import BarChart
from bn_study.presentation.line_chart import LineChart

Chart: TypeAlias = LineChart | BarChart | AxisChart
