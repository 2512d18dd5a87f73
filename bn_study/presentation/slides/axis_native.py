"""An AxisChart as a PowerPoint chart that can be edited: columns or lines with error bars, two value axes."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

from lxml.etree import SubElement
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn

from bn_study.presentation.charts.axis_chart import AxisChart, AxisPanel, AxisSeries, diverged_points, limits
from bn_study.presentation.drawing.style import arm_style
from bn_study.presentation.slides.native_axis import TEXT_POINTS, label_axis, rgb, set_range
from bn_study.presentation.slides.native_chart import add_error_bars, dress, paint_line

_CATEGORY_2, _VALUE_2 = "50010", "50020"  # ids of the second pair of axes: any that the first pair lacks


def add_axis(shapes: Any, box: tuple[int, int, int, int], chart: AxisChart, panel: AxisPanel) -> Any:
    """`box` is left, top, width, height in EMU. Returns its frame.

    Values of the axis are categories, for a logarithmic axis of PowerPoint names decades alone. Diverged runs
    stand under the category where they would be: an empty place in a chart that is edited cannot be marked.
    """
    bars = chart.mark == "bars"
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if bars else XL_CHART_TYPE.LINE_MARKERS
    published = [series for series in panel.series if any(math.isfinite(p.published.mean) for p in series.points)]
    data = CategoryChartData(number_format="0.0##")
    data.categories = _categories(chart, panel)
    for series in panel.series:
        data.add_series(series.label, [_cell(point.value.mean) for point in series.points])
    for series in published:
        data.add_series(f"{series.label}, published", [_cell(point.published.mean) for point in series.points])
    for series in panel.second:
        data.add_series(f"{series.label}, {chart.second_label}", [_cell(point.value.mean) for point in series.points])
    frame = shapes.add_chart(kind, *box, data)
    drawn = frame.chart
    dress(drawn, panel.title, legend=True)
    label_axis(drawn.category_axis, chart.x_label)
    label_axis(drawn.value_axis, chart.y_label)
    drawn.value_axis.tick_labels.number_format = "General"
    drawn.value_axis.tick_labels.number_format_is_linked = False
    low, high = limits(chart, "series")
    set_range(drawn.value_axis, min(0.0, low) if bars else low, high)
    plotted = list(drawn.plots[0].series)
    _paint(chart, panel.series, plotted)
    for series, look in zip(published, plotted[len(panel.series) :], strict=False):
        _paint_published(look, series, bars)
    _move_to_second_axis(drawn, chart, panel.second)
    return frame


def _cell(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _categories(chart: AxisChart, panel: AxisPanel) -> list[str]:
    diverged: dict[int, list[str]] = {}
    for _, series, point in diverged_points(panel):
        diverged.setdefault(point.place, []).append(f"{series.label} ✕{point.diverged}/{point.planned}")
    return ["\n".join((tick, *diverged.get(place, ()))) for place, tick in enumerate(chart.ticks)]


def _paint(chart: AxisChart, series: Sequence[AxisSeries], plotted: Sequence[Any]) -> None:
    for one, look in zip(series, plotted, strict=False):
        if chart.mark == "bars":
            look.format.fill.solid()
            look.format.fill.fore_color.rgb = rgb(arm_style(one.arm_index).color)
        else:
            paint_line(look, arm_style(one.arm_index).color)
        add_error_bars(look._element, [point.value for point in one.points], "" if chart.mark == "bars" else "y")


def _paint_published(look: Any, series: AxisSeries, bars: bool) -> None:
    """Pale columns, or diamonds without a line."""
    color = rgb(arm_style(series.arm_index).color)
    if bars:
        look.format.fill.solid()
        look.format.fill.fore_color.rgb = color
        look.format.fill.fore_color.brightness = 0.8
        look.format.line.color.rgb = color
    else:
        look.smooth = False
        look.format.line.fill.background()
        look.marker.style, look.marker.size = XL_MARKER_STYLE.DIAMOND, 10
        look.marker.format.fill.solid()
        look.marker.format.fill.fore_color.rgb = color
        look.marker.format.fill.fore_color.brightness = 0.6
        look.marker.format.line.color.rgb = color
    add_error_bars(look._element, [point.published for point in series.points], "" if bars else "y")


def _move_to_second_axis(drawn: Any, chart: AxisChart, second: Sequence[AxisSeries]) -> None:
    """The last series become a line chart on the right, which python-pptx has no call for.

    CT_PlotArea (ECMA-376 part 1, 21.2.2.145): layout, then all charts, then all axes. The second category axis is
    hidden, for both pairs have the same categories.
    """
    if not second:
        return
    area = drawn._chartSpace.find(".//" + qn("c:plotArea"))
    first = area.findall("*/" + qn("c:ser"))[0].getparent()
    moved = first.findall(qn("c:ser"))[-len(second) :]
    line = parse_xml(f'<c:lineChart {nsdecls("c")}><c:grouping val="standard"/><c:varyColors val="0"/></c:lineChart>')
    for element in moved:
        line.append(_as_line_series(element))
        first.remove(element)
    for tag, value in (("marker", "1"), ("axId", _CATEGORY_2), ("axId", _VALUE_2)):
        SubElement(line, qn(f"c:{tag}")).set("val", value)
    first.addnext(line)
    last = area.findall(qn("c:valAx"))[-1]
    for axis in reversed(_second_axes(chart.second_label)):
        last.addnext(axis)
    for one, plotted in zip(second, drawn.plots[1].series, strict=True):
        paint_line(plotted, arm_style(one.arm_index).color)
        plotted.format.line.dash_style = 4  # MSO_LINE.DASH


def _as_line_series(element: Any) -> Any:
    """CT_BarSer and CT_LineSer share idx, order, tx, cat and val; the rest is of columns alone."""
    series = parse_xml(f"<c:ser {nsdecls('c')}/>")
    for name in ("c:idx", "c:order", "c:tx", "c:cat", "c:val"):
        part = element.find(qn(name))
        if part is not None:
            series.append(copy.deepcopy(part))
    return series


def _second_axes(label: str) -> list[Any]:
    names = nsdecls("c", "a")
    category = parse_xml(
        f'<c:catAx {names}><c:axId val="{_CATEGORY_2}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
        f'<c:delete val="1"/><c:axPos val="b"/><c:crossAx val="{_VALUE_2}"/></c:catAx>'
    )
    size = TEXT_POINTS * 100
    look = f'<a:pPr><a:defRPr sz="{size}" b="0"/></a:pPr>'
    value = parse_xml(
        f'<c:valAx {names}><c:axId val="{_VALUE_2}"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/>'
        '</c:scaling><c:delete val="0"/><c:axPos val="r"/><c:title><c:tx><c:rich><a:bodyPr rot="-5400000" vert="horz"/>'
        f'<a:p>{look}<a:r><a:rPr lang="en-US" sz="{size}" b="0"/><a:t/></a:r></a:p></c:rich></c:tx>'
        '<c:overlay val="0"/></c:title><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="out"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:crossAx val="{_CATEGORY_2}"/><c:crosses val="max"/></c:valAx>'
    )
    value.find(".//" + qn("a:t")).text = label
    return [category, value]
