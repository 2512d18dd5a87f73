"""A panel of bars as a bar chart that can be edited: lying or standing, one category a place of the named axis."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from bn_study.presentation.drawing.style import LIGHT, text_on
from bn_study.presentation.drawing.text import text_width
from bn_study.presentation.figures.arm_style import ArmStyle
from bn_study.presentation.figures.marks import Bar, Cross, Dot, Line, Look, Mark, Text, Whisker
from bn_study.presentation.figures.panel import Axis, Panel
from bn_study.presentation.slides.axes import Area, Plot, dress, move_to_right, plot_in, set_up, title_axis
from bn_study.presentation.slides.look import (
    INK,
    TEXT_POINTS,
    add_error_bars,
    fill_bar,
    label,
    only_in_legend,
    paint_line,
    rgb,
    style_of,
)

_GAP = 50  # between categories, in percent of a bar
_LOST = "✕"  # runs that diverged
_DARK = -0.5  # brightness of lines over bars of the same arm
_ROOM = 8.0  # points that a number keeps free of its bar's foot and of its interval


@dataclass(frozen=True)
class _Value:
    """What a series has in a category; `said` is written at the bar's foot where it has room."""

    arm: int | None
    look: Look
    mean: float
    low: float = math.nan
    high: float = math.nan
    said: str = ""


@dataclass
class _Series:
    """At most one value a category (its number). `right`: a line on the right axis."""

    name: str
    values: dict[int, _Value] = field(default_factory=dict)
    right: bool = False


@dataclass(frozen=True)
class _Frame:
    """Where bars stand, and how broad one is (points)."""

    plot: Plot
    lying: bool
    breadth: float

    def holds(self, value: _Value) -> bool:
        """Whether what is said has room at the bar's foot, below its interval; over no bar there is room enough."""
        lines, scale = value.said.split("\n"), self.plot.x if self.lying else self.plot.y
        widest, high = max(text_width(line, TEXT_POINTS) for line in lines), 1.3 * TEXT_POINTS * len(lines)
        end = min(value.mean, value.low) if math.isfinite(value.low) else value.mean
        free = (self.plot.across if self.lying else self.plot.up) * end / (scale.high - scale.low)
        if self.lying:
            return widest + 2 * _ROOM <= free
        return widest <= self.breadth and (not value.mean or high + _ROOM <= free)


def add_bars(shapes: Any, box: Area, panel: Panel, styles: Sequence[ArmStyle]) -> Any:
    """Returns its frame. Diverged runs are written where their bars would stand: no strip is kept for them."""
    panel = replace(panel, y=replace(panel.y, low=(panel.y.ticked or (panel.y.low,))[0], ticked=None))
    lying = any(isinstance(mark, Bar) and mark.along == "x" for mark in panel.marks)
    named = panel.y if lying else panel.x
    bars, lines, places = _bars(panel, named), _lines(panel, named), range(len(named.ticks or ()))
    keys = [one.name for one in bars] if len(bars) > 1 else []
    plot = plot_in(box, panel, keys)
    frame = _Frame(plot, lying, plot.across / len(places) / (len(bars) + _GAP / 100))
    data = CategoryChartData(number_format="General")
    data.categories = [_category(panel, named, place, bars, frame) for place in places]
    for one in (*bars, *lines):
        data.add_series(one.name, [one.values[place].mean if place in one.values else None for place in places])
    kind = XL_CHART_TYPE.BAR_CLUSTERED if lying else XL_CHART_TYPE.COLUMN_CLUSTERED
    shape = shapes.add_chart(kind, *box, data)
    chart = shape.chart
    set_up(chart, plot, panel.title, bool(keys))
    _dress_axes(chart, plot, lying)
    chart.plots[0].gap_width, chart.plots[0].overlap = _GAP, 0
    drawn = list(chart.plots[0].series)
    for one, look in zip(bars, drawn, strict=False):
        _paint(look, one, frame, styles)
    if keys:
        only_in_legend(chart, range(len(bars)))
    if lines:
        _add_lines(chart, plot, lines, drawn[len(bars) :], styles)
    return shape


def _place(named: Axis, at: float) -> int:
    """The number of the nearest tick."""
    ticks = named.ticks or ()
    return min(range(len(ticks)), key=lambda place: abs(ticks[place].at - at))


def _bars(panel: Panel, named: Axis) -> list[_Series]:
    """A series an arm and meaning where arms stand side by side in a category, else one a rank in it."""
    values = list(_values(panel, named))
    places = {place for _, place, _ in values}
    shared = len({(place, value.arm) for _, place, value in values}) > len(places)
    meanings = {mark.meaning for mark, _, _ in values}
    found, ranks = dict[object, _Series](), dict.fromkeys(places, 0)
    for mark, place, value in values:
        meaning = mark.meaning if len(meanings) > 1 else ""
        name = ", ".join(filter(None, (mark.label, meaning))) if shared else mark.meaning or mark.label
        one = found.setdefault((mark.label, meaning) if shared else ranks[place], _Series(name))
        one.values.setdefault(place, value)
        ranks[place] += 1
    return sorted(found.values(), key=lambda one: min(value.arm or 0 for value in one.values.values()) if shared else 0)


