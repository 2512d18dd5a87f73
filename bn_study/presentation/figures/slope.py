"""Slopes: each published number on the left, ours on the right, joined by a line an arm; a metric a panel."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bn_study.analysis.axis import axes_text, axis_value
from bn_study.analysis.published import OTHER_DATA, BesidePublished
from bn_study.analysis.results import Results
from bn_study.config.metric import ALL_METRICS
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.marks import Line, Side, Text
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick, span
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import arm_index, label_of, sentence, with_unit

_MOST_PANELS, _MOST_LINES, _MOST_TEXTS = 2, 14, 7
_APART = 0.09  # of the axis, between two numbers
_ROOM = 0.45  # beside the two places, for their numbers


def slope(results: Results, beside: Sequence[BesidePublished]) -> Iterator[Figure]:
    """The last published epoch of each metric. Times are left out, for they are of another machine."""
    by_metric: dict[str, list[BesidePublished]] = {}
    for one in beside:
        known = math.isfinite(one.measured.mean) and not ALL_METRICS[one.published.metric].is_of_the_machine
        if known and not one.variant and one.published.epoch == _last_epoch(beside, one.published.metric):
            by_metric.setdefault(one.published.metric, []).append(one)
    shown = sorted(by_metric.items(), key=lambda item: not ALL_METRICS[item[0]].is_accuracy)[:_MOST_PANELS]
    if not shown:
        return
    other = any(not one.published.same_data for _, own in shown for one in own)
    few = any(len(own) > _MOST_LINES for _, own in shown) or len(by_metric) > len(shown)
    remarks = [sentence(f"published on {OTHER_DATA}.")] * other + ["Not all are drawn; published.csv has all."] * few
    yield Figure(
        form="Slope chart",
        name="slopes",
        title="Published and measured",
        panels=tuple(_panel(results.plan, metric, own[:_MOST_LINES]) for metric, own in shown),
        columns=len(shown),
        caption=caption(results, remarks, intervals=False),
    )


def _last_epoch(beside: Sequence[BesidePublished], metric: str) -> int | None:
    epochs = [one.published.epoch for one in beside if one.published.metric == metric]
    return max((epoch for epoch in epochs if epoch is not None), default=None)


def _panel(plan: Plan, metric: str, own: Sequence[BesidePublished]) -> Panel:
    scale, epoch = scale_of(metric), own[0].published.epoch
    ends = [value * scale.factor for one in own for value in (one.published.value, one.measured.mean)]
    label = label_of(metric, "epoch" if epoch else "run")
    there = "published" if all(one.published.same_data for one in own) else "published, other data"
    x = Axis("", -_ROOM, 1 + _ROOM, ticks=(Tick(0.0, there), Tick(1.0, "measured")))
    y = Axis(with_unit(label, metric), *span(ends))
    lines = [_line(plan, one) for one in own]
    texts = [*_texts(own, lines, 0, "left", y), *_texts(own, lines, 1, "right", y)] if len(own) <= _MOST_TEXTS else []
    return Panel(sentence(f"{label}{f', epoch {epoch}' * bool(epoch)}"), x, y, (*lines, *texts))


def _line(plan: Plan, one: BesidePublished) -> Line:
    said, scale = one.published, scale_of(one.published.metric)
    at = axes_text({path: axis_value(value) for path, value in said.at.items()})
    label, values = plan.source.study.label(said.arm), (said.value, one.measured.mean)
    there, here = (f"{number(value, scale)} {scale.unit}".rstrip() for value in values)
    hover = f"{', '.join(filter(None, (label, at)))}: published {there}, measured {here}"
    y = tuple(value * scale.factor for value in values)
    return Line(arm=arm_index(plan, said.arm), label=label, x=(0.0, 1.0), y=y, hover=hover)


def _texts(own: Sequence[BesidePublished], lines: Sequence[Line], end: int, side: Side, y: Axis) -> Iterator[Text]:
    """The numbers at one end of the lines, moved apart where they would cover each other."""
    scale, free = scale_of(own[0].published.metric), -math.inf
    for line in sorted(lines, key=lambda line: line.y[end]):
        at = max(line.y[end], free)
        free = at + _APART * (y.high - y.low)
        said = number(line.y[end] / scale.factor, scale)
        yield Text(arm=line.arm, label=line.label, x=float(end), y=at, said=said, side=side)
