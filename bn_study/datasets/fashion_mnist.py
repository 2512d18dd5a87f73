"""Fashion-MNIST from its four gzipped IDX files.

The format (LeCun's, as for MNIST): two zero bytes, 8 for unsigned bytes, the number of dimensions, each
dimension as a big-endian uint32, then the bytes. Addresses: Keras 3's keras/src/datasets/fashion_mnist.py.
Checksums: the table in https://github.com/zalandoresearch/fashion-mnist#get-the-data.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets import class_names
from bn_study.datasets.acquisition import MissingData, acquire
from bn_study.datasets.aligned import aligned_empty
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.download import Progress
from bn_study.datasets.error import DatasetError, parsing
from bn_study.datasets.labels import checked_labels
from bn_study.datasets.places import search_places
from bn_study.datasets.regular_file import opened
from bn_study.datasets.remote_file import MAX_FILE_BYTES, RemoteFile

_ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_SUBFOLDER = "fashion-mnist"


@dataclass(frozen=True)
class IdxLayout:
    """Four files and how many images of which size they must hold."""

    files: tuple[RemoteFile, RemoteFile, RemoteFile, RemoteFile]
    """train images, train labels, test images, test labels"""
    train: int
    test: int
    side: int


def _official(name: str, md5: str) -> RemoteFile:
    return RemoteFile(_ADDRESS + name, name, "md5", md5)


FASHION_MNIST = IdxLayout(
    files=(
        _official("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        _official("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        _official("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        _official("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ),
    train=60_000,
    test=10_000,
    side=28,
)


def load_fashion_mnist(
    layout: IdxLayout, data_dir: Path | None, download: bool = True, progress: Progress | None = None
) -> Dataset:
    """Find the four files in one folder, or download what is missing, and read them.

    Raises DatasetError when they cannot be had, or are not what they say they are.
    """
    places = search_places(data_dir)
    if folder := found_folder(layout, places):
        return read_folder(layout, folder)
    wanted = ", ".join(file.name for file in layout.files)
    search = MissingData("fashion_mnist", layout.files, _SUBFOLDER, wanted, places)
    return read_folder(layout, acquire(search, download, progress))


def found_folder(layout: IdxLayout, places: Iterable[Path]) -> Path | None:
    """The first folder that holds all four files."""
    folders = (folder for place in places for folder in (place, place / _SUBFOLDER))
    return next((f for f in folders if all(os.path.isfile(f / file.name) for file in layout.files)), None)


def read_folder(layout: IdxLayout, folder: Path) -> Dataset:
    """Read the four files of `folder`; images become (n, side, side, 1)."""
    paths = [folder / file.name for file in layout.files]
    train = _read_part(paths[0], paths[1], layout.train, layout.side)
    test = _read_part(paths[2], paths[3], layout.test, layout.side)
    provenance = "official Fashion-MNIST bytes (checksums of all four files verified)"
    for file, path in zip(layout.files, paths, strict=True):
        if not file.matches(path):
            provenance = f"not the official Fashion-MNIST bytes: {file.name} differs from the official file"
            break
    return assemble("fashion_mnist", train, test, class_names.FASHION_MNIST, provenance)


def _read_part(images: Path, labels: Path, count: int, side: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    classes = len(class_names.FASHION_MNIST)
    values = checked_labels(read_idx(labels, (count,)), count, classes, str(labels))
    return read_idx(images, (count, side, side))[..., np.newaxis], values


def read_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The array of unsigned bytes in a gzipped IDX file, which must have `shape`.

    Raises DatasetError, which names the file, when it is damaged, cut short, too long, or of another shape.
    """
    header = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    array = aligned_empty(shape)
    unpacker = zlib.decompressobj(wbits=31)  # gzip; at the end of the bytes it checks their sum
    with parsing(path, "gzipped IDX file"), opened(path, MAX_FILE_BYTES) as file:
        found = unpacker.decompress(file.read(), len(header) + array.size + 1)
    if not header.startswith(found[: len(header)]):
        raise DatasetError(f"{path}: its first bytes are not those of an IDX file of {shape} bytes.")
    if len(found) != len(header) + array.size or not unpacker.eof:
        raise DatasetError(f"{path} is damaged or cut short: its length is not what its header says.")
    array.reshape(-1)[:] = np.frombuffer(found, np.uint8, offset=len(header))
    return array
