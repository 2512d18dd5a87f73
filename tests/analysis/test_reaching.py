"""Time to an accuracy: the first epoch counts, and never is never a number."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_study import plan_of, record

from bn_study.analysis.reaching import Reached, Reaching, first_reaching, reaching
from bn_study.analysis.results import results_of
from bn_study.planning.expansion import Plan

PLAN = plan_of("paper", "seeds=[0, 1, 2, 3]")


def _reaching_of_plain(accuracy: float, by_seed: dict[int, dict[str, Any]], plan: Plan = PLAN) -> Reaching:
    points = {point.seed: point for point in plan.points if point.arm == "plain"}
    records = {points[seed].fingerprint: record(points[seed], **how) for seed, how in by_seed.items()}
    return reaching(results_of(plan, records).groups[0], accuracy)


@given(st.lists(st.floats(0.0, 1.0) | st.none()), st.floats(0.0, 1.0))
def test_before_the_first_epoch_that_reaches_it_none_does(curve: list[float | None], accuracy: float) -> None:
    index = first_reaching(curve, accuracy)
    before = curve if index is None else curve[:index]
    assert all(value is None or value < accuracy for value in before)
    assert index is None or (curve[index] or 0.0) >= accuracy


def test_nan_reaches_nothing() -> None:
    assert first_reaching([math.nan, None], 0.0) is None


def test_epochs_steps_and_seconds_are_counted_to_the_end_of_that_epoch() -> None:
    reaching = _reaching_of_plain(
        0.45, {0: {"validation": [0.3, 0.46, 0.4, 0.5], "epoch_seconds": 2.5, "cpu_share": 0.5}}
    )
    assert reaching.by_seed == {0: Reached(2, 782, 5.0, 2.5)}
    assert reaching.note == ""


def test_runs_that_never_reach_it_are_counted_and_make_no_mean_small() -> None:
    fast, slow, never = [0.5, 0.5, 0.5], [0.3, 0.3, 0.5], [0.3, 0.3, 0.3]
    curves = enumerate([fast, slow, never, never])
    reaching = _reaching_of_plain(0.45, {seed: {"validation": curve} for seed, curve in curves})
    assert reaching.values("epochs") == {0: 1.0, 1: 3.0}
    assert reaching.note == "not reached by 2 of 4"
    assert reaching.median("epochs") is None


def test_the_median_counts_a_run_that_never_reached_it_as_later_than_all() -> None:
    curves = enumerate([[0.5, 0.5, 0.5], [0.3, 0.3, 0.5], [0.3, 0.3, 0.3]])
    reaching = _reaching_of_plain(0.45, {seed: {"validation": curve} for seed, curve in curves})
    assert reaching.median("steps") == 3 * 391


@pytest.mark.parametrize(("status", "n"), [("diverged", 1), ("failed", 0)])
def test_a_diverged_run_never_gets_there_and_a_failed_one_says_nothing(status: str, n: int) -> None:
    reaching = _reaching_of_plain(0.45, {0: {"validation": [0.3, None], "status": status}})
    assert (reaching.n, reaching.not_reached) == (n, n)


def test_without_results_there_is_still_an_entry_for_every_arm() -> None:
    none = [reaching(group, 0.45) for group in results_of(PLAN, {}).groups]
    assert [one.arm for one in none] == list(PLAN.source.study.arms)
    assert all(one.n == 0 and one.median("seconds") is None for one in none)
