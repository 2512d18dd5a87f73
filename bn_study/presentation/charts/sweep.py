"""Sweep: numbers against one axis of the grid, an arm a line or bar; the other axes are panels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from bn_study.analysis.axis import Axes, AxisValue, axes_text, axis_name, axis_paths
from bn_study.analysis.measured import place_of
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import AxisFigure
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.axis_chart import NO_VALUE, AxisChart, AxisPanel, AxisPoint, AxisSeries
from bn_study.presentation.charts.combination import MOST_COLUMNS, MOST_PANELS, columns_for, combinations
from bn_study.presentation.charts.printed import other_data, printed, printed_value
from bn_study.presentation.charts.quantity import Placed, Quantity, placed, quantities, unreached_sentence
from bn_study.presentation.words.caption import OPTIMISTIC, caption
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import arm_index, arm_label, brief, sentence, value_label, with_unit

LAST_EPOCH = "last epoch"
_FOR_LOG = 10.0

GridPoint: TypeAlias = tuple[AxisValue, ...]


@dataclass(frozen=True)
class Swept:
    """A metric at every grid point, named `label` in the figure; `published` is in the unit that is shown."""

    metric: str
    label: str
    values: tuple[Placed, ...]
    published: Mapping[tuple[str, GridPoint], Interval] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """How it is drawn: `against` is the path of the axis that becomes x; the title is made up where there is none."""

    name: str
    title: str | None
    against: str
    mark: Literal["lines", "bars"] = "lines"


def axis_charts(results: Results, figure: AxisFigure) -> tuple[AxisChart, ...]:
    """One chart a metric; for a figure whose axis the plan has."""
    against = figure.against or axis_paths(results.plan)[0]
    second = [_swept(results, one, []) for one in quantities(results.plan, filter(None, [figure.second_metric]))]
    charts, drawn = [], quantities(results.plan, figure.metrics)
    for quantity in drawn:
        shown = printed(results.plan, quantity) if figure.published else []
        name = f"axis_{quantity.metric}_{axis_name(against).replace(' ', '_')}"
        title = f"{figure.title}: {quantity.label}" if figure.title and len(drawn) > 1 else figure.title
        layout = Layout(name, title, against, figure.mark)
        swept = _swept(results, quantity, shown)
        charts.append(sweep_chart(results, layout, swept, second[0] if second else None, other_data(shown)))
    return tuple(charts)


def _swept(results: Results, quantity: Quantity, shown: Sequence[Published]) -> Swept:
    published = {}
    for one in shown:
        place = place_of(results.plan, one)
        assert not isinstance(place, str)  # else it is not shown
        published[one.arm, tuple(place.values())] = printed_value(one)[0]
    return Swept(quantity.metric, quantity.label, placed(results, quantity), published)


def sweep_chart(
    results: Results, layout: Layout, swept: Swept, second: Swept | None = None, remarks: Sequence[str] = ()
) -> AxisChart:
    """One panel for each combination of the other axes, at most six; the caption says what is not drawn."""
    places = combinations(results.plan)
    values = ordered([place.axes[layout.against] for place in places])
    rest = list(dict.fromkeys(_without(place.axes, layout.against) for place in places))
    counts = _counts(results)
    panels = []
    for one in rest[:MOST_PANELS]:
        where = [_at(results.plan, layout.against, value, dict(one)) for value in values]
        series, more = (_series(results.plan, what, where, counts) if what else () for what in (swept, second))
        panels.append(AxisPanel(brief(axes_text(dict(one))), series, more, "no finished run yet"))
    label = axis_name(layout.against)
    return AxisChart(
        name=layout.name,
        title=layout.title or sentence(f"{swept.label}{',' * (', ' in swept.label)} against {label}"),
        mark=layout.mark,
        x_label=label,
        y_label=with_unit(swept.label.removesuffix(f", {LAST_EPOCH}"), swept.metric),
        second_label=with_unit(second.label, second.metric) if second else "",
        ticks=tuple(map(value_label, values)),
        positions=tuple(map(float, values)) if _are_numbers(values) else tuple(map(float, range(len(values)))),
        log_x=suits_log(values),
        panels=tuple(panels),
        columns=_columns(rest[:MOST_PANELS]),
        caption=caption(results, [*_remarks(results, swept, rest), *remarks]),
    )


def _remarks(results: Results, swept: Swept, rest: Sequence[object]) -> Iterator[str]:
    if len(rest) > MOST_PANELS:
        yield f"Panels: the first {MOST_PANELS} of {len(rest)} combinations of the other axes; table.csv has all."
    if swept.metric.startswith("best_") and results.best_is_optimistic:
        yield OPTIMISTIC
    yield unreached_sentence(swept.label, swept.values)


def _series(
    plan: Plan, swept: Swept, where: Sequence[GridPoint], counts: Mapping[tuple[str, GridPoint], Mapping[str, int]]
) -> tuple[AxisSeries, ...]:
    found = {(value.label, tuple(value.axes.values())): value.value for value in swept.values}
    arms = {arm_label(arm, {}): arm for arm in plan.source.study.arms} | {one.label: one.arm for one in swept.values}
    labels = [label for label in arms if any((label, point) in counts for point in where)]
    scale = scale_of(swept.metric)

    def point(label: str, rank: int, at: GridPoint) -> AxisPoint:
        value, ended = found.get((label, at), NO_VALUE), counts.get((label, at), {})
        published = swept.published.get((arms[label], at), NO_VALUE)
        text = number(value.mean, scale) if math.isfinite(value.mean) else ""
        state = (ended.get("planned", 0), ended.get("diverged", 0))
        return AxisPoint(rank, scale.interval(value), text, *state, published)

    return tuple(
        AxisSeries(label, arm_index(plan, arms[label]), tuple(point(label, *one) for one in enumerate(where)))
        for label in labels
    )


def _counts(results: Results) -> dict[tuple[str, GridPoint], Mapping[str, int]]:
    summaries = results.summaries
    return {(arm_label(one.arm, one.variant), tuple(one.axes.values())): one.counts for one in summaries}


def _without(axes: Axes, path: str) -> tuple[tuple[str, AxisValue], ...]:
    return tuple((other, value) for other, value in axes.items() if other != path)


def _at(plan: Plan, against: str, value: AxisValue, rest: Axes) -> GridPoint:
    return tuple(value if path == against else rest[path] for path in axis_paths(plan))


def _columns(rest: Sequence[tuple[tuple[str, AxisValue], ...]]) -> int:
    """With two other axes the last one runs across, if its values have room."""
    across = len({one[-1] for one in rest}) if rest[0] else 1
    several = len(rest[0]) > 1 and 1 < across <= MOST_COLUMNS and len(rest) % across == 0
    return across if several else columns_for(len(rest))


def ordered(values: Iterable[AxisValue]) -> tuple[AxisValue, ...]:
    """Numbers from low to high, names as the study lists them."""
    distinct = tuple(dict.fromkeys(values))
    return tuple(sorted(distinct, key=float)) if _are_numbers(distinct) else distinct


def suits_log(values: Sequence[AxisValue]) -> bool:
    """Whether a logarithmic axis suits: positive numbers over a decade or more."""
    if not _are_numbers(values) or min(map(float, values)) <= 0:
        return False
    return max(map(float, values)) / min(map(float, values)) >= _FOR_LOG - 1e-9  # 0.1 / 0.01 may be 9.99…


def _are_numbers(values: Sequence[AxisValue]) -> bool:
    return not any(isinstance(value, str) for value in values)
