"""Results of a study as tables of texts: paired differences, BN statistics, time to an accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from bn_study.analysis.axis import axis_name
from bn_study.analysis.comparison import REESTIMATED_WHERE_BN, BatchStatistics, Comparison
from bn_study.analysis.reaching import Reaching
from bn_study.planning.identity import axis_label
from bn_study.presentation.report.findings import ReachingFound
from bn_study.presentation.words.number import (
    NOTHING,
    mean_and_half,
    number,
    p_text,
    ratio_range,
    scale_of,
    signed_range,
)
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.wording import arm_label

_POINTS = scale_of("last_validation_accuracy")  # accuracies and their differences: in percent


def differences_text(paths: Sequence[str], comparisons: Sequence[Comparison], adjusted: Sequence[float]) -> TextTable:
    """Each arm against the first; p `adjusted` over the table, for it is one family of questions."""
    header = (
        "validation accuracy, last", "p", "p (Holm)", "best", "last, BN re-estimated",
        "training - validation", "step time, ratio",
    )  # fmt: skip
    rows = tuple(_difference(one, p) for one, p in zip(comparisons, adjusted, strict=True))
    return TextTable(("arm", *map(axis_name, paths), "n", *header), rows, names=1 + len(paths))


def _difference(one: Comparison, adjusted: float) -> tuple[str, ...]:
    metrics = (
        "last_validation_accuracy", "best_validation_accuracy", REESTIMATED_WHERE_BN, "generalization_gap",
    )  # fmt: skip
    last, best, reestimated, gap = (signed_range(one.differences[metric], _POINTS) for metric in metrics)
    first = one.differences["last_validation_accuracy"]
    p_values = (p_text(first.p_value), p_text(adjusted))
    step = ratio_range(one.ratios["step_seconds"])
    return (*_place(one.arm, one), str(first.n), last, *p_values, best, reestimated, gap, step)


def batch_statistics_text(paths: Sequence[str], found: Sequence[BatchStatistics]) -> TextTable:
    """Nets with BN: accuracy with moving averages beside that with re-estimated statistics."""
    header = ("n", "moving averages (%)", "re-estimated (%)", "difference")
    rows = tuple(map(_batch_statistics, found))
    return TextTable(("arm", *map(axis_name, paths), *header), rows, names=1 + len(paths))


def _batch_statistics(one: BatchStatistics) -> tuple[str, ...]:
    moving, reestimated = mean_and_half(one.moving, _POINTS), mean_and_half(one.reestimated, _POINTS)
    return (*_place(one.arm, one), str(one.gain.n), moving, reestimated, signed_range(one.gain, _POINTS))


def reaching_text(paths: Sequence[str], found: Sequence[ReachingFound]) -> TextTable:
    """Medians over runs, of which those that never reached it count as later than all."""
    header = ("n", "epochs", "steps", "training time (s)", "")
    rows = tuple(map(_reaching, found))
    return TextTable(("arm", *map(axis_name, paths), *header), rows, names=1 + len(paths))


def _reaching(found: ReachingFound) -> tuple[str, ...]:
    one = found.reaching
    medians = (
        NOTHING if value is None else number(value, scale_of(f"{measure}_to_accuracy"))
        for measure, value in found.medians.items()
    )
    return (*_place(one.arm, one), str(one.n), *medians, one.note)


def _place(arm: str, one: BatchStatistics | Comparison | Reaching) -> tuple[str, ...]:
    return (arm_label(arm, one.variant), *map(axis_label, one.axes.values()))
