"""Evidence: the measured values that a claim speaks of, by arm, grid point and seed."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from bn_study.analysis.axis import axis_paths, axis_value, fits
from bn_study.analysis.frame import numbers, texts
from bn_study.analysis.group import Group
from bn_study.analysis.reaching import reaching
from bn_study.analysis.results import Results
from bn_study.analysis.tuning import (
    AxesKey,
    BySeed,
    Choices,
    Values,
    at_the_chosen,
    chosen,
    held_out_accuracies,
    without,
)
from bn_study.config.claim import Claim
from bn_study.config.metric import CLAIM_METRICS, Metric, NearBest, OfEpochs, OfRecord, ShareDiverged, TimeToAccuracy

RATE = "training.learning_rate"

Taken: TypeAlias = tuple[AxesKey, int]
"""a grid point and a seed"""


@dataclass(frozen=True)
class Evidence:
    """What there is of one arm, at the grid points that the claim names."""

    label: str
    """of the arm, as people read it"""
    groups: tuple[Group, ...]
    paths: tuple[str, ...]
    """the axes that the keys of `values` are of"""
    values: Values
    measured: Values
    """at every grid point; the same as `values` but where an axis was searched"""
    beside: Values = field(default_factory=dict)
    """of the metric to correlate with; seed for seed the runs of `values`"""
    held_out: Values = field(default_factory=dict)
    choices: Choices | None = None
    """where each seed stands at its best value of one axis, which is then not among `paths`"""

    def counts(self) -> dict[str, int]:
        """Status → how many runs planned here ended so."""
        states = [state for group in self.groups for state in group.states]
        return {"planned": len(states), **{state: states.count(state) for state in dict.fromkeys(states)}}

    def without_value(self) -> Counter[str]:
        """Status → how many of those runs have no value, so that they take no part in the verdict."""
        return Counter(state for key, seed, state in self._runs() if seed not in self.measured[key])

    def with_value(self) -> list[tuple[Taken, str]]:
        """(grid point, seed) and status of the others."""
        return [((key, seed), state) for key, seed, state in self._runs() if seed in self.measured[key]]

    def _runs(self) -> Iterator[tuple[AxesKey, int, str]]:
        for group in self.groups:
            for seed, state in zip(map(int, group.runs["seed"]), group.states, strict=True):
                yield _key(group), seed, state

    def run_ids(self) -> tuple[str, ...]:
        """Of every run that ended, in the order of the plan."""
        return tuple(
            run_id
            for group in self.groups
            for run_id, state in zip(texts(group.runs, "run_id"), group.states, strict=True)
            if state in ("finished", "diverged")
        )

    @property
    def validates_on_test_images(self) -> bool:
        """Whether some run held out no images of its own."""
        return any("test" in texts(group.runs, "validation_source") for group in self.groups)

    @property
    def mixed(self) -> bool:
        """Whether results that must not be averaged meet at one of the grid points."""
        return len({tuple(group.axes.values()) for group in self.groups}) < len(self.groups)


def evidence_of(results: Results, claim: Claim, arm: str) -> Evidence:
    """No groups where the plan has no such grid point."""
    keys = {
        tuple(axis_value(value) for value in point.axes.values())
        for point in results.plan.points
        if point.arm == arm and fits(point, claim.at)
    }
    label = results.plan.source.study.label(arm)
    here = tuple(group for group in results.groups if group.arm == arm and _key(group) in keys)
    values, paths = {_key(group): _values(claim, group) for group in here}, axis_paths(results.plan)
    if claim.correlate:
        other = claim.model_copy(update={"metric": claim.correlate.with_metric})
        beside = {_key(group): _values(other, group) for group in here}
        both = _where_both(values, beside)
        return Evidence(label, here, paths, both, both, _where_both(beside, values))
    tuned = claim.compare.each_at_its_best if claim.compare else None
    if tuned not in paths:
        return Evidence(label, here, paths, values, values)
    place = paths.index(tuned)
    held_out = {_key(group): held_out_accuracies(group) for group in here}
    choices = chosen(held_out, place)
    tuned_values = at_the_chosen(values, choices, place)
    return Evidence(label, here, without(paths, place), tuned_values, values, held_out=held_out, choices=choices)


def _where_both(one: Values, other: Values) -> Values:
    """Of the first, what the second has a value for, too."""
    return {key: {seed: one[key][seed] for seed in one[key] if seed in other[key]} for key in one}


def _values(claim: Claim, group: Group) -> dict[int, float]:
    metric = CLAIM_METRICS[claim.metric]
    match metric.source:
        case TimeToAccuracy(count):
            assert claim.accuracy is not None
            by_seed = reaching(group, claim.accuracy).by_seed
            return {seed: float(getattr(one, count)) if one else math.inf for seed, one in by_seed.items()}
        case ShareDiverged():
            return _diverged(group)
        case NearBest(name):
            return _measured(claim, group, CLAIM_METRICS[name])
    return _measured(claim, group, metric)


def _measured(claim: Claim, group: Group, metric: Metric) -> dict[int, float]:
    """Finished runs as they are; a diverged one as the claim says, else not at all."""
    values = {seed: value for seed, value in group.by_seed(metric.name).items() if math.isfinite(value)}
    if claim.diverged_as is None:
        return values
    if claim.diverged_as == "chance":
        return values | group.at_chance()
    diverged = tuple(map(int, group.runs[group.runs["status"] == "diverged"]["seed"]))
    if claim.diverged_as == "largest":
        return values | dict.fromkeys(diverged, math.inf)
    last = {seed: _last_recorded(group, seed, metric) for seed in diverged}
    return values | {seed: value for seed, value in last.items() if math.isfinite(value)}


def _last_recorded(group: Group, seed: int, metric: Metric) -> float:
    """The last finite value of the run's epochs; the best one for a metric of the best epoch."""
    assert isinstance(metric.source, (OfEpochs, OfRecord))
    column = metric.source.column
    recorded = numbers(group.epochs[group.epochs["seed"] == seed], column) if column else []
    found = [value for value in recorded if math.isfinite(value)]
    if not found:
        return math.nan
    return max(found) if metric.is_optimistic else found[-1]


