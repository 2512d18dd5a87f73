"""One claim about several effects is wrong as rarely as it says, whichever of them are there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_study.analysis.conjunction import all_of, at_least, some_of

each = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(each)
def test_all_is_the_largest_p_and_some_is_bonferroni(p_values: list[float]) -> None:
    assert all_of(p_values) == max(p_values)
    assert some_of(p_values) == min(1.0, len(p_values) * min(p_values))


@given(each)
def test_p_is_that_of_the_worst_set_of_effects_that_may_be_absent(p_values: list[float]) -> None:
    """Of all sets of m - k + 1, the one with the largest Bonferroni p: that of the largest p."""
    m = len(p_values)
    for k in range(1, m + 1):
        size = m - k + 1
        worst = sorted(p_values)[m - size :]
        assert at_least(k, p_values) == min(1.0, size * min(worst))


@pytest.mark.parametrize("k", [1, 3, 5, 7])
def test_fewer_than_k_effects_are_rarely_called_k(k: int) -> None:
    """7 points, k - 1 of them with an effect that no test misses, the rest with none: the hardest case."""
    p_values = np.random.default_rng(k).random(size=(20_000, 7))
    p_values[:, : k - 1] = 0.0
    wrong = np.mean([at_least(k, row) <= 0.05 for row in p_values.tolist()])
    assert 0.04 < wrong < 0.0525


def test_what_could_not_be_computed_stays_unknown_and_a_k_that_is_none_is_refused() -> None:
    assert math.isnan(at_least(1, [0.01, math.nan]))
    with pytest.raises(ValueError, match="k=3"):
        at_least(3, [0.01, 0.02])
    with pytest.raises(ValueError, match="k=0"):
        all_of([])
