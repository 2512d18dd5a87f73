"""Tuning: each arm at the value of an axis that is best for it, chosen on held-out images; and what a search costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

from bn_study.analysis.axis import AxisValue
from bn_study.analysis.group import Group

AxesKey: TypeAlias = tuple[AxisValue, ...]
BySeed: TypeAlias = Mapping[int, float]
Values: TypeAlias = Mapping[AxesKey, BySeed]
"""grid point → seed → value; infinite = never got there"""
Choices: TypeAlias = Mapping[AxesKey, Mapping[int, AxisValue]]
"""grid point of the other axes → seed → the value that was chosen"""

T = TypeVar("T")


def held_out_accuracies(group: Group) -> dict[int, float]:
    """Seed → last accuracy on the images that a run validates on; a diverged run is worse than all."""
    finished = {seed: value for seed, value in group.by_seed("last_validation_accuracy").items() if value == value}
    diverged = group.runs[group.runs["status"] == "diverged"]
    return {**finished, **dict.fromkeys(map(int, diverged["seed"]), -math.inf)}


def chosen(held_out: Values, place: int) -> Choices:
    """For each point of the other axes, the value at `place` of the key that is best in each seed.

    Only seeds that ended at every value: a search that is not finished chooses nothing. Of equal values the first.
    """
    by_rest: dict[AxesKey, dict[AxisValue, BySeed]] = {}
    for key, accuracies in held_out.items():
        by_rest.setdefault(without(key, place), {})[key[place]] = accuracies
    return {
        rest: {
            seed: max(values, key=lambda value, seed=seed: values[value][seed])  # type: ignore[misc]
            for seed in next(iter(values.values()))
            if all(seed in accuracies for accuracies in values.values())
        }
        for rest, values in by_rest.items()
    }


def at_the_chosen(values: Values, choices: Choices, place: int) -> dict[AxesKey, dict[int, float]]:
    """`values` at what was chosen; without a value there, without the seed."""
    return {
        rest: {
            seed: values[key][seed]
            for seed, value in of_seed.items()
            if seed in values[key := (*rest[:place], value, *rest[place:])]
        }
        for rest, of_seed in choices.items()
    }


def without(key: tuple[T, ...], place: int) -> tuple[T, ...]:
    """The key without what stands at `place`."""
    return (*key[:place], *key[place + 1 :])


def expected_performance(held_out: Sequence[float], read: Sequence[float]) -> tuple[float, ...]:
    """What a search is expected to end with, after 1, 2, … as many trials as there are values (Dodge et al. 2019).

    `held_out` and `read`: of each value of the grid, what is chosen by and what is read. A trial draws any value
    with the same chance, also one that was tried before. Of n values that are sorted by `held_out`, the i-th is
    the best of k trials with a chance of (i / n)^k - ((i - 1) / n)^k.
    """
    ranked = [value for _, value in sorted(zip(held_out, read, strict=True), key=lambda pair: pair[0])]
    n = len(ranked)
    return tuple(
        math.fsum(value * ((i / n) ** k - ((i - 1) / n) ** k) for i, value in enumerate(ranked, start=1))
        for k in range(1, n + 1)
    )
