"""A panel of any chart as a PowerPoint chart, where PowerPoint has the form; else the whole chart as a picture."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import Any

from pptx.enum.chart import XL_LABEL_POSITION

from bn_study.presentation.charts.axis_chart import AxisChart
from bn_study.presentation.charts.bar_chart import Bar, BarChart, BarGroup, BarPanel, Tone
from bn_study.presentation.charts.chart import Chart
from bn_study.presentation.charts.gap_chart import GapChart, GapPanel
from bn_study.presentation.charts.heat_chart import HeatChart
from bn_study.presentation.charts.line_chart import LineChart
from bn_study.presentation.charts.parallel_chart import ParallelChart
from bn_study.presentation.drawing.canvas import draw
from bn_study.presentation.drawing.style import arm_style, figure_style, text_on
from bn_study.presentation.figures.panel import Figure, alt_text
from bn_study.presentation.slides.axis_native import add_axis
from bn_study.presentation.slides.native_axis import rgb
from bn_study.presentation.slides.native_chart import add_bars, add_lines

Box = tuple[int, int, int, int]
_DOTS_PER_INCH = 200
_RATIO = 7.5 / 13.33


def add_panel(shapes: Any, box: Box, chart: Chart, panel: Any) -> Any | None:
    """`box` is left, top, width, height in EMU. The frame; None, and nothing added, if there is nothing to show."""
    if isinstance(chart, LineChart) and panel.lines:
        return add_lines(shapes, box, chart, panel)
    if isinstance(chart, BarChart) and any(group.bars for group in panel.groups):
        return _labelled(add_bars(shapes, box, chart, panel), panel)
    if isinstance(chart, AxisChart) and not panel.is_empty:
        return add_axis(shapes, box, chart, panel)
    if isinstance(chart, GapChart) and not panel.is_empty:
        shown = tuple(map(_gap_bars, chart.panels))
        bars = BarChart(chart.name, chart.title, chart.x_label, shown, (), tones=_GAP_TONES)
        return add_bars(shapes, box, bars, _gap_bars(panel))
    return None


_GAP_TONES: tuple[tuple[Tone, str], ...] = (("full", "training"), ("light", "validation"))


def _gap_bars(panel: GapPanel) -> BarPanel:
    """The ends as bars, the gap beside the arm's name: PowerPoint has no dumbbells."""
    return BarPanel(
        panel.title,
        tuple(
            BarGroup(f"{row.label}, gap {row.text}",
                     (Bar(row.arm_index, "full", row.train, ""), Bar(row.arm_index, "light", row.validation, "")))
            for row in panel.rows
        ),
    )  # fmt: skip


def _labelled(frame: Any, panel: BarPanel) -> Any:
    """Bars with what is written at them in the figure: the number, and the ratio of a step time."""
    for rank, series in enumerate(frame.chart.plots[0].series):
        for place, group in enumerate(panel.groups):
            bar = group.bars[rank] if rank < len(group.bars) else None
            if bar and bar.text and math.isfinite(bar.value.mean):
                label = series.points[place].data_label
                label.text_frame.text, label.position = bar.text, XL_LABEL_POSITION.INSIDE_BASE
                ink = text_on(arm_style(bar.arm_index).color) if bar.tone == "full" else "#000000"
                label.text_frame.paragraphs[0].runs[0].font.color.rgb = rgb(ink)
    return frame


def is_picture(chart: Chart) -> bool:
    """Whether PowerPoint has no form for it."""
    return isinstance(chart, (HeatChart, ParallelChart))


def add_picture(shapes: Any, box: Box, figure: Figure) -> None:
    """The figure without title and caption, which the slide has, as large as the box allows; with its alt text."""
    left, top, width, height = box
    with figure_style():
        image = io.BytesIO()
        drawing = draw(replace(figure, title="", caption=()))
        drawing.savefig(image, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    wide = min(width, int(height / _RATIO))
    picture = shapes.add_picture(image, left + (width - wide) // 2, top, width=wide)
    picture._element.nvPicPr.cNvPr.set("descr", alt_text(figure))
