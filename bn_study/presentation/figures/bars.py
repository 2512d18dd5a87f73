"""Bars: metrics of a run by arm, with intervals, beside what the source published of the same metric."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bn_study.analysis.measured import place_of
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import BarsFigure
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.grid_point import MOST_COLUMNS, GridPoint, Page, columns_for, grid_points, pages
from bn_study.presentation.figures.marks import AnyMark, Bar, Look, Text, Whisker
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick
from bn_study.presentation.figures.printed import other_data, printed, printed_hover, printed_text, printed_value
from bn_study.presentation.figures.quantity import Placed, Quantity, placed, quantities, remarks
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import bounds, number, scale_of
from bn_study.presentation.words.wording import arm_index, enumeration, sentence, with_unit

MOST_ROWS = 14  # bars one above the other that still carry readable numbers, over the whole height
_GROUP = 0.8  # share of a row that its bars take
_LOOKS: tuple[Look, ...] = ("full", "pale")
SOME = "mean of the runs that got there"


@dataclass(frozen=True)
class LyingBar:
    """`value` in the unit that is shown; `said` stands at its end, or says why there is none."""

    arm: int
    label: str
    value: Interval
    said: str
    hover: str
    look: Look = "full"
    meaning: str = ""


def bars(results: Results, figure: BarsFigure) -> Iterator[Figure]:
    """Metrics of one unit together, as long as there is room for their bars; six grid points a figure."""
    together = _together(results.plan, figure, quantities(results.plan, figure.metrics))
    for shown in together:
        for page in pages(grid_points(results.plan)):
            yield _figure(results, figure, shown, page, told_apart=len(together) > 1)


def _together(plan: Plan, figure: BarsFigure, drawn: Iterable[Quantity]) -> list[list[Quantity]]:
    """Two of one unit at most, for there are two looks; one alone where two have no room."""
    rows_of_panels = 1 if len(grid_points(plan)) <= MOST_COLUMNS else 2
    rows = len(plan.source.study.arms) * rows_of_panels
    figures: list[list[Quantity]] = []
    for quantity in drawn:
        last = figures[-1] if figures else []
        alike = [scale_of(one.metric) for one in last] == [scale_of(quantity.metric)]
        count = sum(1 + (figure.published and bool(printed(plan, one))) for one in (*last, quantity))
        if alike and rows * count <= MOST_ROWS:
            last.append(quantity)
        else:
            figures.append([quantity])
    return figures


def _figure(results: Results, figure: BarsFigure, shown: Sequence[Quantity], page: Page, told_apart: bool) -> Figure:
    values = {one: placed(results, one) for one in shown}
    sources = {one: printed(results.plan, one) if figure.published else [] for one in shown}
    start, labels = _shared_start([one.label for one in shown])
    said = enumeration(labels)
    meanings = dict(zip(shown, labels, strict=True)) if len(shown) > 1 or any(sources.values()) else {}
    groups = [_groups(results.plan, point, values, sources, meanings) for point in page.points]
    title = figure.title or sentence(": ".join(filter(None, (start, said))))
    axis = lying_axis(with_unit(start or said, shown[0].metric), groups, bounds(shown[0].metric))
    notes = itertools.chain.from_iterable(remarks(results, one, own) for one, own in values.items())
    other = other_data(itertools.chain.from_iterable(sources.values()))
    return Figure(
        form="Bar chart",
        name=page.named("_".join(("bars", *dict.fromkeys(one.metric for one in shown)))),
        title=page.titled(f"{title}: {said}" if figure.title and told_apart else title),
        panels=tuple(map(lying_panel, (point.title for point in page.points), groups, itertools.repeat(axis))),
        columns=columns_for(len(page.points)),
        caption=caption(results, [*dict.fromkeys(notes), *other, *page.remarks]),
    )


def _groups(
    plan: Plan,
    point: GridPoint,
    values: Mapping[Quantity, Sequence[Placed]],
    sources: Mapping[Quantity, Sequence[Published]],
    meanings: Mapping[Quantity, str],
) -> dict[str, list[LyingBar]]:
    """Arm → its bars: each quantity, and what the source published of it."""
    groups: dict[str, list[LyingBar]] = {}
    for rank, (quantity, own) in enumerate(values.items()):
        for one in own:
            if one.axes == point.axes:
                group = groups.setdefault(one.label, [])
                group.append(_measured(quantity, one, _LOOKS[rank], meanings.get(quantity, "")))
                said = (p for p in sources[quantity] if arm_index(plan, p.arm) == one.arm)
                group += [published_bar(plan, p) for p in said if place_of(plan, p) == point.axes]
    return groups


def _measured(quantity: Quantity, one: Placed, look: Look, meaning: str) -> LyingBar:
    scale, said = scale_of(quantity.metric), one.note
    if one.is_known:
        said = f"{number(one.value.mean, scale)}{f' ({one.note})' * bool(one.note)}"
    if one.not_reached:
        look, meaning = "hollow", SOME
    value = scale.interval(one.value)
    return LyingBar(one.arm, one.label, value, said, one.hover("", quantity.metric), look, meaning)


def published_bar(plan: Plan, one: Published, where: str = "") -> LyingBar:
    """What a source printed: hatched."""
    label = plan.source.study.label(one.arm)
    arm, hover = arm_index(plan, one.arm), printed_hover(one, label, where)
    return LyingBar(arm, label, printed_value(one), printed_text(one), hover, "hatched", "published")


def lying_axis(label: str, panels: Iterable[Mapping[str, Sequence[LyingBar]]], bound: tuple[float, float]) -> Axis:
    """From zero, for a bar is as long as its number says; one for all panels."""
    every = (bar.value for groups in panels for group in groups.values() for bar in group)
    ends = [end for value in every for end in (value.mean, value.low, value.high) if math.isfinite(end)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = 0.03 * (high - low) or 1.0
    return Axis(label, max(bound[0], low - room * (low < 0)), min(bound[1], high + room))


def lying_panel(title: str, groups: Mapping[str, Sequence[LyingBar]], x: Axis) -> Panel:
    """Groups from top to bottom, each under its name. What all bars lack for one reason is said once."""
    ticks = tuple(Tick(float(place), name) for place, name in enumerate(groups))
    y = Axis("", len(groups) - 0.5, -0.5, ticks=ticks)
    reasons = {"" if _is_known(bar) else bar.said for group in groups.values() for bar in group}
    if len(reasons) == 1 and (empty := reasons.pop()):
        return Panel(title, x, y, (), empty=empty)
    marks = itertools.chain.from_iterable(_group(place, group) for place, group in enumerate(groups.values()))
    return Panel(title, x, y, tuple(marks))


def _is_known(bar: LyingBar) -> bool:
    return math.isfinite(bar.value.mean)


def _group(place: int, group: Sequence[LyingBar]) -> Iterator[AnyMark]:
    alike = len({bar.said for bar in group}) == 1 and not any(map(_is_known, group))
    for rank, bar in enumerate(group[:1] if alike else group):
        width = _GROUP / (1 if alike else len(group))
        yield from _marks(bar, place + (rank + 0.5) * width - _GROUP / 2, 0.9 * width)


def _marks(bar: LyingBar, at: float, width: float) -> Iterator[AnyMark]:
    value = bar.value
    if not _is_known(bar):
        yield Text(x=0.0, y=at, said=bar.said, side="right")
        return
    arm, label = bar.arm, bar.label
    yield Bar(
        arm=arm, label=label, look=bar.look, meaning=bar.meaning, hover=bar.hover, along="x", at=at, width=width,
        end=value.mean,
    )  # fmt: skip
    if math.isfinite(value.low):
        yield Whisker(label=label, along="x", at=at, low=value.low, high=value.high)
    end = max(0.0, value.mean, value.high if math.isfinite(value.high) else 0.0)
    yield Text(arm=arm, label=label, x=end, y=at, said=bar.said, side="right")


def _shared_start(labels: Sequence[str]) -> tuple[str, list[str]]:
    """('validation accuracy', ['last epoch', 'best epoch']); an empty start where two labels share none."""
    parts = [label.partition(", ") for label in labels]
    starts = {start for start, _, rest in parts if rest}
    if len(labels) > 1 and len(starts) == 1 and all(rest for _, _, rest in parts):
        return starts.pop(), [rest for _, _, rest in parts]
    return "", list(labels)