def _values(panel: Panel, named: Axis) -> Iterator[tuple[Mark, int, _Value]]:
    """(mark, category, value): of bars, of what was published of them, and of bars that diverged runs do not have."""
    ends = {mark.at for mark in panel.marks if isinstance(mark, Bar)}
    for mark in panel.marks:
        if isinstance(mark, Bar):
            low, high = _interval(panel, mark.at, mark.end, mark.along)
            yield mark, _place(named, mark.at), _Value(mark.arm, mark.look, mark.end, low, high, _said(panel, mark))
        elif isinstance(mark, Dot):
            low, high = _interval(panel, mark.x, mark.y, "y")
            yield mark, _place(named, mark.x), _Value(mark.arm, "hatched", mark.y, low, high)
        elif isinstance(mark, Cross) and mark.x not in ends:
            said = f"{_LOST}\n{mark.said}"
            yield replace(mark, meaning=""), _place(named, mark.x), _Value(mark.arm, "full", 0.0, said=said)


def _interval(panel: Panel, at: float, value: float, along: str) -> tuple[float, float]:
    for mark in panel.marks:
        if isinstance(mark, Whisker) and (mark.along, mark.at) == (along, at) and mark.low <= value <= mark.high:
            return mark.low, mark.high
    return math.nan, math.nan


def _said(panel: Panel, bar: Bar) -> str:
    """Its number; of a bar that some of its runs diverged from, how many."""
    for mark in panel.marks:
        if isinstance(mark, Cross) and mark.x == bar.at:
            return f"{_LOST}\n{mark.said}"
    texts = (mark for mark in panel.marks if isinstance(mark, Text) and mark.arm is not None)
    return next((mark.said for mark in texts if (mark.y if bar.along == "x" else mark.x) == bar.at), "")


def _lines(panel: Panel, named: Axis) -> list[_Series]:
    return [
        _Series(
            f"{mark.label}, {mark.meaning}",
            {_place(named, x): _Value(mark.arm, mark.look, y) for x, y in zip(mark.x, mark.y, strict=True)},
            right=True,
        )
        for mark in panel.marks
        if isinstance(mark, Line) and mark.right
    ]


def _category(panel: Panel, named: Axis, place: int, bars: list[_Series], frame: _Frame) -> str:
    """The name of a place; with why there is no bar, and with what has no room at a bar's foot."""
    name = (named.ticks or ())[place].said
    texts = [mark for mark in panel.marks if isinstance(mark, Text) and mark.arm is None]
    said = [mark.said for mark in texts if _place(named, mark.y if frame.lying else mark.x) == place]
    for one in bars:
        value = one.values.get(place)
        if value and value.said and not frame.holds(value):
            if frame.lying:
                said.append(value.said)
            elif _LOST in value.said:
                said.append(" ".join(f"{one.name} {value.said}".split()))
    return f"{name} ({'; '.join(dict.fromkeys(said))})" if said else name


def _paint(drawn: Any, one: _Series, frame: _Frame, styles: Sequence[ArmStyle]) -> None:
    """Each bar in its arm's colour; the series itself, which the legend shows, in that or in grey."""
    values, arms = one.values, {value.arm for value in one.values.values()}
    first = next(iter(values.values()))
    fill_bar(drawn.format, style_of(styles, first.arm if len(arms) == 1 else None), first.look)
    for place, value in values.items():
        if len(arms) > 1 or value.look != first.look:
            fill_bar(drawn.points[place].format, style_of(styles, value.arm), value.look)
        if value.said and frame.holds(value):
            filled, full = text_on(style_of(styles, value.arm).color), value.look == "full"
            ink = INK if not value.mean else filled if full else LIGHT.ink
            label(drawn.points[place], value.said, None, ink)
    known = [values.get(place, _Value(None, "full", 0.0)) for place in range(max(values) + 1)]
    minus, plus = [value.mean - value.low for value in known], [value.high - value.mean for value in known]
    add_error_bars(drawn, minus, plus, "", INK)


def _dress_axes(chart: Any, plot: Plot, lying: bool) -> None:
    """Lying bars stand from top to bottom; their numbers still below."""
    dress(chart.value_axis, plot.x if lying else plot.y, grid=True)
    names = chart.category_axis
    names.tick_labels.font.size, names.has_major_gridlines = Pt(TEXT_POINTS), False
    names.format.line.color.rgb = rgb(LIGHT.quiet)
    names.has_title = bool(plot.x.axis.label) and not lying
    if lying:
        names.reverse_order = True
        chart.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        chart.value_axis.major_tick_mark = XL_TICK_MARK.NONE  # they would stand above
        chart.value_axis.format.line.fill.background()
    elif names.has_title:
        title_axis(names, plot.x.axis.label)


def _add_lines(chart: Any, plot: Plot, lines: list[_Series], drawn: list[Any], styles: Sequence[ArmStyle]) -> None:
    """The last series become a line chart on the right axis.

    CT_BarSer and CT_LineSer share idx, order, tx, cat and val; the rest is of columns alone.
    """
    moved = []
    for series in drawn:
        line = parse_xml(f"<c:ser {nsdecls('c')}/>")
        for name in ("c:idx", "c:order", "c:tx", "c:cat", "c:val"):
            line.append(copy.deepcopy(series._element.find(qn(name))))
        series._element.getparent().remove(series._element)
        moved.append(line)
    move_to_right(chart, plot, moved)
    for one, series in zip(lines, chart.plots[1].series, strict=True):
        arm = next(iter(one.values.values())).arm
        paint_line(series, style_of(styles, arm), "hollow", len(one.values))
        for color in (series.format.line.color, series.marker.format.fill.fore_color, series.marker.format.line.color):
            color.brightness = _DARK
