"""Results of a study as tables of texts: paired differences, BN statistics, time to an accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from bn_study.analysis.axis import Axes, axis_name, axis_paths
from bn_study.analysis.comparison import (
    REESTIMATED_WHERE_BN,
    Comparison,
    compare_with_first_arm,
    reestimated_minus_moving,
)
from bn_study.analysis.frame import Table
from bn_study.analysis.group import Group, grouped
from bn_study.analysis.reaching import Reaching, reachings
from bn_study.analysis.statistics import holm, mean_interval
from bn_study.planning.expansion import Plan
from bn_study.planning.identity import axis_label
from bn_study.presentation.number import (
    NOTHING,
    mean_and_half,
    number,
    p_text,
    ratio_range,
    scale_of,
    signed_range,
)
from bn_study.presentation.text_table import TextTable
from bn_study.presentation.wording import arm_label

_POINTS = scale_of("last_validation_accuracy")  # accuracies and their differences: in percent


def differences_text(plan: Plan, runs: Table) -> TextTable:
    """Each arm against the first; p adjusted over the table, for it is one family of questions."""
    comparisons = compare_with_first_arm(plan, runs)
    adjusted = holm([one.differences["last_validation_accuracy"].p_value for one in comparisons])
    header = (
        "validation accuracy, last", "p", "p (Holm)", "best", "last, BN re-estimated",
        "training - validation", "step time, ratio",
    )  # fmt: skip
    rows = tuple(_difference(one, p) for one, p in zip(comparisons, adjusted, strict=True))
    return TextTable(("arm", *_axes_header(plan), "n", *header), rows, names=1 + len(axis_paths(plan)))


def _difference(one: Comparison, adjusted: float) -> tuple[str, ...]:
    metrics = (
        "last_validation_accuracy", "best_validation_accuracy", REESTIMATED_WHERE_BN, "generalization_gap",
    )  # fmt: skip
    last, best, reestimated, gap = (signed_range(one.differences[metric], _POINTS) for metric in metrics)
    first = one.differences["last_validation_accuracy"]
    p_values = (p_text(first.p_value), p_text(adjusted))
    step = ratio_range(one.ratios["step_seconds"])
    return (*_place(one.arm, one), str(first.n), last, *p_values, best, reestimated, gap, step)


def batch_statistics_text(plan: Plan, runs: Table) -> TextTable:
    """Nets with BN: accuracy with moving averages beside that with re-estimated statistics."""
    header = ("n", "moving averages (%)", "re-estimated (%)", "difference")
    rows = [_batch_statistics(group) for group in grouped(plan, runs) if reestimated_minus_moving(group).n]
    return TextTable(("arm", *_axes_header(plan), *header), tuple(rows), names=1 + len(axis_paths(plan)))


def _batch_statistics(group: Group) -> tuple[str, ...]:
    gain = reestimated_minus_moving(group)
    moving, reestimated = (
        mean_and_half(mean_interval(group.by_seed(metric).values()), _POINTS)
        for metric in ("last_validation_accuracy", "reestimated_validation_accuracy")
    )
    return (*_place(group.arm, group), str(gain.n), moving, reestimated, signed_range(gain, _POINTS))


def reaching_text(plan: Plan, runs: Table, epochs: Table, accuracy: float) -> TextTable:
    """Medians over runs, of which those that never reached it count as later than all."""
    found = reachings(plan, runs, epochs, accuracy)
    header = ("n", "epochs", "steps", "training time (s)", "")
    rows = tuple((*_place(one.arm, one), str(one.n), *_medians(one), one.note) for one in found)
    return TextTable(("arm", *_axes_header(plan), *header), rows, names=1 + len(axis_paths(plan)))


def _medians(reaching: Reaching) -> list[str]:
    medians = (
        (reaching.median("epochs"), "epochs_to_accuracy"),
        (reaching.median("steps"), "steps_to_accuracy"),
        (reaching.median("seconds"), "seconds_to_accuracy"),
    )
    return [NOTHING if value is None else number(value, scale_of(metric)) for value, metric in medians]


def _axes_header(plan: Plan) -> Sequence[str]:
    return [axis_name(path) for path in axis_paths(plan)]


def _place(arm: str, one: Group | Comparison | Reaching) -> tuple[str, ...]:
    axes: Axes = one.axes
    return (arm_label(arm, one.variant), *map(axis_label, axes.values()))
