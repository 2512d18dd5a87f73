from __future__ import annotations

import gzip
import hashlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bn_study.datasets.error import DatasetError
from bn_study.datasets.fashion_mnist import FASHION_MNIST, IdxLayout, load_fashion_mnist, read_folder

WriteFolder = Callable[[Path, Mapping[str, bytes]], Path]


def idx(array: NDArray[np.uint8]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def arrays() -> list[NDArray[Any]]:
    """Train images, train labels, test images, test labels."""
    rng = np.random.default_rng(0)
    return [
        rng.integers(0, top, shape, dtype=np.uint8)
        for top, shape in ((256, (5, 6, 6)), (10, 5), (256, (3, 6, 6)), (10, 3))
    ]


@pytest.fixture
def packed(arrays: list[NDArray[Any]]) -> dict[str, bytes]:
    names = [file.name for file in FASHION_MNIST.files]
    return {name: gzip.compress(idx(array), mtime=0) for name, array in zip(names, arrays, strict=True)}


@pytest.fixture
def small(packed: dict[str, bytes]) -> IdxLayout:
    """5 train and 3 test images of 6 x 6; `packed` are its official files."""
    files = tuple(
        replace(file, url="http://127.0.0.1:9/", digest=hashlib.md5(packed[file.name]).hexdigest())
        for file in FASHION_MNIST.files
    )
    return IdxLayout(files, 5, 3, 6)  # type: ignore[arg-type]


@pytest.mark.parametrize("below", ["", "fashion-mnist"])
def test_what_is_written_is_read_back(
    below: str,
    small: IdxLayout,
    packed: dict[str, bytes],
    arrays: list[NDArray[Any]],
    write_folder: WriteFolder,
    tmp_path: Path,
) -> None:
    write_folder(tmp_path / "keras" / "datasets" / below, packed)
    dataset = load_fashion_mnist(small, None, download=False)
    np.testing.assert_array_equal(dataset.train_images[..., 0], arrays[0])
    np.testing.assert_array_equal(dataset.train_labels, arrays[1])
    np.testing.assert_array_equal(dataset.test_images[..., 0], arrays[2])
    np.testing.assert_array_equal(dataset.test_labels, arrays[3])
    assert dataset.image_shape == (6, 6, 1)
    assert dataset.train_images.flags.c_contiguous
    assert dataset.provenance == "official Fashion-MNIST bytes (checksums of all four files verified)"


def test_a_file_packed_anew_is_not_the_official_one(
    small: IdxLayout, packed: dict[str, bytes], write_folder: WriteFolder, tmp_path: Path
) -> None:
    name = "t10k-labels-idx1-ubyte.gz"
    packed[name] = gzip.compress(gzip.decompress(packed[name]), mtime=1)
    dataset = read_folder(small, write_folder(tmp_path, packed))
    assert dataset.provenance == f"not the official Fashion-MNIST bytes: {name} differs from the official file"


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda raw: raw[:-1], "its length is not"),
        (lambda raw: raw + b"x", "its length is not"),
        (lambda raw: raw[:10], "its length is not"),
        (lambda raw: b"", "its length is not"),
        (lambda raw: raw[:2] + b"\x0d" + raw[3:], "first bytes"),
        (lambda raw: raw[:7] + b"\x06" + raw[8:], "first bytes"),
    ],
)
def test_a_file_of_another_shape_or_length_is_named(
    spoil: Callable[[bytes], bytes],
    complaint: str,
    small: IdxLayout,
    packed: dict[str, bytes],
    write_folder: WriteFolder,
    tmp_path: Path,
) -> None:
    name = "train-images-idx3-ubyte.gz"
    packed[name] = gzip.compress(spoil(gzip.decompress(packed[name])))
    with pytest.raises(DatasetError, match=f"{name}.*{complaint}"):
        read_folder(small, write_folder(tmp_path, packed))


def test_damaged_gzip_is_named(
    small: IdxLayout, packed: dict[str, bytes], write_folder: WriteFolder, tmp_path: Path
) -> None:
    name = "train-images-idx3-ubyte.gz"
    whole = packed[name]
    flipped = whole[:-6] + bytes([whole[-6] ^ 1]) + whole[-5:]  # in gzip's own checksum
    for content in (whole[:-9], whole[:30], b"<html>", flipped):
        with pytest.raises(DatasetError, match=f"{name} is damaged"):
            read_folder(small, write_folder(tmp_path, packed | {name: content}))


def test_a_wrong_label_is_named(
    small: IdxLayout, packed: dict[str, bytes], write_folder: WriteFolder, tmp_path: Path
) -> None:
    name = "t10k-labels-idx1-ubyte.gz"
    packed[name] = gzip.compress(idx(np.array([1, 2, 10], np.uint8)))
    with pytest.raises(DatasetError, match=f"{name}: label 10 at position 2"):
        read_folder(small, write_folder(tmp_path, packed))


def test_what_is_missing_is_told(
    small: IdxLayout, packed: dict[str, bytes], write_folder: WriteFolder, tmp_path: Path
) -> None:
    del packed["t10k-labels-idx1-ubyte.gz"]
    folder = write_folder(tmp_path / "given", packed)
    with pytest.raises(DatasetError, match="fashion_mnist is not on this machine"):
        load_fashion_mnist(small, folder, download=False)
    with pytest.raises(DatasetError, match=r"Download into .*fashion-mnist failed"):
        load_fashion_mnist(small, folder)
