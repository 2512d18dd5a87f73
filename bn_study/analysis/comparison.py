"""Comparison: an arm against the first arm of the study at the same grid point, paired by seed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bn_study.analysis.axis import Axes
from bn_study.analysis.group import Group
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval, PairedDifference, mean_interval, paired_difference

#: Validation accuracy that BN's lagging moving averages cannot spoil: with statistics re-estimated on
#: training data for arms with BN, and as it stands (last epoch) for arms without.
REESTIMATED_WHERE_BN = "reestimated_where_bn"
DIFFERENCES = (
    "last_validation_accuracy", "best_validation_accuracy", REESTIMATED_WHERE_BN, "last_train_accuracy",
    "generalization_gap",
)  # fmt: skip
RATIOS = ("step_seconds", "train_seconds")
_LARGEST_LOG = 700.0  # two wildly different ratios have an interval that no float holds


@dataclass(frozen=True)
class ArmDifference:
    """`differences`: arm minus reference, in the metric's unit. `ratios`: arm over reference (geometric)."""

    arm: str
    reference: str
    axes: Axes
    variant: Mapping[str, str]
    differences: Mapping[str, PairedDifference]
    ratios: Mapping[str, Interval]


def compare_with_first_arm(results: Results) -> tuple[ArmDifference, ...]:
    """Every other arm against the first, in the order of the plan; n = 0 where no seed finished in both."""
    groups = results.groups
    first = groups[0].arm
    references = {group.key: group for group in groups if group.arm == first}
    return tuple(_comparison(group, references.get(group.key), first) for group in groups if group.arm != first)


def _comparison(group: Group, reference: Group | None, name: str) -> ArmDifference:
    def pair(metric: str) -> tuple[dict[int, float], dict[int, float]]:
        return _by_seed(group, metric), _by_seed(reference, metric) if reference else {}

    differences = {metric: paired_difference(*pair(metric)) for metric in DIFFERENCES}
    ratios = {metric: paired_ratio(*pair(metric)) for metric in RATIOS}
    return ArmDifference(group.arm, name, group.axes, group.variant, differences, ratios)


def paired_ratio(a: Mapping[int, float], b: Mapping[int, float]) -> Interval:
    """Geometric mean of a / b over the seeds that both have, with the t interval of the logarithms."""
    pairs = [(a[seed], b[seed]) for seed in a if seed in b]
    logs = mean_interval(math.log(one / other) for one, other in pairs if one > 0 and other > 0)
    mean, low, high = (math.exp(min(log, _LARGEST_LOG)) for log in (logs.mean, logs.low, logs.high))
    return Interval(mean, low, high, logs.n)


def reestimated_minus_moving(group: Group) -> PairedDifference:
    """Validation accuracy with re-estimated BN statistics minus that with moving averages, run by run."""
    return paired_difference(
        group.by_seed("reestimated_validation_accuracy"), group.by_seed("last_validation_accuracy")
    )


@dataclass(frozen=True)
class BatchStatistics:
    """Validation accuracy in the end with BN's moving averages, and with statistics re-estimated on training data."""

    arm: str
    axes: Axes
    variant: Mapping[str, str]
    moving: Interval
    reestimated: Interval
    gain: PairedDifference


def batch_statistics(results: Results) -> tuple[BatchStatistics, ...]:
    """One for each arm and grid point whose nets have BN and were measured both ways, in the order of the plan."""
    found = (_batch_statistics(group) for group in results.groups)
    return tuple(one for one in found if one.gain.n)


def _batch_statistics(group: Group) -> BatchStatistics:
    moving, reestimated = (
        mean_interval(group.by_seed(metric).values())
        for metric in ("last_validation_accuracy", "reestimated_validation_accuracy")
    )
    return BatchStatistics(group.arm, group.axes, group.variant, moving, reestimated, reestimated_minus_moving(group))


def _by_seed(group: Group, metric: str) -> dict[int, float]:
    if metric != REESTIMATED_WHERE_BN:
        return group.by_seed(metric)
    reestimated = group.by_seed("reestimated_validation_accuracy")
    has_bn = any(math.isfinite(value) for value in reestimated.values())
    return reestimated if has_bn else group.by_seed("last_validation_accuracy")
