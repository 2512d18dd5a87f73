"""Bars: metrics of a run by arm, with intervals, beside what the source published of the same metric."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

from bn_study.analysis.measured import place_of
from bn_study.analysis.results import Results
from bn_study.config.figure import AxisFigure, BarsFigure
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.axis_chart import AxisChart
from bn_study.presentation.charts.bar_chart import Bar, BarChart, BarPanel, Tone, panel_of
from bn_study.presentation.charts.combination import MOST_COLUMNS, MOST_PANELS, Combination, combinations
from bn_study.presentation.charts.printed import other_data, printed, printed_value
from bn_study.presentation.charts.quantity import Placed, Quantity, placed, quantities, unreached_sentence
from bn_study.presentation.charts.sweep import axis_charts
from bn_study.presentation.words.caption import OPTIMISTIC, caption
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import arm_index, enumeration, sentence, with_unit

MOST_ROWS = 14  # bars one above the other that still carry readable numbers, over the whole height
_TONES: tuple[Tone, ...] = ("full", "light")


def bar_charts(results: Results, figure: BarsFigure) -> tuple[BarChart | AxisChart, ...]:
    """The figure as one chart or more: metrics of one unit together, as long as there is room for their bars.

    With up to six grid points one panel each; with more, a line against the first axis (`sweep`).
    """
    if len(combinations(results.plan)) > MOST_PANELS:
        against_axis = AxisFigure(kind="axis", metrics=figure.metrics, published=figure.published, title=figure.title)
        return axis_charts(results, against_axis)
    together = _together(results.plan, figure, quantities(results.plan, figure.metrics))
    several = len(together) > 1
    return tuple(_chart(results, figure, some, several) for some in together)


def _together(plan: Plan, figure: BarsFigure, drawn: Iterable[Quantity]) -> list[list[Quantity]]:
    """Two of one unit at most, for there are two tones; one alone where two have no room."""
    rows_of_panels = 1 if len(combinations(plan)) <= MOST_COLUMNS else 2
    rows = len(plan.source.study.arms) * rows_of_panels
    charts: list[list[Quantity]] = []
    for quantity in drawn:
        last = charts[-1] if charts else []
        alike = [scale_of(one.metric) for one in last] == [scale_of(quantity.metric)]
        bars = sum(1 + (figure.published and bool(printed(plan, one))) for one in (*last, quantity))
        if alike and rows * bars <= MOST_ROWS:
            last.append(quantity)
        else:
            charts.append([quantity])
    return charts


def _chart(results: Results, figure: BarsFigure, together: Sequence[Quantity], several: bool) -> BarChart:
    values = [placed(results, quantity) for quantity in together]
    sources = [printed(results.plan, quantity) if figure.published else [] for quantity in together]
    panels = tuple(_panel(results.plan, place, together, values, sources) for place in combinations(results.plan))
    metrics = [quantity.metric for quantity in together]
    best = any(metric.startswith("best_") for metric in metrics) and results.best_is_optimistic
    notes = [unreached_sentence(one.label, own) for one, own in zip(together, values, strict=True)]
    start, labels = _shared_start([quantity.label for quantity in together])
    said = enumeration(labels)
    return BarChart(
        name="_".join(("bars", *dict.fromkeys(metrics))),
        title=_title(figure, ": ".join(filter(None, (start, said))), several),
        value_label=with_unit(start or said, metrics[0]),
        panels=panels,
        caption=caption(results, [*notes, OPTIMISTIC if best else "", *other_data(itertools.chain(*sources))]),
        tones=_tones(labels, sources),
    )


def _title(figure: BarsFigure, said: str, several: bool) -> str:
    """The study's own title; with what the chart shows where one figure became several charts."""
    if figure.title:
        return f"{figure.title}: {said}" if several else figure.title
    return sentence(said)


def _panel(
    plan: Plan,
    place: Combination,
    together: Sequence[Quantity],
    values: Sequence[Sequence[Placed]],
    sources: Sequence[Sequence[Published]],
) -> BarPanel:
    groups: dict[str, list[Bar]] = {}
    for rank, (quantity, own, said) in enumerate(zip(together, values, sources, strict=True)):
        for one in own:
            if one.axes == place.axes:
                bars = groups.setdefault(one.label, [])
                bars.append(_bar(plan, quantity, one, _TONES[rank]))
                bars += [_said(plan, p) for p in said if p.arm == one.arm and place_of(plan, p) == place.axes]
    return panel_of(place.title, groups.items())


def _bar(plan: Plan, quantity: Quantity, one: Placed, tone: Tone) -> Bar:
    scale = scale_of(quantity.metric)
    text = one.note
    if math.isfinite(one.value.mean):
        text = f"{number(one.value.mean, scale)}{f' ({one.note})' * bool(one.note)}"
    return Bar(arm_index(plan, one.arm), tone, scale.interval(one.value), text)


def _said(plan: Plan, published: Published) -> Bar:
    return Bar(arm_index(plan, published.arm), "hatched", *printed_value(published))


def _tones(labels: Sequence[str], sources: Sequence[Sequence[Published]]) -> tuple[tuple[Tone, str], ...]:
    published: list[tuple[Tone, str]] = [("hatched", "published")] if any(sources) else []
    if len(labels) == 1 and not published:
        return ()
    return (*zip(_TONES, labels, strict=False), *published)


def _shared_start(labels: Sequence[str]) -> tuple[str, list[str]]:
    """('validation accuracy', ['last epoch', 'best epoch']); an empty start where two labels share none."""
    parts = [label.partition(", ") for label in labels]
    starts = {start for start, _, rest in parts if rest}
    if len(labels) > 1 and len(starts) == 1 and all(rest for _, _, rest in parts):
        return starts.pop(), [rest for _, _, rest in parts]
    return "", list(labels)
