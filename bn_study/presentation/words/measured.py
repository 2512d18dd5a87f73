"""What was measured, as tables of texts: arms, paired differences, BN statistics, time to an accuracy."""

from __future__ import annotations

from collections.abc import Sequence

from bn_study.analysis.axis import axis_name, axis_text
from bn_study.analysis.comparison import REESTIMATED_WHERE_BN, ArmDifference, BatchStatistics
from bn_study.analysis.point import STATUSES, PointSummary
from bn_study.analysis.reaching import MEASURES, Measure, Reaching
from bn_study.analysis.results import Results
from bn_study.config.metric import RUN_METRICS, TimeToAccuracy
from bn_study.presentation.words.caption import absences, data_sentence, optimism, processors_sentence
from bn_study.presentation.words.number import (
    MINUS,
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
#: Metric → column head for a page, and for a terminal; the ones that matter most stand first.
_COLUMNS = {
    "last_validation_accuracy": ("validation accuracy, last (%)", "last\nacc. %"),
    "generalization_gap": (f"train {MINUS} validation (%)", "gap\n%"),
    "reestimated_validation_accuracy": ("with BN re-estimated (%)", "re-est.\nBN %"),
    "best_validation_accuracy": ("validation accuracy, best (%)", "best\nacc. %"),
    "step_seconds": ("step (ms)", "step\nms"),
    "train_seconds": ("training (s)", "train\ns"),
}
SHORT_HEADS = (
    "acc.: validation accuracy; gap: training minus validation accuracy, both in inference mode; "
    "re-est. BN: acc. with BN statistics re-estimated on training data."
)
_TIMES = ("step_seconds", "train_seconds")
_TIMES_TO = {
    one.source.count: scale_of(name) for name, one in RUN_METRICS.items() if isinstance(one.source, TimeToAccuracy)
}


def points_text(paths: Sequence[str], summaries: Sequence[PointSummary], short_heads: bool = False) -> TextTable:
    """One row an arm and grid point: finished of planned seeds with what became of the rest, then metrics."""
    header = ("arm", *map(axis_name, paths), "seeds", *(heads[short_heads] for heads in _COLUMNS.values()))
    return TextTable(header, tuple(map(_point, summaries)), names=2 + len(paths))


def _point(summary: PointSummary) -> tuple[str, ...]:
    return (*_place(summary), _seeds(summary), *(_metric(summary, metric) for metric in _COLUMNS))


def _seeds(summary: PointSummary) -> str:
    counts = summary.counts
    others = [f"{counts[status]} {status}" for status in STATUSES[1:] if counts[status]]
    return ", ".join((f"{counts['finished']}/{counts['planned']}", *others))


def _metric(summary: PointSummary, metric: str) -> str:
    interval, scale = summary.intervals[metric], scale_of(metric)
    said = number(interval.mean, scale) if metric in _TIMES else mean_and_half(interval, scale)
    return _of_fewer(said, interval.n, summary.counts["finished"])


def _of_fewer(said: str, n: int, shown: int) -> str:
    """With its own n where that is not the one that the row shows: '52.3 ± 0.4 (n = 3)'."""
    return f"{said} (n = {n})" if n not in (0, shown) else said


_OF_A_FIXED_NUMBER = (
    "Seeds were added until claims were decided: verdicts know of that; t-intervals and p of other tables do not, "
    "and are a little too sure."
)


def comparison_notes(results: Results) -> tuple[str, ...]:
    """What belongs under the table of arms: how to read it, which data, what is not in it."""
    mixed = [one.message for one in results.mixed]
    how = "Mean ± half of the 95 % t-interval over finished seeds."
    where = (data_sentence(results.runs), processors_sentence(results.runs))
    until = _OF_A_FIXED_NUMBER if results.plan.source.study.until else ""
    said = (how, until, *where, *optimism(results, _COLUMNS), *absences(results), *mixed)
    return tuple(filter(None, said))


def differences_text(
    paths: Sequence[str], comparisons: Sequence[ArmDifference], adjusted: Sequence[float]
) -> TextTable:
    """Each arm against the first; p `adjusted` over the table, for it is one family of questions."""
    header = (
        "validation accuracy, last", "p", "p (Holm)", "best", "last, BN re-estimated",
        f"training {MINUS} validation", "step time, ratio",
    )  # fmt: skip
    rows = tuple(_difference(one, p) for one, p in zip(comparisons, adjusted, strict=True))
    return TextTable(("arm", *map(axis_name, paths), "n", *header), rows, names=1 + len(paths))


def _difference(one: ArmDifference, adjusted: float) -> tuple[str, ...]:
    metrics = (
        "last_validation_accuracy", "best_validation_accuracy", REESTIMATED_WHERE_BN, "generalization_gap",
    )  # fmt: skip
    first = one.differences["last_validation_accuracy"]
    last, best, reestimated, gap = (
        _of_fewer(signed_range(difference, _POINTS), difference.n, first.n)
        for difference in (one.differences[metric] for metric in metrics)
    )
    p_values = (p_text(first.p_value), p_text(adjusted))
    ratio = one.ratios["step_seconds"]
    step = _of_fewer(ratio_range(ratio), ratio.n, first.n)
    return (*_place(one), str(first.n), last, *p_values, best, reestimated, gap, step)


def batch_statistics_text(paths: Sequence[str], found: Sequence[BatchStatistics]) -> TextTable:
    """Nets with BN: accuracy with moving averages beside that with re-estimated statistics."""
    header = ("n", "moving averages (%)", "re-estimated (%)", "difference")
    rows = tuple(map(_batch_statistics, found))
    return TextTable(("arm", *map(axis_name, paths), *header), rows, names=1 + len(paths))


def _batch_statistics(one: BatchStatistics) -> tuple[str, ...]:
    moving, reestimated = (
        _of_fewer(mean_and_half(each, _POINTS), each.n, one.gain.n) for each in (one.moving, one.reestimated)
    )
    return (*_place(one), str(one.gain.n), moving, reestimated, signed_range(one.gain, _POINTS))


def reaching_text(paths: Sequence[str], found: Sequence[Reaching]) -> TextTable:
    """Medians over runs, of which those that never reached it count as later than all."""
    header = ("n", "epochs", "steps", "training time (s)", "")
    rows = tuple(map(_reaching, found))
    return TextTable(("arm", *map(axis_name, paths), *header), rows, names=1 + len(paths))


def _reaching(one: Reaching) -> tuple[str, ...]:
    return (*_place(one), str(one.n), *(_median(one, measure) for measure in MEASURES), one.note)


def _median(one: Reaching, measure: Measure) -> str:
    value = one.median(measure)
    return NOTHING if value is None else number(value, _TIMES_TO[measure])


def _place(one: PointSummary | BatchStatistics | ArmDifference | Reaching) -> tuple[str, ...]:
    return (arm_label(one.arm, one.variant), *map(axis_text, one.axes.values()))
