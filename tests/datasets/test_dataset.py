from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

import bn_study.datasets
from bn_study.datasets import NAMES, DatasetError, describe, load
from bn_study.datasets.aligned import ALIGNMENT_BYTES, aligned_empty
from bn_study.datasets.dataset import assemble, fingerprint
from bn_study.datasets.labels import checked_labels

ARRAYS = hnp.arrays(np.uint8, hnp.array_shapes(max_dims=4, max_side=4))


@given(ARRAYS, st.data())
def test_a_fingerprint_changes_with_any_byte_and_with_the_shape(array: NDArray[np.uint8], data: st.DataObject) -> None:
    original = fingerprint(array)
    assert original == fingerprint(array.copy()) == fingerprint(np.asfortranarray(array))
    changed = array.copy()
    changed.flat[data.draw(st.integers(0, array.size - 1))] ^= data.draw(st.integers(1, 255))
    assert fingerprint(changed) != original
    assert fingerprint(array[np.newaxis]) != original
    assert fingerprint(array.astype(np.int32)) != original


def test_a_fingerprint_tells_where_one_array_ends() -> None:
    ones = np.ones(4, np.uint8)
    assert len({fingerprint(ones[:1], ones[:3]), fingerprint(ones[:2], ones[:2]), fingerprint(ones)}) == 3


def test_a_fingerprint_is_sha256_over_shapes_and_little_endian_bytes() -> None:
    numbers = np.array([[1, 2]], ">i4")
    expected = hashlib.sha256(b"i4(1, 2)" + bytes([1, 0, 0, 0, 2, 0, 0, 0])).hexdigest()
    assert fingerprint(numbers) == fingerprint(numbers.astype("<i4")) == f"sha256:{expected[:16]}"


def test_a_dataset_cannot_be_changed() -> None:
    digits = load("digits")
    with pytest.raises(ValueError, match="read-only"):
        digits.train_images[0, 0, 0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        digits.name = "other"  # type: ignore[misc]


@given(st.lists(st.integers(1, 7), max_size=4))
def test_aligned_memory_starts_where_a_backend_wants_it(shape: list[int]) -> None:
    array = aligned_empty(tuple(shape))
    assert array.shape == tuple(shape)
    assert array.dtype == np.uint8
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.ctypes.data % ALIGNMENT_BYTES == 0


def test_a_backend_may_take_the_memory_over() -> None:
    # `training` passes images on by DLPack, which refuses memory that is read-only throughout.
    digits = load("digits")
    for images in (digits.train_images, digits.test_images):
        view = images.view()
        view.flags.writeable = True
        assert view.__dlpack_device__()[0] == 1


def test_train_and_test_must_be_of_one_size() -> None:
    labels = np.zeros(1, np.int32)
    with pytest.raises(DatasetError, match=r"train images are 2 × 3 × 1, test images are 3 × 2 × 1"):
        assemble(
            "x",
            (np.zeros((1, 2, 3, 1), np.uint8), labels),
            (np.zeros((1, 3, 2, 1), np.uint8), labels),
            ("a",),
            "",
        )


@given(st.lists(st.integers(0, 9), min_size=1), st.sampled_from(["u1", ">i2", "i8", "list", "column"]))
def test_labels_in_range_are_kept(labels: list[int], form: str) -> None:
    given_as: object = labels
    if form == "column":
        given_as = np.array(labels)[:, np.newaxis]
    elif form != "list":
        given_as = np.array(labels, form)
    found = checked_labels(given_as, len(labels), 10, "here")
    assert found.dtype == np.int32
    assert found.tolist() == labels


@given(st.lists(st.integers(0, 9)), st.one_of(st.integers(10, 2**63 - 1), st.integers(-(2**63), -1)), st.data())
def test_a_label_out_of_range_is_told_with_its_position(labels: list[int], wrong: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(labels)))
    labels.insert(position, wrong)
    with pytest.raises(DatasetError, match=f"here: label {wrong} at position {position} is outside"):
        checked_labels(labels, len(labels), 10, "here")


def test_digits_are_what_the_facts_say() -> None:
    facts, digits = describe("digits"), load("digits")
    assert digits.image_shape == facts.image_shape
    assert digits.classes == facts.classes == len(set(digits.train_labels.tolist()))
    assert (len(digits.train_images), len(digits.test_images)) == (facts.train_images, facts.test_images)
    assert digits.fingerprint == "sha256:c7be0b0280eeb4f4"


def test_digits_are_the_known_counts_in_equal_shares() -> None:
    digits = load("digits")
    images = np.concatenate([digits.train_images, digits.test_images])
    counts = np.rint(images * (16 / 255))
    np.testing.assert_array_equal(images, np.rint(counts * 255 / 16))
    assert set(np.unique(counts)) == set(range(17))
    # Class sizes of the test part at UCI (optdigits.names).
    train, test = np.bincount(digits.train_labels), np.bincount(digits.test_labels)
    assert (train + test).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.all(np.abs(test - (train + test) * 360 / 1797) < 1)
    assert len(np.unique(images.reshape(1797, -1), axis=0)) == 1797


def test_every_name_has_facts_under_itself() -> None:
    assert [describe(name).name for name in NAMES] == list(NAMES)
    for facts in map(describe, NAMES):
        known = (facts.image_shape, facts.classes, facts.train_images, facts.test_images)
        assert (facts.obtained == "path") == (known == (None,) * 4)
        assert facts.source
        assert facts.licence


@pytest.mark.parametrize("call", [describe, load])
def test_an_unknown_name_is_told_with_the_nearest(call: object) -> None:
    with pytest.raises(DatasetError, match=r"no data set 'cifar1O'\. Did you mean 'cifar10'\? There are: cifar10, "):
        call("cifar1O")  # type: ignore[operator]


def test_the_package_imports_neither_a_backend_nor_pillow() -> None:
    heavy = ["PIL", "keras", "tensorflow", "jax", "torch", "pandas", "scipy", "yaml", "pydantic"]
    code = (
        "import sys, bn_study.datasets as d; d.load('digits'); d.describe('cifar10'); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    root = str(next(iter(bn_study.datasets.__path__))).removesuffix("/bn_study/datasets")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
