"""Step time by arm as bars, with the ratio to the first arm written at each."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

from bn_study.analysis.comparison import ArmDifference, compare_with_first_arm
from bn_study.analysis.point import PointSummary
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import StepTimeFigure
from bn_study.presentation.figures.bars import LyingBar, lying_axis, lying_panel
from bn_study.presentation.figures.grid_point import GridPoint, columns_for, grid_points, pages
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.figures.quantity import Placed, Quantity, placed
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import bounds, number, scale_of
from bn_study.presentation.words.wording import label_of, sentence, with_unit

_METRIC = "step_seconds"


def step_time(results: Results, figure: StepTimeFigure) -> Iterator[Figure]:
    """One panel a grid point, six a figure."""
    first = results.plan.source.study.label(next(iter(results.plan.source.study.arms)))
    ratio = f"In brackets: ratio to {first}, geometric mean over seeds that both have."
    ratios = {_key(one): one.ratios[_METRIC] for one in compare_with_first_arm(results)}
    summaries = results.summaries
    values = placed(results, Quantity(_METRIC, label_of(_METRIC)))
    measured = [(one, ratios.get(_key(summary))) for summary, one in zip(summaries, values, strict=True)]
    for page in pages(grid_points(results.plan)):
        groups = [_groups(point, measured) for point in page.points]
        axis = lying_axis(with_unit(label_of(_METRIC), _METRIC), groups, bounds(_METRIC))
        yield Figure(
            form="Bar chart",
            name=page.named("step_time"),
            title=page.titled(figure.title or sentence(label_of(_METRIC))),
            panels=tuple(map(lying_panel, (point.title for point in page.points), groups, itertools.repeat(axis))),
            columns=columns_for(len(page.points)),
            caption=caption(results, [ratio, *page.remarks]),
        )


def _key(one: PointSummary | ArmDifference) -> tuple[object, ...]:
    return (one.arm, *one.axes.values(), *one.variant.values())


def _groups(point: GridPoint, measured: list[tuple[Placed, Interval | None]]) -> Mapping[str, list[LyingBar]]:
    return {one.label: [_bar(one, ratio)] for one, ratio in measured if one.axes == point.axes}


def _bar(one: Placed, ratio: Interval | None) -> LyingBar:
    scale = scale_of(_METRIC)
    times = f" ({ratio.mean:.2f}×)" if ratio and math.isfinite(ratio.mean) else ""
    said = f"{number(one.value.mean, scale)}{times}" if one.is_known else one.note
    return LyingBar(one.arm, one.label, scale.interval(one.value), said, f"{one.hover('', _METRIC)}{times}")
