"""Axes of native charts: from one round number to the next, and room for all that is written beside them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.etree import SubElement
from pptx.chart.axis import ValueAxis
from pptx.enum.chart import XL_AXIS_CROSSES, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt

from bn_study.presentation.drawing.style import LIGHT
from bn_study.presentation.drawing.text import text_width, wrapped
from bn_study.presentation.drawing.ticks import are_apart, share, ticks_along, ticks_up
from bn_study.presentation.figures.panel import Axis, Panel, Tick
from bn_study.presentation.slides.look import INK, TEXT_POINTS, paint, rgb

Area = tuple[int, int, int, int]
"""left, top, width, height in EMU"""
LINE = 1.3 * TEXT_POINTS  # height of a line, in points
NAME_PAD, _GRID = 8.0, 18_000  # opacity of lines behind the marks, in thousandths of a percent
_PAD, _TITLE_POINTS, _KEY = (
    NAME_PAD,
    18,
    56.0,
)  # beside a tick; size of a panel's title; a legend's sample and its distance
_X_2, _Y_2 = "50010", "50020"  # ids of the second pair of axes: any that the first pair lacks
_TURNED = math.sin(math.radians(45))

_FREE = 0.045  # of an axis, where nothing stands: `span` leaves it free


@dataclass(frozen=True)
class Ruler:
    """What an axis shows in a chart: `named` has texts at places instead of numbers at every `step`."""

    axis: Axis
    low: float
    high: float
    step: float = 1.0
    base: int = 0
    """of a logarithmic axis; 0 for any other"""

    def at(self, value: float) -> float:
        """Rows from top to bottom stand at −0, −1, −2, …, for all axes count upwards here."""
        return -value if self.axis.low > self.axis.high else value

    @property
    def number_format(self) -> str:
        """As many decimals as the steps need, powers of ten where they span many; nothing in the strip below them."""
        digits = next(digits for digits in range(9) if abs(round(self.step, digits) - self.step) < 1e-6 * self.step)
        powers = self.base == 10 and not 1e-4 < self.low < self.high < 1e6
        shown = "0E+0" if powers else "General" if self.base else f"0.{'0' * digits}".rstrip(".")
        if not self.axis.ticked:
            return shown
        least = self.step * math.floor(self.axis.ticked[0] / self.step + 1e-9)
        return f'[<{least - 1e-6 * self.step:.9g}]"";{shown}'


def ruler_along(axis: Axis, length: float, up: bool) -> Ruler:
    """Of an axis that is so many points long: never past a bound such as 100 %, which is a round number."""
    if axis.ticks is not None:
        low, high = sorted((axis.low, axis.high))
        return Ruler(axis, low, high) if axis.low < axis.high else Ruler(axis, -high, -low)
    if axis.log:
        base = 10 if axis.high / axis.low > 30 else 2
        low, high = math.floor(math.log(axis.low, base)), math.ceil(math.log(axis.high, base))
        return Ruler(axis, float(base) ** low, float(base) ** high, base, base)
    at = [tick.at for tick in (ticks_up if up else ticks_along)(axis, length)]
    step = min((after - before for before, after in itertools.pairwise(at)), default=axis.high - axis.low)
    if axis.whole:
        begins_with_a_tick = bool(at) and at[0] - axis.low <= _FREE * (axis.high - axis.low)
        return Ruler(axis, at[0] if begins_with_a_tick else math.ceil(axis.low), math.floor(axis.high), step)
    low, high = step * math.floor(axis.low / step + 1e-9), step * math.ceil(axis.high / step - 1e-9)
    return Ruler(axis, round(low, 12), round(high, 12), step)  # texts at the end of an axis are not beyond it


@dataclass(frozen=True)
class Plot:
    """A chart's frame within its box, in points from the top left; `turned`: names along x are, by 45 degrees."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    x: Ruler
    y: Ruler
    second: Ruler | None = None
    turned: bool = False

    @property
    def across(self) -> float:
        return self.width - self.left - self.right

    @property
    def up(self) -> float:
        return self.height - self.top - self.bottom

    @property
    def names_along_x(self) -> Iterator[Tick]:
        """Those that have room."""
        free = -math.inf
        for tick in self.x.axis.ticks or ():
            at = self.across * share(self.x.axis, tick.at)
            if not self.turned or at >= free:
                free = at + LINE / _TURNED
                yield tick


def plot_in(box: Area, panel: Panel, keys: Sequence[str]) -> Plot:
    """With room for the panel's title, the labels of its axes, and the legend's `keys`, all measured."""
    width, height = Emu(box[2]).pt, Emu(box[3]).pt
    top = 1.3 * _TITLE_POINTS * len(wrapped(panel.title, _TITLE_POINTS, width)) + 2 * _PAD if panel.title else 2 * _PAD
    below = _PAD + LINE * bool(panel.x.label) + (_PAD + 1.1 * LINE * _rows(keys, width)) * bool(keys)
    up = height - top - below - LINE
    left, right = _beside(panel.y, up, 0.45 * width), _beside(panel.right, up, width) if panel.right else 3 * _PAD
    across = width - left - right
    turn = panel.x.ticks is not None and not are_apart(
        [(across * share(panel.x, tick.at), text_width(tick.said, TEXT_POINTS)) for tick in panel.x.ticks]
    )
    under = max(LINE, _TURNED * _widest(panel.x, 0) + _PAD) if turn else LINE
    up = height - top - below - under
    second = ruler_along(panel.right, up, up=True) if panel.right else None
    x, y = ruler_along(panel.x, across, up=False), ruler_along(panel.y, up, up=True)
    return Plot(width, height, left, top, right, below + under, x, y, second, turn)


