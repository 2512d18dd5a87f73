"""The comparison of a study's arms in texts: what is printed after a run, and what the report shows."""

from __future__ import annotations

from collections.abc import Sequence

from bn_study.analysis.axis import axis_name
from bn_study.analysis.frame import Table
from bn_study.analysis.mixing import mixed_results
from bn_study.analysis.point import STATUSES, PointSummary
from bn_study.planning.expansion import Plan
from bn_study.planning.identity import axis_label
from bn_study.presentation.words.caption import OPTIMISTIC, absences, chosen_on_test_data, data_sentence
from bn_study.presentation.words.number import mean_and_half, number, scale_of
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.wording import arm_label

#: Metric → column head for a page, and for a terminal.
_COLUMNS = {
    "last_validation_accuracy": ("validation accuracy, last (%)", "last\nacc. %"),
    "best_validation_accuracy": ("validation accuracy, best (%)", "best\nacc. %"),
    "reestimated_validation_accuracy": ("with BN re-estimated (%)", "re-est.\nBN %"),
    "generalization_gap": ("train - validation (%)", "gap\n%"),
    "step_seconds": ("step (ms)", "step\nms"),
    "train_seconds": ("training (s)", "train\ns"),
}
SHORT_HEADS = (
    "acc.: validation accuracy; re-est. BN: the same with BN statistics re-estimated on training data; "
    "gap: training minus validation accuracy, both in inference mode."
)
_TIMES = ("step_seconds", "train_seconds")


def points_text(paths: Sequence[str], summaries: Sequence[PointSummary], short_heads: bool = False) -> TextTable:
    """One row an arm and grid point: finished of planned seeds with what became of the rest, then metrics."""
    header = ("arm", *map(axis_name, paths), "seeds", *(heads[short_heads] for heads in _COLUMNS.values()))
    return TextTable(header, tuple(map(_row, summaries)), names=2 + len(paths))


def _row(summary: PointSummary) -> tuple[str, ...]:
    axes = [axis_label(value) for value in summary.axes.values()]
    return (arm_label(summary.arm, summary.variant), *axes, _seeds(summary), *_numbers(summary))


def _seeds(summary: PointSummary) -> str:
    counts = summary.counts
    others = [f"{counts[status]} {status}" for status in STATUSES[1:] if counts[status]]
    return ", ".join((f"{counts['finished']}/{counts['planned']}", *others))


def _numbers(summary: PointSummary) -> list[str]:
    return [
        number(summary.intervals[metric].mean, scale_of(metric))
        if metric in _TIMES
        else mean_and_half(summary.intervals[metric], scale_of(metric))
        for metric in _COLUMNS
    ]


def comparison_notes(plan: Plan, runs: Table) -> tuple[str, ...]:
    """What belongs under the table: how to read it, which data, what is not in it."""
    best = OPTIMISTIC if chosen_on_test_data(runs) else ""
    mixed = [one.message for one in mixed_results(plan, runs)]
    how = "Mean ± half of the 95 % t-interval over finished seeds."
    return tuple(filter(None, (how, data_sentence(runs), best, *absences(runs), *mixed)))
