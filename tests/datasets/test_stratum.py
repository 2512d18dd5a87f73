"""Strata by brightness: parts of the whole, fitted on train, of equal size but for ties."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bn_study.datasets import DatasetError, Split, stratum
from bn_study.datasets.stratum import brightness, interval_edges

BYTES = st.integers(0, 255)


def images(levels: list[int]) -> NDArray[np.uint8]:
    """Images of one pixel."""
    return np.array(levels, np.uint8).reshape(-1, 1, 1, 1)


def parts_of(train: list[int], validation: list[int]) -> Split:
    """Labels number the images."""
    return Split(
        images(train), np.arange(len(train), dtype=np.int32),
        images(validation), np.arange(len(validation), dtype=np.int32), "test",
    )  # fmt: skip


def test_brightness_is_the_sum_of_all_bytes_and_does_not_overflow() -> None:
    white = np.full((2, 32, 32, 3), 255, np.uint8)
    assert brightness(white).tolist() == [255 * 32 * 32 * 3] * 2
    assert brightness(np.arange(12, dtype=np.uint8).reshape(2, 1, 2, 3)).tolist() == [15, 51]


def test_thirds_worked_by_hand() -> None:
    """Trained on 1 to 7 (edges 3 and 5), validated on what lies between the same edges."""
    whole = parts_of([7, 1, 6, 2, 5, 3, 4], [0, 2, 3, 4, 5, 255])
    kept = [stratum(whole, of=3, part=part, train_on_all=False) for part in (1, 2, 3)]
    assert [one.train_images.ravel().tolist() for one in kept] == [[1, 2], [3, 4], [7, 6, 5]]
    assert [one.train_labels.tolist() for one in kept] == [[1, 3], [5, 6], [0, 2, 4]]
    assert [one.validation_images.ravel().tolist() for one in kept] == [[0, 2], [3, 4], [5, 255]]
    assert [one.validation_labels.tolist() for one in kept] == [[0, 1], [2, 3], [4, 5]]


def test_the_test_part_lies_between_the_edges_of_the_training_images_or_there_is_none() -> None:
    whole = replace(
        parts_of([7, 1, 6, 2, 5, 3, 4], [0, 4, 5]), validation_source="train", test_images=images([9, 2, 6]),
        test_labels=np.arange(3, dtype=np.int32),
    )  # fmt: skip
    kept = [stratum(whole, of=3, part=part, train_on_all=True) for part in (1, 2, 3)]
    assert [None if one.test_images is None else one.test_images.ravel().tolist() for one in kept] == [
        [2],
        None,
        [9, 6],
    ]
    assert [None if one.test_labels is None else one.test_labels.tolist() for one in kept] == [[1], None, [0, 2]]


@given(st.lists(BYTES, min_size=2, max_size=60), st.lists(BYTES, min_size=1, max_size=30), st.integers(2, 5))
def test_parts_are_disjoint_cover_everything_and_are_equal_but_for_ties(
    train: list[int], validation: list[int], of: int
) -> None:
    """From dark to bright; an empty part is an error."""
    whole, kept = parts_of(train, validation), []
    for part in range(1, of + 1):
        try:
            kept.append(stratum(whole, of=of, part=part, train_on_all=False))
        except DatasetError:
            return
    for side, count in (("train", len(train)), ("validation", len(validation))):
        numbers = [label for one in kept for label in getattr(one, f"{side}_labels").tolist()]
        assert sorted(numbers) == list(range(count))
        levels = [getattr(one, f"{side}_images").ravel() for one in kept]
        assert all(dark.max() < bright.min() for dark, bright in pairwise(levels))
    ties = max(train.count(level) for level in train) - 1
    sizes = [len(one.train_labels) for one in kept]
    assert all(abs(size - len(train) / of) < 1 + ties for size in sizes)


@given(st.lists(BYTES, min_size=6, max_size=40, unique=True), st.integers(2, 5))
def test_without_ties_sizes_differ_by_one_at_most(levels: list[int], of: int) -> None:
    values = np.array(levels, np.int64)
    sizes = np.bincount(np.searchsorted(interval_edges(values, of), values, side="right"), minlength=of)
    assert sizes.max() - sizes.min() <= 1


def test_the_edges_are_those_of_the_training_images_alone() -> None:
    train = [10, 20, 30, 40]
    for validation in ([25, 35], [25, 35, 255, 254, 253]):
        dark = stratum(parts_of(train, validation), of=2, part=1, train_on_all=False)
        assert dark.train_images.ravel().tolist() == [10, 20]
        assert dark.validation_images.ravel().tolist() == [25]


def test_one_model_of_all_trains_on_all_and_is_validated_on_the_part() -> None:
    whole = replace(parts_of([10, 20, 30, 40], [15, 35]), validation_source="train")
    kept = stratum(whole, of=2, part=2, train_on_all=True)
    assert kept.train_images is whole.train_images
    assert kept.train_labels is whole.train_labels
    assert kept.validation_labels.tolist() == [1]
    assert kept.validation_source == "train"


@pytest.mark.parametrize(
    ("train", "validation", "kind"), [([5, 5, 5, 5], [5], "training"), ([1, 2, 3, 4], [4], "validation")]
)
def test_a_part_without_images_is_named(train: list[int], validation: list[int], kind: str) -> None:
    with pytest.raises(DatasetError, match=f"1 of 2 by brightness holds no {kind} image"):
        stratum(parts_of(train, validation), of=2, part=1, train_on_all=False)
