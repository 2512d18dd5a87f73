"""Charts that PowerPoint can edit, with error bars, which python-pptx has no call for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from bn_study.analysis.statistics import Interval
from bn_study.presentation.bar_chart import Bar, BarChart, BarPanel
from bn_study.presentation.line_chart import Line, LinePanel
from bn_study.presentation.style import arm_color

_TEXT = Pt(14)
_ALPHA = {"full": 0.0, "light": 0.55, "hatched": 0.8}


def add_lines(shapes: Any, box: tuple[int, int, int, int], panel: LinePanel, legend: bool) -> Any:
    """A scatter chart with lines; `box` is left, top, width, height in EMU. Returns the chart."""
    data = XyChartData()
    for line in panel.lines:
        series = data.add_series(line.label)
        for x, value in _finite(line):
            series.add_data_point(x, value.mean)
    chart = shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES, *box, data).chart
    dress(chart, panel.title, legend)
    label_axis(chart.category_axis, panel.x_label)
    label_axis(chart.value_axis, panel.y_label)
    chart.category_axis.has_major_gridlines = False
    for line, plotted in zip(panel.lines, chart.plots[0].series, strict=True):
        paint_line(plotted, arm_color(line.arm_index))
        add_error_bars(plotted._element, [value for _, value in _finite(line)], "y")
    return chart


def _finite(line: Line) -> list[tuple[float, Interval]]:
    return [(x, value) for x, value in zip(line.x, line.values, strict=True) if math.isfinite(value.mean)]


def add_bars(shapes: Any, box: tuple[int, int, int, int], chart: BarChart, panel: BarPanel) -> Any:
    """Lying bars: one series a rank within the groups, coloured by arm. Returns the chart."""
    ranks = max((len(group.bars) for group in panel.groups), default=0)
    data = CategoryChartData(number_format="0.0##")
    data.categories = [group.label for group in panel.groups]
    ranked = [[group.bars[rank] if rank < len(group.bars) else None for group in panel.groups] for rank in range(ranks)]
    for rank, bars in enumerate(ranked):
        data.add_series(_tone(chart, bars, rank), [_value(bar) for bar in bars])
    drawn = shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data).chart
    dress(drawn, panel.title, ranks > 1)
    label_axis(drawn.category_axis, "")
    label_axis(drawn.value_axis, chart.value_label)
    drawn.category_axis.reverse_order = True
    drawn.plots[0].gap_width = 60
    for bars, plotted in zip(ranked, drawn.plots[0].series, strict=True):
        _paint_bars(plotted, bars)
        absent = Interval(math.nan, math.nan, math.nan, 0)
        add_error_bars(plotted._element, [bar.value if bar else absent for bar in bars])
    return drawn


def _value(bar: Bar | None) -> float | None:
    return bar.value.mean if bar and math.isfinite(bar.value.mean) else None


def _tone(chart: BarChart, bars: Sequence[Bar | None], rank: int) -> str:
    meanings, tones = dict(chart.tones), [bar.tone for bar in bars if bar]
    return meanings.get(tones[0], chart.value_label) if tones else f"{rank + 1}"


def add_error_bars(series: Any, values: Sequence[Interval], direction: str = "") -> None:
    """Custom plus and minus, in the place that the schema gives them: before the categories or x values.

    CT_BarSer and CT_ScatterSer (ECMA-376 part 1, 21.2.2): …, dLbls, trendline, errBars, cat | xVal, …; within
    errBars: errDir, errBarType, errValType, noEndCap, plus, minus, val, spPr. Elsewhere PowerPoint "repairs" the file.
    """
    if not any(math.isfinite(value.low) for value in values):
        return
    plus = [max(0.0, value.high - value.mean) if math.isfinite(value.high) else 0.0 for value in values]
    minus = [max(0.0, value.mean - value.low) if math.isfinite(value.low) else 0.0 for value in values]
    errors = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}>{f"""<c:errDir val="{direction}"/>""" if direction else ""}'
        '<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"<c:plus>{_literals(plus)}</c:plus><c:minus>{_literals(minus)}</c:minus>"
        '<c:spPr><a:ln w="19050"><a:solidFill><a:srgbClr val="222222"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    places = [series.find(qn(name)) for name in ("c:cat", "c:val", "c:xVal", "c:yVal")]
    next(place for place in places if place is not None).addprevious(errors)


def _literals(values: Sequence[float]) -> str:
    points = "".join(f'<c:pt idx="{place}"><c:v>{value!r}</c:v></c:pt>' for place, value in enumerate(values))
    return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'


def dress(chart: Any, title: str, legend: bool) -> None:
    """Font size, title and legend of a chart."""
    chart.font.size = _TEXT
    chart.has_title = bool(title)
    if title:
        chart.chart_title.text_frame.text = title
        chart.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(16)
    chart.has_legend = legend
    if legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False


def label_axis(axis: Any, title: str) -> None:
    """Title and font size of an axis."""
    axis.has_title = bool(title)
    axis.tick_labels.font.size = _TEXT
    if title:
        axis.axis_title.text_frame.text = title
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = _TEXT
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False


def rgb(color: str) -> Any:
    """'#0072B2' as PowerPoint takes it."""
    return RGBColor.from_string(color.lstrip("#").upper())


def paint_line(series: Any, color: str) -> None:
    """Line and markers of one colour."""
    series.smooth = False
    series.format.line.color.rgb = rgb(color)
    series.format.line.width = Pt(2.5)
    series.marker.size = 7
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = rgb(color)
    series.marker.format.line.color.rgb = rgb(color)


def _paint_bars(series: Any, bars: Sequence[Bar | None]) -> None:
    for place, bar in enumerate(bars):
        if bar:
            look = series.points[place].format
            look.fill.solid()
            look.fill.fore_color.rgb = rgb(arm_color(bar.arm_index))
            look.fill.fore_color.brightness = _ALPHA[bar.tone]
            look.line.color.rgb = rgb(arm_color(bar.arm_index))
