"""A panel of any chart as a PowerPoint chart, where PowerPoint has the form; else the whole chart as a picture."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from pptx.enum.chart import XL_LABEL_POSITION

from bn_study.presentation.axis_chart import AxisChart
from bn_study.presentation.axis_native import add_axis
from bn_study.presentation.bar_chart import Bar, BarChart, BarGroup, BarPanel, Tone
from bn_study.presentation.chart import Chart, alt_text
from bn_study.presentation.figures import draw
from bn_study.presentation.gap_chart import GapChart, GapPanel
from bn_study.presentation.heat_chart import HeatChart
from bn_study.presentation.line_chart import LineChart
from bn_study.presentation.native_chart import add_bars, add_lines, rgb
from bn_study.presentation.parallel_chart import ParallelChart
from bn_study.presentation.style import figure_style

Box = tuple[int, int, int, int]
_DOTS_PER_INCH = 200
_RATIO = 7.5 / 13.33


def add_panel(shapes: Any, box: Box, chart: Chart, panel: Any) -> bool:
    """`box` is left, top, width, height in EMU. False, and nothing added, where the panel has nothing to show."""
    if isinstance(chart, LineChart) and panel.lines:
        add_lines(shapes, box, panel, legend=True)
    elif isinstance(chart, BarChart) and any(group.bars for group in panel.groups):
        _finish(add_bars(shapes, box, chart, panel), panel)
    elif isinstance(chart, AxisChart) and not panel.is_empty:
        add_axis(shapes, box, chart, panel)
    elif isinstance(chart, GapChart) and not panel.is_empty:
        bars = BarChart(chart.name, chart.title, chart.x_label, (), (), tones=_GAP_TONES)
        _finish(add_bars(shapes, box, bars, _gap_bars(panel)), _gap_bars(panel))
    else:
        return False
    return True


_BRIGHTNESS: dict[Tone, float] = {"full": 0.0, "light": 0.55, "hatched": 0.8}
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


def _finish(chart: Any, panel: BarPanel) -> None:
    """From zero, for a bar is as long as its number says; the legend's keys in grey tones, for points have colours.

    Bars that say more than their number, as the ratio of a step time, say it on the slide too.
    """
    bars = [bar for group in panel.groups for bar in group.bars]
    if not any(bar.value.mean < 0 or bar.value.low < 0 for bar in bars):
        chart.value_axis.minimum_scale = 0
    for rank, series in enumerate(chart.plots[0].series):
        own = [(place, group.bars[rank]) for place, group in enumerate(panel.groups) if rank < len(group.bars)]
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = rgb("#5f5f5f")
        series.format.fill.fore_color.brightness = _BRIGHTNESS[own[0][1].tone] if own else 0.0
        for place, bar in own:
            if "×" in bar.text:
                label = series.points[place].data_label
                label.text_frame.text, label.position = bar.text, XL_LABEL_POSITION.INSIDE_BASE


def is_picture(chart: Chart) -> bool:
    """Whether PowerPoint has no form for it."""
    return isinstance(chart, (HeatChart, ParallelChart))


def add_picture(shapes: Any, box: Box, chart: Chart) -> None:
    """The chart without title and caption, which the slide has, as large as the box allows; with its alt text."""
    left, top, width, height = box
    with figure_style():
        figure = draw(replace(chart, title="", caption=()))
        image = io.BytesIO()
        figure.savefig(image, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    wide = min(width, int(height / _RATIO))
    picture = shapes.add_picture(image, left + (width - wide) // 2, top, width=wide)
    picture._element.nvPicPr.cNvPr.set("descr", alt_text(chart))
