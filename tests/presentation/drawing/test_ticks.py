"""Ticks stand on their axis, however many decades it spans, and say where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_study.presentation.drawing.ticks import share, ticks_along, ticks_up
from bn_study.presentation.figures.panel import Axis

DECADES = st.floats(-37.0, 30.0)


@given(DECADES, st.floats(0.1, 60.0), st.booleans())
def test_ticks_of_a_logarithmic_axis_are_on_it(low: float, decades: float, up: bool) -> None:
    """A tolerance that is a share of the upper end would let every smaller number in."""
    axis = Axis("", 10**low, 10 ** (low + decades), log=True)
    ticks = (ticks_up if up else ticks_along)(axis, 400.0)
    assert all(-1e-6 <= share(axis, tick.at) <= 1 + 1e-6 for tick in ticks)


@given(DECADES, st.floats(0.05, 5.0))
def test_a_logarithmic_axis_has_two_ticks_however_short_it_is(low: float, decades: float) -> None:
    """A single one says nothing of how far apart two points are."""
    assert len(ticks_up(Axis("", 10**low, 10 ** (low + decades), log=True), 400.0)) >= 2


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_of_any_other_axis_are_on_it(low: float, length: float) -> None:
    axis = Axis("", low, low + length)
    assert all(-1e-6 <= share(axis, tick.at) <= 1 + 1e-6 for tick in ticks_up(axis, 400.0))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1e-7, 1e-4, ["10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴"]),
        (1e-3, 1e2, ["0.001", "0.01", "0.1", "1", "10", "100"]),
        (1e-6, 1e-5, ["10⁻⁶", "2·10⁻⁶", "5·10⁻⁶", "10⁻⁵"]),
        (1e5, 1e7, ["100000", "10⁶", "10⁷"]),
    ],
)
def test_small_and_large_numbers_are_powers_of_ten(low: float, high: float, said: list[str]) -> None:
    assert [tick.said for tick in ticks_up(Axis("", low, high, log=True), 400.0)] == said
