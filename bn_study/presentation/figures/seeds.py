"""Seeds: every run of an arm as a dot, and below them the mean with its interval; an arm a row, on a zoomed axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bn_study.analysis.group import Group
from bn_study.analysis.point import PointSummary
from bn_study.analysis.results import Results
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.grid_point import columns_for, grid_points, pages
from bn_study.presentation.figures.marks import AnyMark, Dot, Text, Whisker
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick, span
from bn_study.presentation.words.caption import caption, optimism, why_absent
from bn_study.presentation.words.number import bounds, mean_and_half, scale_of
from bn_study.presentation.words.wording import arm_index, arm_label, label_of, sentence, with_unit

_APART = 0.16  # of a row: runs above its middle, their mean below it


def seeds(results: Results, metric: str) -> Iterator[Figure]:
    """One panel a grid point, six a figure."""
    scale, pairs = scale_of(metric), list(zip(results.groups, results.summaries, strict=True))
    values = [value * scale.factor for group in results.groups for value in group.by_seed(metric).values()]
    x = Axis(with_unit(label_of(metric), metric), *span(values, *bounds(metric)))
    for page in pages(grid_points(results.plan)):
        panels = (
            _panel(results.plan, metric, x, point.title, [pair for pair in pairs if pair[0].axes == point.axes])
            for point in page.points
        )
        yield Figure(
            form="Dot plot",
            name=page.named(f"seeds_{metric}"),
            title=page.titled(sentence(label_of(metric))),
            panels=tuple(panels),
            columns=columns_for(len(page.points)),
            caption=caption(results, [*optimism(results, [metric]), *page.remarks]),
        )


def _panel(plan: Plan, metric: str, x: Axis, title: str, rows: Sequence[tuple[Group, PointSummary]]) -> Panel:
    ticks = tuple(
        Tick(float(rank), arm_label(plan.source.study.label(group.arm), group.variant))
        for rank, (group, _) in enumerate(rows)
    )
    y = Axis("", len(rows) - 0.5, -0.5, ticks=ticks)
    marks = tuple(
        mark for rank, (group, summary) in enumerate(rows) for mark in _row(plan, metric, x, rank, group, summary)
    )
    known = any(isinstance(mark, Dot) for mark in marks)
    return Panel(title, x, y, marks if known else (), empty=why_absent(one.counts for _, one in rows))


def _row(plan: Plan, metric: str, x: Axis, rank: int, group: Group, summary: PointSummary) -> Iterator[AnyMark]:
    scale, arm = scale_of(metric), arm_index(plan, group.arm)
    label = arm_label(plan.source.study.label(group.arm), group.variant)
    values = {seed: value * scale.factor for seed, value in group.by_seed(metric).items() if math.isfinite(value)}
    if not values:
        yield Text(x=x.low, y=rank, said=why_absent([summary.counts]), side="right")
        return
    for seed, value in values.items():
        yield Dot(
            arm=arm, label=label, x=value, y=rank - _APART, look="hollow", meaning="one run",
            hover=f"{label}, seed {seed}: {value:.2f} {scale.unit}",
        )  # fmt: skip
    mean, below = scale.interval(summary.intervals[metric]), rank + _APART
    if math.isfinite(mean.low):
        yield Whisker(arm=arm, label=label, along="x", at=below, low=mean.low, high=mean.high)
    said = mean_and_half(summary.intervals[metric], scale)
    yield Dot(arm=arm, label=label, x=mean.mean, y=below, meaning="mean and 95 % interval", hover=f"{label}: {said}")
    end = mean.high if math.isfinite(mean.high) else mean.mean
    yield Text(arm=arm, label=label, x=end, y=below, said=said, side="right")
