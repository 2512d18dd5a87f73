"""Charts that PowerPoint can edit, with error bars, which python-pptx has no call for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from bn_study.analysis.statistics import Interval
from bn_study.presentation.charts.bar_chart import Bar, BarChart, BarGroup, BarPanel
from bn_study.presentation.charts.line_chart import Line, LineChart, LinePanel
from bn_study.presentation.drawing.style import arm_style
from bn_study.presentation.slides.native_axis import (
    TEXT_POINTS,
    bar_range,
    label_axis,
    line_range,
    rgb,
    set_range,
)

_BRIGHTNESS = {"full": 0.0, "light": 0.55}
_TONE_COLOR = "#5F6368"
_MOST_MARKED = 12  # points of a line that markers do not turn into a band
_HATCHING = MSO_PATTERN.WIDE_UPWARD_DIAGONAL


def add_lines(shapes: Any, box: tuple[int, int, int, int], chart: LineChart, panel: LinePanel) -> Any:
    """A scatter chart with lines; `box` is left, top, width, height in EMU. Returns its frame."""
    data = XyChartData(number_format="General")
    lines = sorted(panel.lines, key=lambda line: -len(_finite(line)))  # LibreOffice drops a first one that is shorter
    for line in lines:
        series = data.add_series(line.label)
        for x, value in _finite(line):
            series.add_data_point(x, value.mean)
    frame = shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES, *box, data)
    drawn = frame.chart
    dress(drawn, panel.title, legend=True)
    drawn.category_axis.has_major_gridlines = False
    label_axis(drawn.category_axis, panel.x_label)
    label_axis(drawn.value_axis, panel.y_label)
    set_range(drawn.value_axis, *line_range(chart, panel))
    drawn.value_axis.tick_labels.number_format_is_linked = False
    _x_axis(drawn.category_axis, panel)
    for line, plotted in zip(lines, drawn.plots[0].series, strict=True):
        paint_line(plotted, arm_style(line.arm_index).color, len(line.x) <= _MOST_MARKED)
        add_error_bars(plotted._element, [value for _, value in _finite(line)], "y", arm_style(line.arm_index).color)
    return frame


def _x_axis(axis: Any, panel: LinePanel) -> None:
    xs = [x for line in panel.lines for x in line.x]
    set_range(axis, 0.0 if panel.zero_x else min(xs), max(xs), panel.whole_x)
    axis.crosses = XL_AXIS_CROSSES.MINIMUM


def _finite(line: Line) -> list[tuple[float, Interval]]:
    return [(x, value) for x, value in zip(line.x, line.values, strict=True) if math.isfinite(value.mean)]


def add_bars(shapes: Any, box: tuple[int, int, int, int], chart: BarChart, panel: BarPanel) -> Any:
    """Lying bars: one series a rank within the groups, coloured by arm. Returns its frame."""
    ranks = max((len(group.bars) for group in panel.groups), default=0)
    data = CategoryChartData(number_format="0.0##")
    data.categories = [_category(group) for group in panel.groups]
    ranked = [[group.bars[rank] if rank < len(group.bars) else None for group in panel.groups] for rank in range(ranks)]
    for rank, bars in enumerate(ranked):
        data.add_series(_series_name(chart, bars, rank), [_value(bar) for bar in bars])
    frame = shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
    drawn = frame.chart
    dress(drawn, panel.title, legend=ranks > 1)
    label_axis(drawn.category_axis, "")
    label_axis(drawn.value_axis, chart.value_label)
    set_range(drawn.value_axis, *bar_range(chart))
    drawn.category_axis.reverse_order = True
    drawn.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH  # across from a reversed axis' start: below
    drawn.plots[0].gap_width, drawn.plots[0].overlap = 60, 0
    for bars, plotted in zip(ranked, drawn.plots[0].series, strict=True):
        _paint_bars(chart, plotted, bars)
        absent = Interval(math.nan, math.nan, math.nan, 0)
        add_error_bars(plotted._element, [bar.value if bar else absent for bar in bars])
    return frame


def _category(group: BarGroup) -> str:
    """With what a bar without a value says instead."""
    said = dict.fromkeys(bar.text for bar in group.bars if not math.isfinite(bar.value.mean))
    return f"{group.label} ({'; '.join(said)})" if said else group.label


def _value(bar: Bar | None) -> float | None:
    return bar.value.mean if bar and math.isfinite(bar.value.mean) else None


def _series_name(chart: BarChart, bars: Sequence[Bar | None], rank: int) -> str:
    """The arm where groups are not arms, else what the tone means."""
    present = [bar for bar in bars if bar]
    if chart.arms and present:
        return dict(chart.arms)[present[0].arm_index]
    return dict(chart.tones).get(present[0].tone, chart.value_label) if present else f"{rank + 1}"


def add_error_bars(series: Any, values: Sequence[Interval], direction: str = "", color: str = "#222222") -> None:
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
        f'<c:spPr><a:ln w="15875"><a:solidFill><a:srgbClr val="{rgb(color)}"/></a:solidFill></a:ln></c:spPr>'
        "</c:errBars>"
    )
    places = [series.find(qn(name)) for name in ("c:cat", "c:val", "c:xVal", "c:yVal")]
    next(place for place in places if place is not None).addprevious(errors)


def _literals(values: Sequence[float]) -> str:
    points = "".join(f'<c:pt idx="{place}"><c:v>{value!r}</c:v></c:pt>' for place, value in enumerate(values))
    return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'


def dress(chart: Any, title: str, legend: bool) -> None:
    """Font size, title and legend of a chart."""
    chart.font.size = Pt(TEXT_POINTS)
    chart.has_title = bool(title)
    if title:
        chart.chart_title.text_frame.text = title
        chart.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(18)
    chart.has_legend = legend
    if legend:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False


def paint_line(series: Any, color: str, markers: bool = True) -> None:
    """Line and markers of one colour."""
    series.smooth = False
    series.format.line.color.rgb = rgb(color)
    series.format.line.width = Pt(3)
    if not markers:
        series.marker.style = XL_MARKER_STYLE.NONE
        return
    series.marker.size = 8
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = rgb(color)
    series.marker.format.line.color.rgb = rgb(color)


def _paint_bars(chart: BarChart, series: Any, bars: Sequence[Bar | None]) -> None:
    """Each bar in its arm's colour; the series itself, which the legend shows, in that or in the grey of its tone."""
    present = [bar for bar in bars if bar]
    if present:
        _fill(series.format, arm_style(present[0].arm_index).color if chart.arms else _TONE_COLOR, present[0])
    for place, bar in enumerate(bars):
        if bar:
            _fill(series.points[place].format, arm_style(bar.arm_index).color, bar)


def _fill(look: Any, color: str, bar: Bar) -> None:
    look.line.color.rgb = rgb(color)
    if bar.tone == "hatched":
        look.fill.patterned()
        look.fill.pattern = _HATCHING
        look.fill.fore_color.rgb, look.fill.back_color.rgb = rgb(color), rgb("#FFFFFF")
        return
    look.fill.solid()
    look.fill.fore_color.rgb = rgb(color)
    look.fill.fore_color.brightness = _BRIGHTNESS[bar.tone]
