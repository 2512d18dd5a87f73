"""Quantity: what a bar stands for. A metric of a run, or the time to an accuracy, at every grid point."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from bn_study.analysis.axis import Axes
from bn_study.analysis.point import PointSummary
from bn_study.analysis.reaching import Measure, Reaching, reaching
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval, mean_interval
from bn_study.planning.expansion import Plan
from bn_study.presentation.words.wording import arm_label, label_of, sentence

_TO_ACCURACY = "_to_accuracy"


@dataclass(frozen=True)
class Quantity:
    """`accuracy` is the validation accuracy to reach, for the metrics that end in _to_accuracy."""

    metric: str
    label: str
    accuracy: float | None = None


@dataclass(frozen=True)
class Placed:
    """A value of one arm at one grid point, in the metric's own unit; `note` is what the number hides.

    Of the runs, `not_reached` never got to the accuracy asked for: `value` is of the others.
    """

    arm: str
    axes: Axes
    label: str
    value: Interval
    note: str = ""
    not_reached: int = 0


def quantities(plan: Plan, metrics: Iterable[str]) -> tuple[Quantity, ...]:
    """What to draw for `metrics`; *_to_accuracy metrics once for each accuracy that the claims name."""
    found: list[Quantity] = []
    for metric in metrics:
        if metric.endswith(_TO_ACCURACY):
            measure = metric.removesuffix(_TO_ACCURACY)
            accuracies = claimed_accuracies(plan)
            found += [Quantity(metric, f"{measure} to {100 * one:g} % validation accuracy", one) for one in accuracies]
        else:
            found.append(Quantity(metric, label_of(metric)))
    return tuple(found)


def claimed_accuracies(plan: Plan) -> tuple[float, ...]:
    """The validation accuracies that claims ask to be reached, in the order of the study."""
    return tuple(dict.fromkeys(claim.accuracy for claim in plan.source.study.claims if claim.accuracy))


def placed(results: Results, quantity: Quantity) -> tuple[Placed, ...]:
    """The quantity of every arm and grid point, in the order of the plan."""
    if quantity.accuracy is None:
        return tuple(_of_summary(summary, quantity.metric) for summary in results.summaries)
    measure = cast(Measure, quantity.metric.removesuffix(_TO_ACCURACY))
    return tuple(_of_reaching(one, measure) for one in (reaching(group, quantity.accuracy) for group in results.groups))


def _of_summary(summary: PointSummary, metric: str) -> Placed:
    value = summary.intervals[metric]
    absent = "not measured" if summary.counts["finished"] else "no finished run"
    note = "" if math.isfinite(value.mean) else absent
    return Placed(summary.arm, summary.axes, arm_label(summary.arm, summary.variant), value, note)


def _of_reaching(reaching: Reaching, measure: Measure) -> Placed:
    """Of runs that never got there only a least is known: then the mean of the others has no interval."""
    value = mean_interval(reaching.values(measure).values())
    if reaching.not_reached:
        value = Interval(value.mean, math.nan, math.nan, value.n)
    note = reaching.note if reaching.n else "no finished run"
    label = arm_label(reaching.arm, reaching.variant)
    return Placed(reaching.arm, reaching.axes, label, value, note, reaching.not_reached)


def unreached_sentence(label: str, values: Iterable[Placed]) -> str:
    """'Epochs to 45 % validation accuracy: means over runs that got there; bn: 1 of 3 did not.'; empty when all did."""
    missed, runs = Counter[str](), Counter[str]()
    for one in values:
        missed[one.label] += one.not_reached
        runs[one.label] += one.not_reached + one.value.n
    said = [f"{arm}: {count} of {runs[arm]} did not" for arm, count in missed.items() if count]
    return f"{sentence(label)}: means over runs that got there; {'; '.join(said)}." if said else ""
