"""A panel of lines, dots and crosses as a scatter chart that can be edited: every mark at its own place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE

from bn_study.presentation.drawing.text import wrapped
from bn_study.presentation.figures.arm_style import ArmStyle
from bn_study.presentation.figures.marks import AnyMark, Band, Cross, Dot, Line, Look, Side, Text, Whisker
from bn_study.presentation.figures.panel import Panel
from bn_study.presentation.slides.axes import NAME_PAD, Area, Plot, dress, move_to_right, plot_in, set_up
from bn_study.presentation.slides.look import (
    INK,
    NO_ARM,
    TEXT_POINTS,
    add_error_bars,
    hide,
    label,
    only_in_legend,
    paint_interval,
    paint_line,
    paint_marker,
    style_of,
)

_SHAPES = {"circle": "o", "diamond": "D", "cross": "x", "ring": "ring"}


@dataclass(frozen=True)
class _Point:
    """NaN is a gap; `said` stands at a `side` of it."""

    x: float
    y: float
    said: str = ""
    side: Side = "right"


@dataclass(frozen=True)
class _PointSeries:
    """Points of one look. `key`: the legend names it."""

    name: str
    points: tuple[_Point, ...]
    drawn: Literal["line", "markers", "interval", "texts"]
    arm: int | None = None
    look: Look = "full"
    style: ArmStyle = NO_ARM
    key: bool = False
    right: bool = False


def add_scatter(shapes: Any, box: Area, panel: Panel, styles: Sequence[ArmStyle]) -> Any:
    """Returns its frame. Names of places are texts at points without a mark, for its axes have numbers alone."""
    series = [
        *_lying(panel, styles),
        *_lines(panel, styles),
        *_markers(panel, styles),
        *_meanings(panel),
        *_texts(panel),
    ]
    series.sort(key=lambda one: (one.right, one.key or one.style.marker != "ring"))  # right axis last, rings below
    keys = [one.name for one in series if one.key]
    plot = plot_in(box, panel, keys)
    series[:0] = _names(panel, plot)
    chart, frame = _filled(shapes, box, plot, series)
    set_up(chart, plot, panel.title, bool(keys))
    dress(chart.category_axis, plot.x, grid=False)
    dress(chart.value_axis, plot.y, grid=True)
    drawn = list(chart.plots[0].series)
    for one, look in zip(series, drawn, strict=True):
        _paint(look, one, plot.turned)
        _add_intervals(look, one, panel)
    if keys:
        only_in_legend(chart, [place for place, one in enumerate(series) if one.key])
    if plot.second:
        move_to_right(chart, plot, [look._element for one, look in zip(series, drawn, strict=True) if one.right])
    return frame


def _filled(shapes: Any, box: Area, plot: Plot, series: list[_PointSeries]) -> tuple[Any, Any]:
    """The first series ends in blanks if another is longer: LibreOffice would drop it."""
    data, most = XyChartData(number_format="General"), max(len(one.points) for one in series)
    for rank, one in enumerate(series):
        added, y = data.add_series(one.name), plot.second if one.right and plot.second else plot.y
        for point in one.points:
            added.add_data_point(plot.x.at(point.x), y.at(point.y) if math.isfinite(point.y) else None)
        for _ in range((most - len(one.points)) * (rank == 0)):
            added.add_data_point(None, None)
    frame = shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES, *box, data)
    return frame.chart, frame


def _lying(panel: Panel, styles: Sequence[ArmStyle]) -> Iterator[_PointSeries]:
    """Intervals along x as lines: LibreOffice draws no error bars along it."""
    for mark in panel.marks:
        if isinstance(mark, Whisker) and mark.along == "x":
            ends = _Point(mark.low, mark.at), _Point(mark.high, mark.at)
            yield _PointSeries("interval", ends, "interval", style=style_of(styles, mark.arm))


def _lines(panel: Panel, styles: Sequence[ArmStyle]) -> Iterator[_PointSeries]:
    """The legend names an arm once, and not where the ticks name it."""
    named = {"", *(tick.said for axis in (panel.x, panel.y) for tick in axis.ticks or ())}
    for mark in panel.marks:
        if isinstance(mark, Line):
            name = ", ".join(dict.fromkeys(filter(None, (mark.label, mark.meaning))))
            points = tuple(_Point(x, y) for x, y in zip(mark.x, mark.y, strict=True) if math.isfinite(x))
            key, style = not mark.meaning and mark.label not in {*named, ""}, style_of(styles, mark.arm)
            yield _PointSeries(name, points, "line", mark.arm, mark.look, style, key, mark.right)
            named.add(mark.label)


def _markers(panel: Panel, styles: Sequence[ArmStyle]) -> Iterator[_PointSeries]:
    """Dots and crosses of one arm and meaning are one series."""
    found: dict[tuple[str, str, int | None, Look, str], list[_Point]] = {}
    for mark in panel.marks:
        if isinstance(mark, (Dot, Cross)):
            shape, said = ("cross", mark.said) if isinstance(mark, Cross) else (mark.shape, "")
            side = mark.side if isinstance(mark, Cross) else "right"
            own = found.setdefault((mark.label, mark.meaning, mark.arm, mark.look, shape), [])
            own.append(_Point(mark.x, mark.y, said, side))
    for (name, meaning, arm, look, shape), points in found.items():
        said, style = ", ".join(filter(None, (name, meaning))), style_of(styles, arm)
        style = replace(style, marker=_SHAPES.get(shape, style.marker))
        yield _PointSeries(said, tuple(points), "markers", arm, look, style)


def _meanings(panel: Panel) -> Iterator[_PointSeries]:
    """What each look stands for, in grey: a series without a point, for the legend alone."""
    first: dict[str, AnyMark] = {}
    for mark in panel.marks:
        if mark.meaning:
            first.setdefault(mark.meaning, mark)
    for meaning, mark in first.items():
        nowhere = (_Point(panel.x.low, math.nan),)
        shape = "cross" if isinstance(mark, Cross) else mark.shape if isinstance(mark, Dot) else "circle"
        drawn: Literal["line", "markers"] = "line" if isinstance(mark, Line) else "markers"
        style = replace(NO_ARM, marker=_SHAPES.get(shape, "o"))
        yield _PointSeries(meaning, nowhere, drawn, None, mark.look, style, key=True)


def _texts(panel: Panel) -> Iterator[_PointSeries]:
    texts = tuple(_Point(one.x, one.y, one.said, one.side) for one in panel.marks if isinstance(one, Text))
    if texts:
        yield _PointSeries("numbers", texts, "texts")


def _names(panel: Panel, plot: Plot) -> Iterator[_PointSeries]:
    """Below the frame and on its left; along x no more than have room."""
    if panel.x.ticks:
        points = tuple(_Point(tick.at, plot.y.at(plot.y.low), tick.said, "below") for tick in plot.names_along_x)
        yield _PointSeries("places along x", points, "texts")
    if panel.y.ticks:
        room = plot.left - 2 * NAME_PAD
        names = (("\n".join(wrapped(tick.said, TEXT_POINTS, room)), tick.at) for tick in panel.y.ticks)
        points = tuple(_Point(plot.x.at(plot.x.low), at, said, "left") for said, at in names)
        yield _PointSeries("places along y", points, "texts")


def _paint(drawn: Any, one: _PointSeries, turn: bool) -> None:
    if one.drawn == "line":
        paint_line(drawn, one.style, one.look, len(one.points))
    elif one.drawn == "interval":
        paint_interval(drawn, one.style)
    elif one.drawn == "markers":
        drawn.format.line.fill.background()
        paint_marker(drawn.marker, one.style, one.look)
    else:
        hide(drawn)
    for rank, point in enumerate(one.points):
        if point.said:
            label(drawn.points[rank], point.said, point.side, INK, turn and point.side == "below")


def _add_intervals(drawn: Any, one: _PointSeries, panel: Panel) -> None:
    """Those of the panel's bands and whiskers that lie around the series' points."""
    if one.drawn not in ("line", "markers") or one.look == "pale" or one.style.marker == "ring":
        return
    around = [mark for mark in panel.marks if isinstance(mark, (Band, Whisker)) and mark.arm == one.arm]
    found = [_interval(point, around) for point in one.points]
    band = any(isinstance(mark, Band) for mark in around)
    add_error_bars(drawn, [low for low, _ in found], [high for _, high in found], "y", one.style.color, band)


def _interval(point: _Point, around: list[Band | Whisker]) -> tuple[float, float]:
    """How far it reaches below and above the point."""
    for mark in around:
        low, high = math.nan, math.nan
        if isinstance(mark, Whisker) and (mark.along, mark.at) == ("y", point.x):
            low, high = mark.low, mark.high
        elif isinstance(mark, Band) and point.x in mark.x:
            low, high = (ends[mark.x.index(point.x)] for ends in (mark.low, mark.high))
        if low <= point.y <= high:
            return point.y - low, high - point.y
    return 0.0, 0.0
