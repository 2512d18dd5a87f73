"""What of the user's own data is refused, and what is remarked on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bn_study.datasets import DatasetError
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.own_data import enumerated, judged

RNG = np.random.default_rng(0)
PATH = Path("own.npz")


def made(train: list[int], test: list[int], classes: int = 4, **images: NDArray[np.uint8]) -> Dataset:
    """Random images of 3 × 4 × 1 with these labels, or those given as `train_images`, `test_images`."""
    parts = [
        (
            images.get(f"{part}_images", RNG.integers(0, 256, (len(labels), 3, 4, 1), np.uint8)),
            np.array(labels, np.int32),
        )
        for part, labels in (("train", train), ("test", test))
    ]
    return assemble("npz", *parts, tuple("abcdefghijklm"[:classes]), "own data: own.npz")


def test_data_with_nothing_odd_are_told_in_one_line() -> None:
    judged_data = judged(made([0, 1, 2, 3] * 3, [0, 1, 2, 3]), PATH)
    assert judged_data.remarks == ()
    assert str(judged_data) == "npz: 12 + 4 images of 3 × 4 × 1, 4 classes; own data: own.npz"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (made([0, 0, 0], [0]), "all training images are of one class, 'a'"),
        (made([2, 2], [0, 1, 2], 3), "all training images are of one class, 'c'"),
        (made([1], [1]), "one class, 'b'"),
        (made([0, 1, 0], [2, 3]), "no test image is of a class that has training images"),
        (made([0, 1], [0, 1], train_images=np.full((2, 3, 4, 1), 7, np.uint8)), "all 2 training images are equal"),
    ],
)
def test_what_cannot_be_meant_is_refused(data: Dataset, complaint: str) -> None:
    with pytest.raises(DatasetError, match=rf"own\.npz: .*{complaint}"):
        judged(data, PATH)


@pytest.mark.parametrize(
    ("data", "remarks"),
    [
        (made([0, 1, 1], [0, 1], 3), ("classes without training images: c",)),
        (made([1, 2, 3], [1, 2, 3]), ("classes without training images: a",)),
        (made([0, 1, 1], [0, 1, 3]), ("classes without training images: c, d",)),
        (made([0, 1, 2, 3], [1, 3]), ("classes without test images: a, c",)),
        (
            made([0, 3, 3], [0], 13),
            (
                "classes without training images: b, c, e, f, g, h, i, j and 3 more",
                "classes without test images: d",
            ),
        ),
    ],
)
def test_classes_without_images_are_named(data: Dataset, remarks: tuple[str, ...]) -> None:
    assert judged(data, PATH).remarks == remarks
    assert str(judged(data, PATH)).endswith("; ".join(remarks))


def test_blank_images_and_fractions_cut_off_are_remarked_on() -> None:
    blank = RNG.integers(0, 256, (4, 3, 4, 1), np.uint8)
    blank[1], blank[3] = 0, 255
    assert judged(made([0, 1, 2, 3], [0, 1, 2, 3], train_images=blank), PATH).remarks == (
        "2 of 4 training images are of one value throughout",
    )
    fractions = (RNG.random((4, 8, 8, 1)) * 1.5).astype(np.uint8)
    data = made([0, 1, 2, 3], [0, 1, 2, 3], train_images=fractions, test_images=np.full((4, 8, 8, 1), 9, np.uint8))
    assert judged(data, PATH).remarks == ("no pixel is above 1: were they fractions that became bytes?",)


@given(st.data())
def test_test_images_that_are_in_train_are_counted(data: st.DataObject) -> None:
    """Against counting by comparison; images are of two values, so that many agree."""
    bits = st.lists(st.integers(0, 1), min_size=3, max_size=3)
    train = np.array([*data.draw(st.lists(bits, min_size=1, max_size=20)), [0, 2, 0], [2, 0, 0]], np.uint8)
    test = np.array(data.draw(st.lists(bits, min_size=1, max_size=20)), np.uint8)
    shared = sum(any(np.array_equal(one, other) for other in train) for one in test)
    labels = [0, 1, *[0] * (len(train) - 2)]
    found = made(
        labels,
        [0] * len(test),
        2,
        train_images=train.reshape(-1, 1, 3, 1),
        test_images=test.reshape(-1, 1, 3, 1),
    )
    said = [remark for remark in judged(found, PATH).remarks if "are training images too" in remark]
    assert said == ([f"{shared} of {len(test)} test images are training images too"] if shared else [])


def test_names_from_outside_are_made_visible_and_messages_stay_short() -> None:
    parts: Any = [(RNG.integers(0, 256, (3, 2, 2, 1), np.uint8), np.array([0, 2, 2], np.int32))] * 2
    names = ("a\x1b[2J", "\u202eb\n", "c" * 300)
    data = judged(assemble("npz", *parts, names, "own data: x\x07.npz"), PATH)
    assert data.class_names[:2] == (r"a\x1b[2J", r"\u202eb\n")
    assert r"own data: x\x07.npz; classes without training images: \u202eb\n; " in str(data)
    with pytest.raises(DatasetError) as caught:
        judged(made([0], [0]), Path("d\x1b]0;e\x07\n" * 2000))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 1_000
    assert str(caught.value).endswith("there is nothing to tell apart.")


def test_an_enumeration_names_eight() -> None:
    assert enumerated(["a"]) == "a"
    assert enumerated([str(n) for n in range(8)]) == "0, 1, 2, 3, 4, 5, 6, 7"
    assert enumerated([str(n) for n in range(1_009)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 1,001 more"
