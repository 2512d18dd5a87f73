"""Against an axis: metrics over one axis of the grid, an arm a line or bar; the other axes are panels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from bn_study.analysis.axis import Axes, AxisValue, axis_name, axis_paths
from bn_study.analysis.measured import place_of
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import AxisFigure, BarsFigure
from bn_study.config.study import Published
from bn_study.presentation.figures.bars import SOME, bars
from bn_study.presentation.figures.grid_point import MOST_COLUMNS, GridPoint, Page, columns_for, grid_points, pages
from bn_study.presentation.figures.marks import AnyMark, Band, Bar, Cross, Dot, Line, Text, Whisker
from bn_study.presentation.figures.panel import Axis, Figure, Panel, span
from bn_study.presentation.figures.place import Places, ordered, places, steps
from bn_study.presentation.figures.printed import other_data, printed, printed_hover, printed_value
from bn_study.presentation.figures.quantity import Placed, Quantity, placed, quantities, remarks
from bn_study.presentation.words.caption import caption, why_absent
from bn_study.presentation.words.number import bounds, number, scale_of
from bn_study.presentation.words.wording import arm_index, sentence, value_label, with_unit

_MOST_MARKS = 32  # along the width of a figure; with more, intervals are bands
_GROUP = 0.84  # share of a place's width that its bars take
_DODGE = 0.01  # of a figure's width: between arms at one place of a line chart
_ROW, _ROWS, _BAR_STRIP = 0.08, 0.34, 0.16  # of a panel's height: a row of crosses, all of them; those under bars
_NEAR = 0.09  # of it: a published number so close above a bar pushes the bar's own number up

_Key: TypeAlias = tuple[AxisValue, ...]


@dataclass(frozen=True)
class _Swept:
    """A quantity by arm and grid point, and what the source published of it."""

    quantity: Quantity
    values: Mapping[tuple[str, _Key], Placed]
    published: Mapping[tuple[int, _Key], Published]

    @property
    def label(self) -> str:
        return with_unit(self.quantity.label, self.quantity.metric)

    def shown(self, one: Placed) -> Interval:
        """In the unit that is shown."""
        return scale_of(self.quantity.metric).interval(one.value)

    def ends(self) -> list[float]:
        """Every number that the axis has to reach."""
        intervals = [*map(self.shown, self.values.values()), *map(printed_value, self.published.values())]
        ends = [end for one in intervals for end in (one.mean, one.low, one.high)]
        return [end for end in ends if math.isfinite(end)]


@dataclass(frozen=True)
class _Sweep:
    """What all panels of a figure share; `strip` is the share of their height that crosses take."""

    results: Results
    mark: Literal["lines", "bars"]
    against: str
    where: Places
    columns: int
    swept: _Swept
    second: _Swept | None
    strip: float

    @property
    def is_dense(self) -> bool:
        """So many values that marks of neighbours would cover each other."""
        return self.mark == "lines" and len(self.where.values) * self.columns > _MOST_MARKS


@dataclass(frozen=True)
class _Point:
    """An arm at one place of a panel; `said` names the place, `row` is where its cross stands in the strip."""

    placed: Placed
    published: Published | None
    x: float
    said: str
    row: int = 0


def against_axis(results: Results, figure: AxisFigure) -> Iterator[Figure]:
    """One figure a metric and six panels. Bars, and a sentence that says so, where `--set` has fixed the axis."""
    paths = axis_paths(results.plan)
    against = figure.against or next(iter(paths), "")
    if against not in paths:
        asked = BarsFigure(kind="bars", metrics=figure.metrics, published=figure.published, title=figure.title)
        told = f"{sentence(axis_name(against))} has one value here, so there is no axis of it." if against else ""
        yield from (replace(one, caption=(*one.caption, *filter(None, [told]))) for one in bars(results, asked))
        return
    second = [_swept(results, one, False) for one in quantities(results.plan, filter(None, [figure.second_metric]))]
    points, drawn = grid_points(results.plan), quantities(results.plan, figure.metrics)
    rest = tuple(GridPoint(dict(one)) for one in dict.fromkeys(_without(point.axes, against) for point in points))
    values = ordered([point.axes[against] for point in points])
    where = steps(values) if figure.mark == "bars" else places(values)
    for quantity in drawn:
        swept = _swept(results, quantity, figure.published)
        title = f"{figure.title}: {quantity.label}" if figure.title and len(drawn) > 1 else figure.title
        for page in pages(rest):
            columns, strip = _columns(page.points), _strip(figure.mark, swept)
            sweep = _Sweep(results, figure.mark, against, where, columns, swept, second[0] if second else None, strip)
            yield _figure(sweep, page, title)


def _swept(results: Results, quantity: Quantity, published: bool) -> _Swept:
    said = {}
    for one in printed(results.plan, quantity) if published else ():
        place = place_of(results.plan, one)
        assert not isinstance(place, str)  # else it is not among them
        said[arm_index(results.plan, one.arm), tuple(place.values())] = one
    values = {(one.label, tuple(one.axes.values())): one for one in placed(results, quantity)}
    return _Swept(quantity, values, said)


def _without(axes: Axes, path: str) -> tuple[tuple[str, AxisValue], ...]:
    return tuple((other, value) for other, value in axes.items() if other != path)


def _columns(rest: tuple[GridPoint, ...]) -> int:
    """With two other axes the last one runs across, if its values have room."""
    across = len({tuple(one.axes.values())[-1] for one in rest}) if rest[0].axes else 1
    several = len(rest[0].axes) > 1 and 1 < across <= MOST_COLUMNS and len(rest) % across == 0
    return across if several else columns_for(len(rest))


def _strip(mark: str, swept: _Swept) -> float:
    """Room below every number for crosses: side by side under bars, else one above the other."""
    rows: dict[_Key, int] = {}
    for (_, key), one in swept.values.items():
        rows[key] = rows.get(key, 0) + bool(one.diverged)
    most = max(rows.values(), default=0)
    return 0.0 if not most else _BAR_STRIP if mark == "bars" else min(_ROW * most, _ROWS) + 0.02


def _figure(sweep: _Sweep, page: Page, title: str | None) -> Figure:
    quantity, against = sweep.swept.quantity, axis_name(sweep.against)
    notes = remarks(sweep.results, quantity, sweep.swept.values.values())
    other = other_data(sweep.swept.published.values())
    own = sentence(f"{quantity.label}{',' * (', ' in quantity.label)} against {against}")
    return Figure(
        form="Chart against one axis",
        name=page.named(f"axis_{quantity.metric}_{against.replace(' ', '_')}"),
        title=page.titled(title or own),
        panels=tuple(_panel(sweep, rest) for rest in page.points),
        columns=sweep.columns,
        caption=caption(sweep.results, [*notes, *other, *page.remarks]),
    )


def _panel(sweep: _Sweep, rest: GridPoint) -> Panel:
    arms, y = _points(sweep, sweep.swept, rest), _y_axis(sweep)
    draw = _bars if sweep.mark == "bars" else _lines
    marks = [*draw(sweep, arms, y), *_crosses(sweep, arms, y)]
    right = _right_axis(sweep) if sweep.second else None
    if sweep.second and marks:
        marks += _second(sweep, sweep.second, _points(sweep, sweep.second, rest))
    counts = (point.placed.counts for own in arms.values() for point in own)
    label = axis_name(sweep.against)
    x = sweep.where.axis(label) if sweep.mark == "lines" else _bar_places(sweep, label)
    return Panel(rest.title, x, y, tuple(marks), right, "" if marks else why_absent(counts))


def _points(sweep: _Sweep, swept: _Swept, rest: GridPoint) -> dict[str, list[_Point]]:
    """Arm → its points from left to right, in the order of the study."""
    paths, found, rows = axis_paths(sweep.results.plan), dict[str, list[_Point]](), dict[float, int]()
    for label in dict.fromkeys(label for label, _ in swept.values):
        for value, x in zip(sweep.where.values, sweep.where.at, strict=True):
            key = tuple(value if path == sweep.against else rest.axes[path] for path in paths)
            if one := swept.values.get((label, key)):
                said, row = f"{axis_name(sweep.against)} {value_label(value)}", rows.get(x, 0)
                rows[x] = row + bool(one.diverged)
                point = _Point(one, swept.published.get((one.arm, key)), x, said, row)
                found.setdefault(label, []).append(point)
    return found


def _y_axis(sweep: _Sweep) -> Axis:
    metric, ends = sweep.swept.quantity.metric, sweep.swept.ends()
    low, high = span(ends, *bounds(metric))
    if sweep.mark == "bars":
        low, high = min([0.0, *ends]), high if max([0.0, *ends]) else 0.0
        high = high if high > low else low + 1.0
    return Axis(sweep.swept.label, _below(low, high, sweep.strip), high, ticked=(low, high))


def _right_axis(sweep: _Sweep) -> Axis:
    """From zero, above the strip too."""
    assert sweep.second
    high = 1.06 * max([0.0, *sweep.second.ends()]) or 1.0
    return Axis(sweep.second.label, _below(0.0, high, sweep.strip), high, ticked=(0.0, high))


def _below(low: float, high: float, strip: float) -> float:
    """Where an axis begins that has a strip below `low`."""
    return low - (high - low) * strip / (1 - strip)


def _bar_places(sweep: _Sweep, label: str) -> Axis:
    return replace(sweep.where.axis(label), low=-0.5, high=len(sweep.where.values) - 0.5)


def _lines(sweep: _Sweep, arms: Mapping[str, list[_Point]], y: Axis) -> Iterator[AnyMark]:
    """Arms side by side at one place, so that their intervals do not cover each other."""
    apart = 0.0 if sweep.is_dense else min(_DODGE, 4 * _DODGE / max(1, len(arms))) * sweep.columns * sweep.where.span
    for rank, (label, own) in enumerate(arms.items()):
        shift, arm = (rank - (len(arms) - 1) / 2) * apart, own[0].placed.arm
        known = [point for point in own if point.placed.is_known]
        values = [sweep.swept.shown(point.placed) for point in known]
        x = tuple(point.x + shift for point in known)
        if sweep.is_dense and known:
            low, high = tuple(value.low for value in values), tuple(value.high for value in values)
            yield Band(arm=arm, label=label, x=x, low=low, high=high)
        if known:
            hovers = tuple(point.placed.hover(point.said, sweep.swept.quantity.metric) for point in known)
            yield Line(arm=arm, label=label, x=x, y=tuple(value.mean for value in values), hovers=hovers)
        for point, at, value in zip(known, x, values, strict=True):
            if math.isfinite(value.low) and not sweep.is_dense:
                yield Whisker(arm=arm, label=label, along="y", at=at, low=value.low, high=value.high)
            if point.placed.not_reached:
                yield Dot(arm=arm, label=label, x=at, y=value.mean, look="hollow", meaning=SOME)
        for point in own:
            yield from _published(point, point.x + shift)


def _bars(sweep: _Sweep, arms: Mapping[str, list[_Point]], y: Axis) -> Iterator[AnyMark]:
    slot = _GROUP / max(1, len(arms))
    for rank, own in enumerate(arms.values()):
        for point in own:
            x = point.x + (rank + 0.5) * slot - _GROUP / 2
            if point.placed.is_known:
                yield from _bar(sweep, point, x, 0.9 * slot, y)
            yield from _published(point, x)


def _bar(sweep: _Sweep, point: _Point, x: float, width: float, y: Axis) -> Iterator[AnyMark]:
    one, value, some = point.placed, sweep.swept.shown(point.placed), point.placed.not_reached > 0
    yield Bar(
        arm=one.arm, label=one.label, look="hollow" if some else "full", meaning=SOME * some,
        hover=_hover(sweep, point), along="y", at=x, width=width, end=value.mean,
    )  # fmt: skip
    if math.isfinite(value.low):
        yield Whisker(label=one.label, along="y", at=x, low=value.low, high=value.high)
    said = number(one.value.mean, scale_of(sweep.swept.quantity.metric))
    yield Text(arm=one.arm, label=one.label, x=x, y=_top(point, value, y), said=said, side="above")


def _hover(sweep: _Sweep, point: _Point) -> str:
    return point.placed.hover(point.said, sweep.swept.quantity.metric)


def _top(point: _Point, value: Interval, y: Axis) -> float:
    """Of a bar and its interval, and of a published number that stands where the bar's own number would."""
    top = max(0.0, value.mean, value.high if math.isfinite(value.high) else 0.0)
    if point.published:
        said = printed_value(point.published)
        low, high = (end if math.isfinite(end) else said.mean for end in (said.low, said.high))
        room = _NEAR * (y.high - y.low)
        top = high if top - room / 2 < high and low < top + room else top
    return top


