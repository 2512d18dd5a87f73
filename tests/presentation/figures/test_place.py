"""Where the values of an axis stand: by their size, logarithmic with a place for zero, or in equal steps."""

from __future__ import annotations

import math

import pytest

from bn_study.analysis.axis import AxisValue
from bn_study.presentation.figures.place import ordered, places


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ((0.1, 0.001), (-3, -1)),  # a decade or more: logarithmic, from low to high
        ((0.01, 0.1), (-2, -1)),
        ((32, 64, 256), (32, 64, 256)),  # less: by their size
        ((0, 10, 20), (0, 10, 20)),
        ((-1, 1), (-1, 1)),
        ((-2, -1, 0, 1, 2), (-2, -1, 0, 1, 2)),
        ((-1, 0, 0.001, 100), (0, 1, 2, 3)),  # no logarithm, and two on one spot: equal steps
        ((7,), (0,)),
        ((0,), (0,)),
        (("tanh", "relu"), (0, 1)),  # names: as the study lists them
        (("relu", 100, 0), (0, 1, 2)),  # mixed
        ((0.1, 0.1000001), (0.1, 0.1000001)),
    ],
)
def test_values_stand_by_their_size_or_in_equal_steps(values: tuple[AxisValue, ...], at: tuple[float, ...]) -> None:
    found = places(values)
    assert found.at == pytest.approx(at)
    assert found.breaks == ()
    axis = found.axis("x")
    assert axis.low < found.at[0] <= found.at[-1] < axis.high
    assert axis.ticks is not None
    assert [tick.at for tick in axis.ticks] == list(found.at)


@pytest.mark.parametrize("values", [(0, 1e-5, 1e-4, 1e-3, 1e-2), (0.0, 0.001, 0.1), (1, 0, 100)])
def test_zero_has_a_place_of_its_own_left_of_the_decades_behind_a_break(values: tuple[float, ...]) -> None:
    found = places(values)
    assert found.values == tuple(sorted(values))
    logs = [math.log10(value) for value in sorted(values)[1:]]
    assert found.at[1:] == pytest.approx(logs)
    assert len(found.breaks) == 1
    assert found.at[0] < found.breaks[0] < found.at[1]
    assert found.at[1] - found.at[0] >= 0.5


def test_no_two_values_stand_on_one_spot() -> None:
    """Closer than a 33rd of the axis their labels and marks would lie on top of each other."""
    for values in (
        (0, 1, 1000),
        (1, 2, 4, 8, 16, 32),
        (0, 1e-9, 1),
        (-3, 0, 0.01, 5),
        (1e-5, 1, 1.01),
        (0, 1, 1.01, 1000),
    ):
        found = places(values)
        least = min(b - a for a, b in zip(found.at, found.at[1:], strict=False))
        assert least >= 0.03 * found.span


def test_numbers_are_ordered_and_names_are_left_as_they_are() -> None:
    assert ordered([3, 1, 2, 1]) == (1, 2, 3)
    assert ordered(["b", "a", "b"]) == ("b", "a")
    assert ordered(["b", 3, "a", 1]) == ("b", 3, "a", 1)
