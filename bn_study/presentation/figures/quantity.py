"""Quantity: what a bar or point stands for. A metric of a run, or the time to an accuracy, at every grid point."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bn_study.analysis.axis import Axes
from bn_study.analysis.point import PointSummary
from bn_study.analysis.reaching import Measure, Reaching, reaching
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval, mean_interval
from bn_study.config.metric import RUN_METRICS, TimeToAccuracy
from bn_study.planning.expansion import Plan
from bn_study.presentation.words.caption import optimism, why_absent
from bn_study.presentation.words.number import in_full, scale_of
from bn_study.presentation.words.wording import arm_index, arm_label, label_of, sentence


@dataclass(frozen=True)
class Quantity:
    """`accuracy` is the validation accuracy to reach, for the metrics that need it."""

    metric: str
    label: str
    accuracy: float | None = None


@dataclass(frozen=True)
class Placed:
    """A value of one arm at one grid point, in the metric's own unit; `note` is what the number hides.

    `counts` has `planned` and every status. Of the runs, `not_reached` never got to the accuracy asked for: then
    `value` is of the others.
    """

    arm: int
    label: str
    axes: Axes
    value: Interval
    note: str
    counts: Mapping[str, int]
    not_reached: int = 0

    @property
    def is_known(self) -> bool:
        """Whether there is a number."""
        return math.isfinite(self.value.mean)

    @property
    def diverged(self) -> str:
        """'2/3' of the planned runs; empty if none did."""
        return f"{self.counts['diverged']}/{self.counts['planned']}" if self.counts["diverged"] else ""

    def hover(self, where: str, metric: str) -> str:
        """'bn, batch size 32: 51.2 % (50.9 to 51.5), n = 3; 1 of 4 runs diverged'."""
        said = [in_full(self.value, scale_of(metric))] if self.is_known else []
        said += [self.note] if self.note else []
        said += [f"{self.diverged.replace('/', ' of ')} runs diverged"] if self.diverged else []
        return f"{', '.join(filter(None, (self.label, where)))}: {'; '.join(said)}"


def quantities(plan: Plan, metrics: Iterable[str]) -> tuple[Quantity, ...]:
    """What to draw for `metrics`; those that need an accuracy once for each that the claims name."""
    found: list[Quantity] = []
    for metric in metrics:
        if RUN_METRICS[metric].needs:
            found += [Quantity(metric, RUN_METRICS[metric].named(one), one) for one in claimed_accuracies(plan)]
        else:
            found.append(Quantity(metric, label_of(metric)))
    return tuple(found)


def claimed_accuracies(plan: Plan) -> tuple[float, ...]:
    """The validation accuracies that claims ask to be reached, in the order of the study."""
    return tuple(dict.fromkeys(claim.accuracy for claim in plan.source.study.claims if claim.accuracy))


def placed(results: Results, quantity: Quantity) -> tuple[Placed, ...]:
    """The quantity of every arm and grid point, in the order of the plan."""
    plan, accuracy = results.plan, quantity.accuracy
    if accuracy is None:
        return tuple(_placed(plan, one, one.intervals[quantity.metric]) for one in results.summaries)
    source = RUN_METRICS[quantity.metric].source
    assert isinstance(source, TimeToAccuracy)
    pairs = zip(results.summaries, results.groups, strict=True)
    return tuple(_reaching(plan, one, reaching(group, accuracy), source.count) for one, group in pairs)


def _placed(plan: Plan, one: PointSummary, value: Interval, note: str = "", not_reached: int = 0) -> Placed:
    if not math.isfinite(value.mean) and not note:
        note = why_absent([one.counts])
    label, arm = arm_label(plan.source.study.label(one.arm), one.variant), arm_index(plan, one.arm)
    return Placed(arm, label, one.axes, value, note, one.counts, not_reached)


def _reaching(plan: Plan, summary: PointSummary, reached: Reaching, measure: Measure) -> Placed:
    """Of runs that never got there only a least is known: then the mean of the others has no interval."""
    value = mean_interval(reached.values(measure).values())
    if reached.not_reached:
        value = Interval(value.mean, math.nan, math.nan, value.n)
    return _placed(plan, summary, value, reached.note, reached.not_reached)


def remarks(results: Results, quantity: Quantity, values: Iterable[Placed]) -> list[str]:
    """What a caption has to say of the numbers: chosen on test data; of the runs that got there alone.

    'Epochs to 45 % validation accuracy: means over runs that got there; bn: 1 of 3 did not.'
    """
    said = optimism(results, [quantity.metric])
    missed, runs = Counter[str](), Counter[str]()
    for one in values:
        missed[one.label] += one.not_reached
        runs[one.label] += one.not_reached + one.value.n
    absent = [f"{arm}: {count} of {runs[arm]} did not" for arm, count in missed.items() if count]
    if absent:
        said.append(f"{sentence(quantity.label)}: means over runs that got there; {'; '.join(absent)}.")
    return said
