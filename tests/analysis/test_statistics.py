"""Laws of few seeds: coverage, closed forms, enumeration, and Holm's own arithmetic."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_study.analysis.statistics import (
    holm,
    mean_interval,
    paired_difference,
    prediction_interval,
    sign_flip_p_value,
    smallest_n_for_significance,
)

accuracies = st.floats(0.0, 1.0)
few = st.lists(st.floats(-1.0, 1.0), min_size=1, max_size=8)


@pytest.mark.parametrize("n", [3, 5])
def test_nominal_95_percent_intervals_cover_in_95_percent_of_experiments(n: int) -> None:
    experiments = np.random.default_rng(n).normal(0.5, 0.02, size=(20_000, n)).tolist()
    intervals = [mean_interval(values) for values in experiments]
    covered = sum(one.low <= 0.5 <= one.high for one in intervals) / len(intervals)
    assert covered == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(("n", "of_the_mean"), [(5, 0.68), (6, 0.62), (10, 0.49), (20, 0.35)])
def test_one_more_run_lies_where_it_is_expected_in_95_percent_of_experiments(n: int, of_the_mean: float) -> None:
    """A perfect replication; in the interval of the mean it lies the more rarely the more seeds there are."""
    experiments = np.random.default_rng(n).normal(0.5, 0.02, size=(20_000, n + 1)).tolist()
    covered = {}
    for interval_of in (prediction_interval, mean_interval):
        intervals = [interval_of(values[:n]) for values in experiments]
        inside = [one.low <= values[n] <= one.high for one, values in zip(intervals, experiments, strict=True)]
        covered[interval_of] = sum(inside) / len(inside)
    assert covered[prediction_interval] == pytest.approx(0.95, abs=0.005)
    assert covered[mean_interval] == pytest.approx(of_the_mean, abs=0.015)


def test_the_interval_of_one_more_value_is_wider_by_its_closed_form() -> None:
    values = [1.0, 3.0, 2.0, 2.5]
    assert prediction_interval(values).half == pytest.approx(mean_interval(values).half * math.sqrt(5))
    assert math.isnan(prediction_interval([1.0]).low)
    assert math.isnan(prediction_interval([]).mean)


def test_the_interval_of_two_values_has_its_closed_form() -> None:
    # At one degree of freedom the t distribution is Cauchy's: t(0.975) = tan(0.475 π).
    interval = mean_interval([1.0, 3.0])
    half = math.tan(0.475 * math.pi) * math.sqrt(2) / math.sqrt(2)
    assert (interval.mean, interval.n) == (2.0, 2)
    assert (interval.low, interval.high) == pytest.approx((2 - half, 2 + half))


def test_three_values_at_90_percent_use_t_of_two_degrees() -> None:
    interval = mean_interval([1.0, 2.0, 3.0], confidence=0.9)
    assert interval.half == pytest.approx(2.919985580 / math.sqrt(3))


@given(few, st.floats(0.1, 10.0), st.floats(-5.0, 5.0))
def test_intervals_move_and_stretch_with_their_values(values: list[float], factor: float, shift: float) -> None:
    before, after = mean_interval(values), mean_interval([factor * value + shift for value in values])
    assert after.mean == pytest.approx(factor * before.mean + shift, abs=1e-9)
    assert after.half == pytest.approx(factor * before.half, abs=1e-9, nan_ok=True)


def test_one_value_has_no_interval_and_no_value_has_no_mean() -> None:
    one, none = mean_interval([0.5]), mean_interval([])
    assert one.mean == 0.5
    assert one.n == 1
    assert math.isnan(one.low)
    assert math.isnan(one.high)
    assert none.n == 0
    assert all(map(math.isnan, (none.mean, none.low, none.high)))


def test_equal_values_have_an_interval_of_width_zero() -> None:
    interval = mean_interval([0.5, 0.5, 0.5])
    assert (interval.low, interval.high) == (0.5, 0.5)


def test_values_that_are_not_finite_count_for_nothing() -> None:
    assert mean_interval([0.1, math.nan, 0.3, math.inf]) == mean_interval([0.1, 0.3])


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 95.0])
def test_a_confidence_outside_0_and_1_is_refused_with_its_value(confidence: float) -> None:
    with pytest.raises(ValueError, match=f"confidence={confidence}"):
        mean_interval([1.0, 2.0], confidence)


@given(few)
def test_sign_flip_p_is_the_share_of_all_sign_patterns_at_least_as_extreme(differences: list[float]) -> None:
    sums = [
        math.fsum(sign * value for sign, value in zip(signs, differences, strict=True))
        for signs in itertools.product((1, -1), repeat=len(differences))
    ]
    observed = abs(math.fsum(differences)) - 1e-12 * math.fsum(map(abs, differences))
    assert sign_flip_p_value(differences) == sum(abs(one) >= observed for one in sums) / len(sums)


@given(few)
def test_sign_flip_p_does_not_ask_which_arm_is_which(differences: list[float]) -> None:
    assert sign_flip_p_value(differences) == sign_flip_p_value([-value for value in differences])


@pytest.mark.parametrize("n", range(1, 13))
def test_no_p_of_n_seeds_is_below_2_to_the_1_minus_n(n: int) -> None:
    assert sign_flip_p_value([1.0 + seed for seed in range(n)]) == 2 / 2**n


def test_beyond_enumeration_the_p_is_that_of_the_paired_t_test() -> None:
    differences = np.random.default_rng(0).normal(0.3, 1.0, size=21).tolist()
    mean, error = np.mean(differences), np.std(differences, ddof=1) / math.sqrt(21)
    # Student's t at 20 degrees of freedom: the 0.975 quantile is 2.0859634.
    inside = abs(mean / error) < 2.0859634
    assert (sign_flip_p_value(differences) > 0.05) == inside
    assert sign_flip_p_value([0.0] * 21) == 1.0


def test_enumeration_and_t_test_agree_where_one_takes_over_from_the_other() -> None:
    differences = np.random.default_rng(1).normal(0.4, 1.0, size=21).tolist()
    assert sign_flip_p_value(differences) == pytest.approx(sign_flip_p_value(differences[:20]), abs=0.05)


def test_differences_are_paired_by_seed_not_by_order() -> None:
    a = {0: 1.0, 1: 5.0, 2: 9.0, 7: 4.0}
    b = {2: 8.0, 1: 4.0, 0: 0.0, 8: 3.0}
    difference = paired_difference(a, b)
    assert (difference.mean, difference.low, difference.high, difference.n) == (1.0, 1.0, 1.0, 3)
    assert difference.p_value == 0.25


@given(st.dictionaries(st.integers(0, 9), accuracies), st.dictionaries(st.integers(0, 9), accuracies))
def test_swapping_the_arms_only_turns_the_sign(a: dict[int, float], b: dict[int, float]) -> None:
    one, other = paired_difference(a, b), paired_difference(b, a)
    assert (one.mean, one.low, one.high) == pytest.approx((-other.mean, -other.high, -other.low), nan_ok=True)
    assert one.p_value == pytest.approx(other.p_value, nan_ok=True)


def test_seeds_with_a_value_that_is_not_finite_are_in_no_pair() -> None:
    assert paired_difference({0: math.nan, 1: 0.5}, {0: 0.1, 1: 0.2}).n == 1
    assert math.isnan(paired_difference({0: math.nan}, {0: 0.1}).p_value)


@pytest.mark.parametrize(("alpha", "n"), [(0.05, 6), (0.01, 8), (0.5, 2), (1.0, 1), (0.0625, 5)])
def test_the_smallest_n_is_the_first_with_2_over_2_to_the_n_at_most_alpha(alpha: float, n: int) -> None:
    assert smallest_n_for_significance(alpha) == n
    assert 2 / 2**n <= alpha < 2 / 2 ** (n - 1) or n == 1


def test_holm_against_an_example_worked_by_hand() -> None:
    # ranked 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1 = 0.02, 0.03, 0.06, 0.04; the last is raised to 0.06.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


@given(st.lists(st.floats(0.0, 1.0), max_size=8))
def test_holm_keeps_the_order_and_lies_between_p_and_bonferroni(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    pairs = sorted(zip(p_values, adjusted, strict=True))
    assert [after for _, after in pairs] == sorted(adjusted)
    assert all(p <= after <= min(1.0, len(p_values) * p) or after == 1.0 for p, after in pairs)


def test_a_p_that_could_not_be_computed_is_no_member_of_the_family() -> None:
    adjusted = holm([0.01, math.nan, 0.02])
    assert adjusted[0] == 0.02
    assert math.isnan(adjusted[1])
    assert adjusted[2] == 0.02