def _published(point: _Point, x: float) -> Iterator[AnyMark]:
    """A diamond, for a source's number is no run of ours."""
    if not point.published:
        return
    value, arm, label = printed_value(point.published), point.placed.arm, point.placed.label
    if math.isfinite(value.low):
        yield Whisker(arm=arm, label=label, along="y", at=x, low=value.low, high=value.high)
    hover = printed_hover(point.published, label, point.said)
    yield Dot(arm=arm, label=label, x=x, y=value.mean, shape="diamond", look="hollow", meaning="published", hover=hover)


def _crosses(sweep: _Sweep, arms: Mapping[str, list[_Point]], y: Axis) -> Iterator[AnyMark]:
    """Below every number, with how many of the planned runs each stands for."""
    slot, height = _GROUP / max(1, len(arms)), y.high - y.low
    most = max((point.row for own in arms.values() for point in own if point.placed.diverged), default=0)
    row = min(_ROW, (sweep.strip - 0.06) / max(1, most))
    for rank, own in enumerate(arms.values()):
        for point in own:
            if point.placed.diverged:
                under_bars = sweep.mark == "bars"
                x = point.x + ((rank + 0.5) * slot - _GROUP / 2) * under_bars
                at = y.low + height * (0.11 if under_bars else 0.05 + row * point.row)
                yield Cross(
                    arm=point.placed.arm, label=point.placed.label, x=x, y=at, said=point.placed.diverged,
                    side="below" if under_bars else "right", meaning="diverged runs of planned",
                    hover=_hover(sweep, point),
                )  # fmt: skip


def _second(sweep: _Sweep, second: _Swept, arms: Mapping[str, list[_Point]]) -> Iterator[AnyMark]:
    """In the units of the right axis, with hollow markers."""
    for label, own in arms.items():
        known, what = [point for point in own if point.placed.is_known], second.quantity
        if known:
            yield Line(
                arm=known[0].placed.arm, label=label, look="hollow", meaning=f"{second.label}, right axis", right=True,
                x=tuple(point.x for point in known), y=tuple(second.shown(point.placed).mean for point in known),
                hovers=tuple(one.placed.hover(f"{what.label}, {one.said}", what.metric) for one in known),
            )  # fmt: skip
