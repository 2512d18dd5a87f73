"""What is chosen on held-out images, and what a search of so many trials is expected to end with."""

from __future__ import annotations

import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_study.analysis.tuning import at_the_chosen, chosen, expected_performance, without

few = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=4, unique_by=lambda pair: pair[0])


@given(few)
def test_a_search_ends_with_the_mean_over_all_sequences_of_trials(values: list[tuple[float, float]]) -> None:
    held_out, read = zip(*values, strict=True)
    found = expected_performance(held_out, read)
    assert len(found) == len(values)
    for trials, expected in enumerate(found, start=1):
        ends = [max(drawn)[1] for drawn in itertools.product(values, repeat=trials)]
        assert expected == pytest.approx(statistics.fmean(ends))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_more_trials_never_end_lower_where_the_same_is_chosen_by_and_read(values: list[float]) -> None:
    found = expected_performance(values, values)
    assert list(found) == pytest.approx(sorted(found))
    assert found[0] == pytest.approx(statistics.fmean(values))
    assert found[-1] <= max(values) + 1e-12


HELD_OUT = {
    (0.1, 32): {0: 0.5, 1: 0.4, 2: 0.3},
    (0.1, 64): {0: 0.1, 1: 0.2},
    (0.01, 32): {0: 0.4, 1: 0.6},
    (0.01, 64): {0: 0.1, 1: 0.9, 2: 0.9},
}


def test_each_seed_chooses_for_itself_at_each_point_of_the_other_axes() -> None:
    """Seed 2 has not ended everywhere, so it chooses nothing; of equal values the first."""
    assert chosen(HELD_OUT, 0) == {(32,): {0: 0.1, 1: 0.01}, (64,): {0: 0.1, 1: 0.01}}
    assert chosen(HELD_OUT, 1) == {(0.1,): {0: 32, 1: 32}, (0.01,): {0: 32, 1: 64}}


def test_what_is_read_is_read_where_it_was_chosen() -> None:
    read = {key: {seed: 10 * value for seed, value in by_seed.items()} for key, by_seed in HELD_OUT.items()}
    assert at_the_chosen(read, chosen(HELD_OUT, 0), 0) == {(32,): {0: 5.0, 1: 6.0}, (64,): {0: 1.0, 1: 9.0}}
    del read[0.01, 64][1]  # what diverged has no value: the seed takes no part
    assert at_the_chosen(read, chosen(HELD_OUT, 0), 0)[64,] == {0: 1.0}


def test_a_key_without_one_of_its_places() -> None:
    assert [without((1, 2, 3), place) for place in range(3)] == [(2, 3), (1, 3), (1, 2)]
