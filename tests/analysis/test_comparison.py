"""Arms are compared seed by seed, at equal axes, with the first arm."""

from __future__ import annotations

import math

import pytest
from synthetic_study import plan_of, realistic

from bn_study.analysis.comparison import (
    REESTIMATED_WHERE_BN,
    compare_with_first_arm,
    paired_ratio,
    reestimated_minus_moving,
)
from bn_study.analysis.results import results_of
from bn_study.planning.expansion import Point

PLAN = plan_of("paper", "seeds=[0, 1, 2]", "grid.training.batch_size=[64, 128]")


def _better_by(point: Point) -> dict[str, object]:
    """Every arm is 0.1 · its rank better than the first in each seed, whatever the seed is worth."""
    rank = list(PLAN.source.study.arms).index(point.arm)
    last = 0.2 + 0.05 * point.seed + 0.1 * rank
    return {
        "validation": [last + 0.1, last],
        "step_seconds": 0.01 * 2**rank,
        "train_accuracy_at_the_end": 0.9,
    }


def test_the_difference_of_paired_runs_is_free_of_the_spread_between_seeds() -> None:
    comparisons = compare_with_first_arm(results_of(PLAN, realistic(PLAN, _better_by)))
    assert len(comparisons) == 4 * 2
    for rank, one in enumerate(comparisons[::2], start=1):
        last, gap = one.differences["last_validation_accuracy"], one.differences["generalization_gap"]
        assert (one.reference, last.n) == ("plain", 3)
        assert (last.mean, last.low, last.high) == pytest.approx((0.1 * rank,) * 3)
        assert gap.mean == pytest.approx(-0.1 * rank)
        assert one.ratios["step_seconds"].mean == pytest.approx(2**rank)


def test_equal_axes_are_compared() -> None:
    def slower_at_128(point: Point) -> dict[str, object]:
        return {"step_seconds": 0.01 * point.axes["training.batch_size"] / 64}

    comparisons = compare_with_first_arm(results_of(PLAN, realistic(PLAN, slower_at_128)))
    assert all(one.ratios["step_seconds"].mean == pytest.approx(1.0) for one in comparisons)


def test_a_missing_reference_leaves_no_pairs_and_no_error() -> None:
    records = realistic(PLAN, lambda point: {"missing": point.arm == "plain"})
    comparisons = compare_with_first_arm(results_of(PLAN, records))
    assert [one.differences["last_validation_accuracy"].n for one in comparisons] == [0] * 8
    assert all(math.isnan(one.ratios["step_seconds"].mean) for one in comparisons)


def test_results_of_other_data_are_never_a_pair() -> None:
    records = realistic(PLAN, lambda point: {"fingerprint": "sha256:a" if point.arm == "plain" else "sha256:b"})
    comparisons = compare_with_first_arm(results_of(PLAN, records))
    assert {one.differences["last_validation_accuracy"].n for one in comparisons} == {0}


def test_reestimated_statistics_stand_in_only_for_arms_that_have_them() -> None:
    def end(point: Point) -> dict[str, object]:
        bn = point.arm.startswith("bn")
        return {"validation": [0.4], "train": [0.4], "reestimated": 0.52 if bn else None}

    results = results_of(PLAN, realistic(PLAN, end))
    by_arm = {one.arm: one.differences[REESTIMATED_WHERE_BN].mean for one in compare_with_first_arm(results)}
    assert by_arm["bn"] == pytest.approx(0.12)
    assert by_arm["dropout"] == 0.0
    gains = {group.arm: reestimated_minus_moving(group) for group in results.groups}
    assert gains["bn"].mean == pytest.approx(0.12)
    assert gains["plain"].n == 0


def test_the_ratio_is_a_geometric_mean_and_turns_over_with_its_arms() -> None:
    a, b = {0: 2.0, 1: 8.0}, {0: 1.0, 1: 1.0, 2: 1.0}
    assert paired_ratio(a, b).mean == pytest.approx(4.0)
    assert paired_ratio(b, a).low == pytest.approx(1 / paired_ratio(a, b).high)
    assert paired_ratio({0: 1e-300, 1: 1e300}, {0: 1.0, 1: 1.0}).n == 2  # no overflow