def _key(group: Group) -> AxesKey:
    return tuple(group.axes.values())


def _diverged(group: Group) -> dict[int, float]:
    pairs = zip(map(int, group.runs["seed"]), group.states, strict=True)
    return {seed: float(state == "diverged") for seed, state in pairs if state in ("finished", "diverged")}


def paired(claim: Claim, one: Values, other: Values) -> dict[int, float]:
    """Seed → difference, over seeds that have a value in both at every grid point that both have.

    Over several grid points: the mean of the differences; their median where the metric goes in steps, for
    then one may be infinite. NaN where neither got there: the pair has no order.
    """
    metric = CLAIM_METRICS[claim.metric]
    by_place, seeds = _pairs(one, other)
    middle = statistics.median if metric.spread == "steps" else statistics.fmean
    share = isinstance(metric.source, ShareDiverged)  # few grid points of many: the median would hide them
    differences = {seed: [a[seed] - b[seed] for a, b in by_place] for seed in seeds}
    return {
        seed: math.nan if any(map(math.isnan, own)) else statistics.fmean(own) if share else float(middle(own))
        for seed, own in differences.items()
    }


def _pairs(one: Values, other: Values) -> tuple[list[tuple[BySeed, BySeed]], list[int]]:
    """Both arms at the grid points of both, and the seeds that have a value in all of them."""
    pairs = [(one[place], other[place]) for place in one if place in other]
    return pairs, [seed for seed in (pairs[0][0] if pairs else ()) if all(seed in a and seed in b for a, b in pairs)]


def taken(one: Values, other: Values) -> set[Taken]:
    """Of each arm the values that `paired` and `near_best` are of."""
    _, seeds = _pairs(one, other)
    return {(place, seed) for place in one if place in other for seed in seeds}


def near_best(claim: Claim, one: Evidence, other: Evidence) -> dict[int, float]:
    """How many more grid values of the learning rate come within `within` of the best that either arm reached.

    The best of both arms, or an arm that learns nothing anywhere would be near its own best everywhere.
    """
    assert claim.within is not None
    pairs, seeds = _pairs(one.values, other.values)
    result = {}
    for seed in seeds:
        least = max(max(a[seed], b[seed]) for a, b in pairs) - claim.within
        result[seed] = float(sum(a[seed] >= least for a, _ in pairs) - sum(b[seed] >= least for _, b in pairs))
    return result
