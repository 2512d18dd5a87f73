"""Gap: training and validation accuracy at the end as the two ends of a bar, by arm."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bn_study.analysis.gap import GapEnds, gap_ends
from bn_study.analysis.point import PointSummary
from bn_study.analysis.results import Results
from bn_study.config.figure import GapFigure
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.grid_point import GridPoint, columns_for, grid_points, pages
from bn_study.presentation.figures.marks import AnyMark, Dot, Line, Text, Whisker
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick, span
from bn_study.presentation.words.caption import caption, why_absent
from bn_study.presentation.words.number import bounds, in_full, mean_and_half, scale_of
from bn_study.presentation.words.wording import arm_index, arm_label

_GAP, _ACCURACY = "generalization_gap", "last_validation_accuracy"


def gap(results: Results, figure: GapFigure) -> Iterator[Figure]:
    """One panel a grid point, six a figure."""
    ends, summaries = gap_ends(results), results.summaries
    scale = scale_of(_ACCURACY)
    numbers = [
        end for one in ends for value in (one.train, one.validation) for end in (value.mean, value.low, value.high)
    ]
    x = Axis("accuracy (%)", *span((end * scale.factor for end in numbers), *bounds(_ACCURACY)))
    for page in pages(grid_points(results.plan)):
        yield Figure(
            form="Dumbbell chart",
            name=page.named("gap"),
            title=page.titled(figure.title or "Training and validation accuracy at the end, and the gap between them"),
            panels=tuple(_panel(results.plan, point, x, ends, summaries) for point in page.points),
            columns=columns_for(len(page.points)),
            caption=caption(results, ["Both in inference mode.", *page.remarks]),
        )


def _panel(plan: Plan, point: GridPoint, x: Axis, ends: Sequence[GapEnds], summaries: Sequence[PointSummary]) -> Panel:
    """Arms from top to bottom."""
    rows = [(one, summary) for one, summary in zip(ends, summaries, strict=True) if one.axes == point.axes]
    label = plan.source.study.label
    ticks = tuple(Tick(float(rank), arm_label(label(one.arm), one.variant)) for rank, (one, _) in enumerate(rows))
    y = Axis("", len(rows) - 0.5, -0.5, ticks=ticks)
    if not any(math.isfinite(one.gap.mean) for one, _ in rows):
        return Panel(point.title, x, y, (), empty=why_absent(summary.counts for _, summary in rows))
    marks = (mark for rank, (one, summary) in enumerate(rows) for mark in _row(plan, x, float(rank), one, summary))
    return Panel(point.title, x, y, tuple(marks))


def _row(plan: Plan, x: Axis, rank: float, one: GapEnds, summary: PointSummary) -> Iterator[AnyMark]:
    """A dumbbell, from validation (hollow) to training accuracy (full), with the gap at its right."""
    if not math.isfinite(one.gap.mean):
        yield Text(x=x.low, y=rank, said=why_absent([summary.counts]), side="right")
        return
    scale, arm = scale_of(_GAP), arm_index(plan, one.arm)
    label = arm_label(plan.source.study.label(one.arm), one.variant)
    train, validation = scale.interval(one.train), scale.interval(one.validation)
    for value in (validation, train):
        if math.isfinite(value.low):
            yield Whisker(arm=arm, label=label, along="x", at=rank, low=value.low, high=value.high)
    yield Line(
        arm=arm, label=label, look="pale", meaning="gap, in points", x=(validation.mean, train.mean), y=(rank, rank),
        hover=f"{label}, gap: {in_full(one.gap, scale)}",
    )  # fmt: skip
    yield Dot(
        arm=arm, label=label, x=validation.mean, y=rank, shape="circle", look="hollow", meaning="validation",
        hover=f"{label}, validation accuracy: {in_full(one.validation, scale)}",
    )  # fmt: skip
    yield Dot(
        arm=arm, label=label, x=train.mean, y=rank, shape="circle", meaning="training",
        hover=f"{label}, training accuracy: {in_full(one.train, scale)}",
    )  # fmt: skip
    end = max(value for one in (train, validation) for value in (one.mean, one.high) if math.isfinite(value))
    yield Text(arm=arm, label=label, x=end, y=rank, said=mean_and_half(one.gap, scale), side="right")
