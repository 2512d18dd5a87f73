"""The user's own arrays, from one .npz file."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.error import DatasetError
from bn_study.datasets.labels import checked_labels

MAX_UNPACKED_BYTES = 2_000_000_000
"""Everything stays in memory, in each worker; more than this does not fit there."""

_KEYS = ("x_train", "y_train", "x_test", "y_test")


def load_npz(path: Path) -> Dataset:
    """Read x_train, y_train, x_test, y_test; and class_names (text), if it is there.

    Images: uint8, (n, height, width, channels) or (n, height, width) for one channel. Labels: whole numbers
    0..classes-1, (n,) or (n, 1). Nothing pickled is read. Raises DatasetError, which names the file and
    the array, when something else is found.
    """
    arrays = _read(path)
    missing = [key for key in _KEYS if key not in arrays]
    if missing:
        raise DatasetError(f"{path}: {', '.join(missing)} missing.")
    names = _class_names(arrays, path)
    train, test = (
        _part(arrays[f"x_{part}"], arrays[f"y_{part}"], len(names), f"{path}: x_{part}, y_{part}")
        for part in ("train", "test")
    )
    return assemble("npz", train, test, names, f"own data: {path.name}")


def _read(path: Path) -> Mapping[str, NDArray[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MAX_UNPACKED_BYTES:
            raise DatasetError(f"{path} unpacks to {size:,} bytes; {MAX_UNPACKED_BYTES:,} are the most.")
        with np.load(path, allow_pickle=False) as arrays:
            found = {key: arrays[key] for key in (*_KEYS, "class_names") if key in arrays}
    # zipfile answers an encrypted or strangely packed member with a RuntimeError.
    except (
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        MemoryError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise DatasetError(f"{path} cannot be read as .npz: {error}.") from error
    # What is in the archive but is no .npy file, numpy hands out as bytes.
    return {key: value for key, value in found.items() if isinstance(value, np.ndarray)}


def _class_names(arrays: Mapping[str, NDArray[Any]], path: Path) -> tuple[str, ...]:
    if "class_names" in arrays:
        names = arrays["class_names"]
        if names.dtype.kind != "U" or names.ndim != 1 or not names.size:
            raise DatasetError(f"{path}: class_names must be a list of text, found {names.dtype}.")
        return tuple(str(name) for name in names)
    labels = arrays["y_train"]
    if labels.dtype.kind not in "iu" or not labels.size:
        raise DatasetError(f"{path}: y_train must be whole numbers, found {labels.dtype} {labels.shape}.")
    highest = int(labels.max())
    # Names are made up for each label: one forged label must not ask for a billion of them.
    if highest >= labels.size:
        raise DatasetError(f"{path}: labels must be 0..classes-1, found {highest} among {labels.size}.")
    return tuple(str(label) for label in range(highest + 1))


def _part(
    images: NDArray[Any], labels: NDArray[Any], classes: int, where: str
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or 0 in images.shape:
        raise DatasetError(
            f"{where}: images must be uint8 (values 0..255), (n, height, width) or "
            f"(n, height, width, channels); found {images.dtype} {images.shape}."
        )
    if images.ndim == 3:
        images = images[..., np.newaxis]
    return images, checked_labels(labels, len(images), classes, where)
