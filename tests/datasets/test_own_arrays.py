from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from bn_study.datasets import DatasetError, load, unpacking

GOOD: dict[str, Any] = {
    "x_train": np.arange(48, dtype=np.uint8).reshape(4, 2, 2, 3),
    "y_train": np.array([0, 1, 2, 0]),
    "x_test": np.zeros((1, 2, 2, 3), np.uint8),
    "y_test": np.array([2]),
}


def saved(path: Path, **arrays: Any) -> Path:
    np.savez_compressed(path, **arrays)
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hnp.arrays(
        np.uint8,
        st.integers(2, 4).flatmap(
            lambda n: hnp.array_shapes(min_dims=2, max_dims=3, max_side=4).map(lambda s: (n, *s))
        ),
    ),
    st.sampled_from(["u1", "i8", "<u2"]),
)
def test_what_is_saved_is_loaded(tmp_path: Path, images: NDArray[np.uint8], kind: str) -> None:
    labels = np.arange(len(images), dtype=kind)
    path = saved(tmp_path / "own.npz", x_train=images, y_train=labels, x_test=images[:1], y_test=labels[:1])
    assume(any((image != images[0]).any() for image in images))
    dataset = load("npz", path=path)
    np.testing.assert_array_equal(dataset.train_images, images.reshape(*images.shape[:3], -1))
    np.testing.assert_array_equal(dataset.train_labels, labels)
    np.testing.assert_array_equal(dataset.test_images, dataset.train_images[:1])
    assert dataset.train_labels.dtype == np.int32
    assert dataset.class_names == tuple(map(str, range(len(images))))
    assert dataset.provenance == "own data: own.npz"


def test_names_of_classes_and_columns_of_labels_are_taken(tmp_path: Path) -> None:
    path = saved(tmp_path / "own.npz", **GOOD | {"class_names": ["a", "b", "c", "d"], "y_test": np.array([[2]])})
    dataset = load("npz", path=path)
    assert dataset.class_names == ("a", "b", "c", "d")
    assert dataset.test_labels.tolist() == [2]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"x_train": np.zeros((4, 2, 2, 3))}, r"images must be uint8 .* found float64 .*save \(255 \* x\)\.round"),
        ({"x_train": np.zeros((4, 2, 2, 3), int)}, r"found int64 .*if they are 0\.\.255, save x\.astype"),
        ({"x_train": np.zeros((4, 12), np.uint8)}, r"images must be uint8 .* found uint8 \(4, 12\)"),
        ({"x_train": np.zeros((4, 0, 2, 3), np.uint8)}, "images must be uint8"),
        (
            {"x_test": np.zeros((1, 2, 3, 3), np.uint8)},
            "train images are 2 × 2 × 3, test images are 2 × 3 × 3",
        ),
        ({"y_train": np.array([0, 1, 2])}, r"own\.npz: y_train: 4 labels expected, found an array of shape \(3,\)"),
        (
            {"y_train": np.array([0.0, 1, 2, 0])},
            r"y_train: labels must be whole numbers, found float64; save y\.astype\(int\)",
        ),
        (
            {"y_train": np.array(["a", "b", "c", "a"])},
            r"found <U1; numpy\.unique\(y, return_inverse=True\)\[1\] numbers",
        ),
        ({"y_train": np.eye(4, dtype=int)}, r"found \(4, 4\); if one-hot, save y\.argmax\(axis=1\)"),
        (
            {"x_train": np.zeros((4, 3, 2, 5), np.uint8)},
            r"images of 3 × 2 with 5 channels; .*x\.transpose\(0, 2, 3, 1\)",
        ),
        ({"x_train": np.zeros((4, 1, 8, 8), np.uint8)}, r"x\.transpose\(0, 2, 3, 1\)"),
        (
            {"x_train": np.zeros((2, 2, 3, 9), np.uint8), "y_train": np.arange(9)},
            r"counted by the last axis .* save numpy\.moveaxis\(x, -1, 0\)",
        ),
        ({"y_train": np.array([0, 1, 2, -1])}, "label -1 at position 3"),
        ({"y_train": np.array([0, 1, 2, 10**9])}, r"labels must be 0\.\.classes-1, found 1000000000"),
        ({"y_train": np.zeros(0, int)}, r"4 labels expected, found an array of shape \(0,\)"),
        ({"y_test": np.array([3])}, r"label 3 at position 0 is outside 0\.\.2"),
        ({"class_names": np.array(["a", "b"])}, r"label 2 at position 2 is outside 0\.\.1"),
        ({"class_names": np.array(["a", "b", "a"])}, "class_names gives two classes one name"),
        ({"class_names": np.array([1, 2, 3])}, "class_names must be a list of text"),
        ({"y_test": np.array([{}], object)}, "y_test holds Python objects; only numbers and text are read"),
    ],
)
def test_what_is_wrong_is_told(change: dict[str, Any], complaint: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "own.npz", **GOOD | change)
    with pytest.raises(DatasetError, match=complaint):
        load("npz", path=path)


def test_missing_arrays_are_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "own.npz", x_train=GOOD["x_train"], other=GOOD["y_train"])
    with pytest.raises(DatasetError, match=r"own\.npz: y_train, x_test, y_test missing"):
        load("npz", path=path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("y_train", b"no array")
    with pytest.raises(DatasetError, match=r"own\.npz: y_train, x_test, y_test missing"):
        load("npz", path=path)


def test_foreign_and_damaged_files_are_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "own.npz", **GOOD)
    whole = path.read_bytes()
    for content in (b"", b"text", whole[: len(whole) // 2], whole[:60] + b"\xff" * 20 + whole[80:]):
        path.write_bytes(content)
        with pytest.raises(DatasetError, match=r"own\.npz is damaged, or no \.npz file"):
            load("npz", path=path)
    with pytest.raises(DatasetError, match="No such file"):
        load("npz", path=tmp_path / "none.npz")


def test_more_than_memory_allows_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path / "own.npz", **GOOD | {"x_train": np.zeros((4, 500, 500, 3), np.uint8)})
    monkeypatch.setattr(unpacking, "MAX_BYTES", 2_000_000)
    with pytest.raises(DatasetError, match=r"unpacks to 3,\d{3},\d{3} bytes; 2,000,000 are the most"):
        load("npz", path=path)


def test_a_path_is_for_own_data_alone(tmp_path: Path) -> None:
    for name in ("npz", "image_folder"):
        with pytest.raises(DatasetError, match=f"{name} reads your own data: give its path"):
            load(name)
    with pytest.raises(DatasetError, match=r"cifar10 takes no path .*--data-dir"):
        load("cifar10", path=tmp_path)


@pytest.mark.parametrize("shape", [(1, 48, 12), (1, 128, 9), (4, 4, 4), (64, 64, 13), (3, 20, 4), (2, 2, 1)])
def test_signals_and_images_of_many_bands_are_taken(shape: tuple[int, ...], tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, *shape), np.uint8)
    path = saved(tmp_path / "own.npz", **GOOD | {"x_train": images, "x_test": images[:1]})
    assert load("npz", path=path).image_shape == shape


def test_memory_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(shape: tuple[int, ...]) -> None:
        raise MemoryError

    monkeypatch.setattr("bn_study.datasets.array_archive.aligned_empty", none_left)
    with pytest.raises(DatasetError, match=r"own\.npz: these images do not fit into the memory that is left"):
        load("npz", path=saved(tmp_path / "own.npz", **GOOD))
