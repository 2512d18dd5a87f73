"""Search: where a claim compares each arm at its best, what was tried, what was chosen, and what more trials give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bn_study.analysis.axis import Axes, AxisValue
from bn_study.analysis.evidence import Evidence, evidence_of
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval, mean_interval
from bn_study.analysis.tuning import AxesKey, BySeed, Values, expected_performance, without
from bn_study.config.claim import Claim


@dataclass(frozen=True)
class Tried:
    """One value of the axis over the seeds: `held_out` is the accuracy to choose by, `read` the claim's metric."""

    value: AxisValue
    held_out: Interval
    read: Interval


@dataclass(frozen=True)
class Search:
    """Of one arm along `path`, at one point of the other axes. `chosen`: seed → value."""

    claim: str
    metric: str
    arm: str
    path: str
    axes: Axes
    chosen: Mapping[int, AxisValue]
    grid: tuple[Tried, ...]
    expected: tuple[Interval, ...]
    """the metric after 1, 2, … trials (see `expected_performance`), mean over the seeds"""


def searches(results: Results) -> tuple[Search, ...]:
    """Of every claim with `each_at_its_best`, in the order of the study; none of an arm that chose nothing."""
    return tuple(
        one
        for claim in results.plan.source.study.claims
        if claim.compare and claim.compare.each_at_its_best
        for arm in claim.arms
        for one in _of_arm(claim, arm, evidence_of(results, claim, arm))
    )


def _of_arm(claim: Claim, arm: str, evidence: Evidence) -> Iterator[Search]:
    path = claim.compare.each_at_its_best if claim.compare else None
    if path is None or evidence.choices is None or evidence.validates_on_test_images:
        return
    place = [*evidence.groups[0].axes].index(path)
    for rest, chosen in evidence.choices.items():
        held_out, read = (_here(values, rest, place) for values in (evidence.held_out, evidence.measured))
        if chosen:
            grid = tuple(
                Tried(value, mean_interval(held_out[value].values()), mean_interval(read[value].values()))
                for value in held_out
            )
            axes = dict(zip(evidence.paths, rest, strict=True))
            yield Search(claim.id, claim.metric, arm, path, axes, chosen, grid, _expected(held_out, read))


def _here(values: Values, rest: AxesKey, place: int) -> dict[AxisValue, BySeed]:
    return {key[place]: by_seed for key, by_seed in values.items() if without(key, place) == rest}


def _expected(held_out: Mapping[AxisValue, BySeed], read: Mapping[AxisValue, BySeed]) -> tuple[Interval, ...]:
    """Over the seeds that have both at every value."""
    every = [*held_out.values(), *read.values()]
    seeds = [seed for seed in every[0] if all(seed in one for one in every)]
    of_seeds = [
        expected_performance(*([by_seed[seed] for by_seed in values.values()] for values in (held_out, read)))
        for seed in seeds
    ]
    return tuple(mean_interval(column) for column in zip(*of_seeds, strict=True))
