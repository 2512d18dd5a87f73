"""GapEnds: training and validation accuracy at the end, both in inference mode, and the gap between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bn_study.analysis.axis import Axes
from bn_study.analysis.group import Group
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval, mean_interval


@dataclass(frozen=True)
class GapEnds:
    """Of one arm at one grid point, as fractions; `gap` is the interval of the differences run by run."""

    arm: str
    axes: Axes
    variant: Mapping[str, str]
    train: Interval
    validation: Interval
    gap: Interval


def gap_ends(results: Results) -> tuple[GapEnds, ...]:
    """One an arm and grid point, in the order of the plan; n = 0 where no run finished."""
    return tuple(map(_ends, results.groups))


def _ends(group: Group) -> GapEnds:
    """A run records its gap and its last validation accuracy; the training accuracy is their sum."""
    gaps, validation = group.by_seed("generalization_gap"), group.by_seed("last_validation_accuracy")
    both = [seed for seed in gaps if math.isfinite(gaps[seed]) and math.isfinite(validation[seed])]
    return GapEnds(
        group.arm,
        group.axes,
        group.variant,
        train=mean_interval(gaps[seed] + validation[seed] for seed in both),
        validation=mean_interval(validation[seed] for seed in both),
        gap=mean_interval(gaps[seed] for seed in both),
    )