def _beside(axis: Axis, length: float, most: float) -> float:
    label = LINE * len(wrapped(axis.label, TEXT_POINTS, 0.9 * length)) if axis.label else 0.0
    return min(most, _widest(axis, length) + 2 * _PAD + label)


def _widest(axis: Axis, length: float) -> float:
    return max((text_width(tick.said, TEXT_POINTS) for tick in axis.ticks or ticks_up(axis, length)), default=0.0)


def _rows(keys: Sequence[str], width: float) -> int:
    """Of the legend, whose entries stand in columns as wide as the widest."""
    widest = max((text_width(key, TEXT_POINTS) for key in keys), default=0.0) + _KEY
    return math.ceil(len(keys) / max(1, int(0.8 * width / widest)))


def set_up(chart: Any, plot: Plot, title: str, keys: bool) -> None:
    """Text sizes, title, legend below, and the frame where it was measured to have room."""
    chart.font.size = Pt(TEXT_POINTS)
    chart.has_title = bool(title)
    if title:
        chart.chart_title.text_frame.text = title
        chart.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(_TITLE_POINTS)
    chart.has_legend = keys
    if keys:
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    area = chart._chartSpace.find(".//" + qn("c:plotArea"))
    for name in itertools.chain(area.iter(qn("c:axId")), area.iter(qn("c:crossAx"))):
        name.set("val", name.get("val").lstrip("-"))  # python-pptx has signed ones, the schema unsigned
    for automatic in area.findall(qn("c:layout")):
        area.remove(automatic)
    across, up = plot.across / plot.width, plot.up / plot.height
    sides = {"x": plot.left / plot.width, "y": plot.top / plot.height, "w": across, "h": up}
    shares = "".join(f'<c:{side} val="{share:.5f}"/>' for side, share in sides.items())
    area.insert(0, parse_xml(
        f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
        f'<c:yMode val="edge"/>{shares}</c:manualLayout></c:layout>'
    ))  # fmt: skip


def dress(drawn: Any, ruler: Ruler, grid: bool) -> None:
    """Range, ticks and label of one axis; names of places are left to the chart."""
    drawn.has_title = bool(ruler.axis.label)
    if ruler.axis.label:
        title_axis(drawn, ruler.axis.label)
    drawn.tick_labels.font.size = Pt(TEXT_POINTS)
    drawn.has_major_gridlines = grid and ruler.axis.ticks is None
    if drawn.has_major_gridlines:
        line = drawn.major_gridlines.format.line
        line.width = Pt(0.75)
        paint(line.color, INK)
        line._ln.find(f".//{qn('a:schemeClr')}").append(parse_xml(f'<a:alpha {nsdecls("a")} val="{_GRID}"/>'))
    drawn.format.line.color.rgb = rgb(LIGHT.quiet)
    drawn.crosses = XL_AXIS_CROSSES.MINIMUM
    drawn.minimum_scale, drawn.maximum_scale = ruler.low, ruler.high
    if ruler.axis.ticks is not None:
        drawn.major_tick_mark = XL_TICK_MARK.NONE
        drawn.tick_labels.number_format, drawn.tick_labels.number_format_is_linked = '" "', False  # keeps their room
        return
    if ruler.base:  # CT_Scaling begins with it
        log = parse_xml(f'<c:logBase {nsdecls("c")} val="{ruler.base}"/>')
        drawn._element.find(qn("c:scaling")).insert(0, log)
    drawn.major_unit = ruler.step
    drawn.tick_labels.number_format, drawn.tick_labels.number_format_is_linked = ruler.number_format, False


def title_axis(drawn: Any, said: str) -> None:
    """Not bold, in the size of all texts."""
    drawn.axis_title.text_frame.text = said
    font = drawn.axis_title.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(TEXT_POINTS), False


def move_to_right(chart: Any, plot: Plot, series: Sequence[Any]) -> None:
    """Series go to a chart of their own on the right axis, which python-pptx has no call for.

    CT_PlotArea (ECMA-376 part 1, 21.2.2.145): layout, then all charts, then all axes. The second x axis is hidden.
    """
    assert plot.second
    area, names = chart._chartSpace.find(".//" + qn("c:plotArea")), nsdecls("c", "a")
    scatter = area.find(qn("c:scatterChart")) is not None
    kind, style, hidden = (
        ("scatterChart", '<c:scatterStyle val="lineMarker"/>', "valAx")
        if scatter
        else ("lineChart", '<c:grouping val="standard"/>', "catAx")
    )
    group = parse_xml(f'<c:{kind} {names}>{style}<c:varyColors val="0"/></c:{kind}>')
    group.extend(series)
    if not scatter:
        SubElement(group, qn("c:marker")).set("val", "1")
    for name in (_X_2, _Y_2):
        SubElement(group, qn("c:axId")).set("val", name)
    area.find(qn("c:scatterChart" if scatter else "c:barChart")).addnext(group)
    last = area.findall(qn("c:valAx"))[-1]
    for tag, own, other, side, crosses in (("valAx", _Y_2, _X_2, "r", "max"), (hidden, _X_2, _Y_2, "b", "autoZero")):
        last.addnext(parse_xml(
            f'<c:{tag} {names}><c:axId val="{own}"/><c:scaling><c:orientation val="minMax"/></c:scaling>'
            f'<c:delete val="{side == "b":d}"/><c:axPos val="{side}"/><c:majorTickMark val="out"/>'
            f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="{other}"/>'
            f'<c:crosses val="{crosses}"/></c:{tag}>'
        ))  # fmt: skip
    pair = area.findall(qn("c:valAx"))
    if scatter:
        x = ValueAxis(pair[-2])
        x.minimum_scale, x.maximum_scale = plot.x.low, plot.x.high
    dress(ValueAxis(pair[-1]), plot.second, grid=False)
    pair[-1].find(qn("c:crosses")).set("val", "max")
