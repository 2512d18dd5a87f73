from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bn_study.datasets import Dataset, DatasetError, split
from bn_study.datasets.aligned import ALIGNMENT_BYTES

Numbered = Callable[[list[int]], Dataset]
LABELS = st.lists(st.integers(0, 4), min_size=4, max_size=120)
SEEDS = st.integers(0, 2**63)


def numbers(images: NDArray[np.uint8]) -> list[int]:
    """The numbers that the images of a `numbered` data set bear."""
    return np.ascontiguousarray(images).reshape(-1).view("<u4").tolist()


def class_counts(labels: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.bincount(labels, minlength=5)


@given(LABELS, SEEDS, st.data())
def test_a_train_part_has_the_exact_size_and_each_class_its_share(
    numbered: Numbered, labels: list[int], seed: int, data: st.DataObject
) -> None:
    wanted = data.draw(st.integers(1, len(labels)))
    dataset = numbered(labels)
    part = split(dataset, train_images=wanted, validation=None, seed=seed)
    chosen = numbers(part.train_images)
    assert len(chosen) == wanted
    assert chosen == sorted(set(chosen))
    assert part.train_labels.tolist() == [labels[number] for number in chosen]
    exact = class_counts(dataset.train_labels) * wanted / len(labels)
    assert np.all(np.abs(class_counts(part.train_labels) - exact) < 1)
    assert part.validation_source == "test"
    assert part.validation_images is dataset.test_images
    assert part.validation_labels is dataset.test_labels
    assert part.test_images is None  # they were looked at


@given(LABELS, SEEDS, st.floats(0.1, 0.9))
def test_the_held_out_part_and_the_rest_make_the_whole(
    numbered: Numbered, labels: list[int], seed: int, validation: float
) -> None:
    dataset = numbered(labels)
    count = round(validation * len(labels))
    if not 1 <= count < len(labels):
        return
    part = split(dataset, train_images=None, validation=validation, seed=seed)
    train, held = numbers(part.train_images), numbers(part.validation_images)
    assert sorted(train + held) == list(range(len(labels)))
    assert held == sorted(held)
    assert len(held) == count
    assert part.validation_labels.tolist() == [labels[number] for number in held]
    exact = class_counts(dataset.train_labels) * count / len(labels)
    assert np.all(np.abs(class_counts(part.validation_labels) - exact) < 1)
    assert part.validation_source == "train"
    assert part.test_images is dataset.test_images
    assert part.test_labels is dataset.test_labels


@given(LABELS, SEEDS, st.data())
def test_a_smaller_train_part_lies_in_a_larger_but_for_one_image_a_class(
    numbered: Numbered, labels: list[int], seed: int, data: st.DataObject
) -> None:
    dataset = numbered(labels)
    less, more = sorted(data.draw(st.tuples(*[st.integers(1, len(labels))] * 2)))
    small, large = (split(dataset, train_images=n, validation=None, seed=seed) for n in (less, more))
    outside = set(numbers(small.train_images)) - set(numbers(large.train_images))
    assert np.all(class_counts(np.array([labels[number] for number in outside], np.int32)) <= 1)


@given(st.integers(1, 5), st.integers(2, 30), SEEDS, st.sampled_from([None, 0.1, 0.25, 0.5]), st.data())
def test_with_classes_of_equal_size_train_parts_are_nested(
    numbered: Numbered, classes: int, size: int, seed: int, validation: float | None, data: st.DataObject
) -> None:
    dataset = numbered(list(range(classes)) * size)
    held = round((validation or 0) * classes * size)
    if validation and held % classes:
        return  # then the classes left are not of equal size
    if validation and not held:
        return
    less, more = sorted(data.draw(st.tuples(*[st.integers(1, classes * size - held)] * 2)))
    small, large = (split(dataset, train_images=n, validation=validation, seed=seed) for n in (less, more))
    assert set(numbers(small.train_images)) <= set(numbers(large.train_images))
    if validation:
        assert not set(numbers(large.train_images)) & set(numbers(large.validation_images))
    # What is held out does not move what is trained on.
    alone = split(dataset, train_images=less, validation=None, seed=seed)
    assert numbers(alone.train_images) == numbers(small.train_images)


def test_a_subset_of_512_lies_in_that_of_1024(numbered: Numbered) -> None:
    dataset = numbered([number * 7 % 10 for number in range(5000)])
    small, large = (split(dataset, train_images=n, validation=0.1, seed=3) for n in (512, 1024))
    assert set(numbers(small.train_images)) < set(numbers(large.train_images))
    assert numbers(small.validation_images) == numbers(large.validation_images)


def test_the_seed_alone_decides(numbered: Numbered) -> None:
    dataset = numbered(list(range(4)) * 50)
    parts = [split(dataset, train_images=40, validation=0.2, seed=seed) for seed in (0, 0, 1)]
    chosen = [(numbers(part.train_images), numbers(part.validation_images)) for part in parts]
    assert chosen[0] == chosen[1]
    assert chosen[0][0] != chosen[2][0]
    assert chosen[0][1] != chosen[2][1]


def test_a_choice_stays_the_same_from_version_to_version(numbered: Numbered) -> None:
    # Results on disk were made with these choices: a change here must be a decision.
    part = split(numbered(list(range(3)) * 6), train_images=6, validation=0.34, seed=0)
    assert numbers(part.train_images) == [1, 8, 9, 13, 15, 17]
    assert numbers(part.validation_images) == [2, 3, 4, 5, 10, 12]


def test_the_whole_is_not_copied(numbered: Numbered) -> None:
    dataset = numbered([0, 1, 2])
    for wanted in (None, 3):
        part = split(dataset, train_images=wanted, validation=None, seed=0)
        assert part.train_images is dataset.train_images
        assert part.train_labels is dataset.train_labels


def test_a_part_lies_in_memory_that_a_backend_takes_over(numbered: Numbered) -> None:
    part = split(numbered([0, 1] * 10), train_images=7, validation=0.3, seed=0)
    for images in (part.train_images, part.validation_images):
        assert images.flags.c_contiguous
        assert images.ctypes.data % ALIGNMENT_BYTES == 0


def test_a_class_without_images_has_no_share(numbered: Numbered) -> None:
    part = split(numbered([0, 2] * 10), train_images=5, validation=0.5, seed=0)
    assert set(part.train_labels.tolist()) == {0, 2}


@pytest.mark.parametrize(
    ("train_images", "validation", "complaint"),
    [
        (0, None, "0 train images asked for; there are 20"),
        (-1, None, "-1 train images"),
        (21, None, r"21 train images asked for; there are 20\."),
        (11, 0.5, "11 train images asked for; there are 10 beside the 10 held out"),
        (None, 0.0, "between 0 and 1"),
        (None, 1.0, "between 0 and 1"),
        (None, float("nan"), "between 0 and 1"),
        (None, 0.01, "leaves a part empty"),
        (None, 0.99, "leaves a part empty"),
    ],
)
def test_what_cannot_be_split_is_refused(
    train_images: int | None, validation: float | None, complaint: str, numbered: Numbered
) -> None:
    with pytest.raises(DatasetError, match=complaint):
        split(numbered([0, 1] * 10), train_images=train_images, validation=validation, seed=0)
