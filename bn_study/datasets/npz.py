"""The user's own arrays, from one .npz file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bn_study.datasets.array_archive import ArrayArchive, StoredArray, opened_arrays
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.error import DatasetError, parsing
from bn_study.datasets.labels import NUMBERED, check_form, checked_labels
from bn_study.datasets.own_data import judged

MAX_IMAGES = 5_000_000
"""Of a part: what is made of each image beside its pixels would not be bounded by them."""
MAX_CLASSES = 100_000
"""Names are made up for each label: one forged label must not ask for a billion. (ImageNet-21k has 21,841.)"""
MAX_NAME_BYTES = 10_000_000
"""Of all class names together."""

_IMAGES = ("x_train", "x_test")
_LABELS = ("y_train", "y_test")
_NAMES = "class_names"
_TO_BYTES = {
    "f": "; if they are 0..1, save (255 * x).round().astype('uint8')",
    **dict.fromkeys("iub", "; if they are 0..255, save x.astype('uint8')"),
}
_MOST_COLOURS = 4  # channels of a photo
_SIGNAL = 4  # a signal, of height 1, is so many times longer than it has channels


def load_npz(path: Path) -> Dataset:
    """Read x_train, y_train, x_test, y_test; and class_names (text), if it is there.

    Images: uint8, (n, height, width, channels) or (n, height, width) for one channel. Labels: whole numbers
    0..classes-1, (n,) or (n, 1). Nothing pickled is read, and no array before the headers of all are found
    good. Raises DatasetError, which names the file and the array, when something else is found.
    """
    with opened_arrays(path, (*_IMAGES, *_LABELS, _NAMES)) as archive:
        _check_headers(archive, path)
        names = _class_names(archive, path)
        labels = [
            checked_labels(archive.read(key), archive.headers[key].shape[0], len(names), f"{path}: {key}")
            for key in _LABELS
        ]
        images = [archive.read(key) for key in _IMAGES]
    train, test = ((part.reshape(*part.shape[:3], -1), own) for part, own in zip(images, labels, strict=True))
    return judged(assemble("npz", train, test, names, f"own data: {path.name}"), path)


def _check_headers(archive: ArrayArchive, path: Path) -> None:
    headers = archive.headers
    missing = [key for pair in zip(_IMAGES, _LABELS, strict=True) for key in pair if key not in headers]
    if missing:
        raise DatasetError(f"{path}: {', '.join(missing)} missing.")
    for images, labels in zip(_IMAGES, _LABELS, strict=True):
        _check_images(headers[images], headers[labels], f"{path}: {images}")
        check_form(headers[labels].shape, headers[labels].dtype, headers[images].shape[0], f"{path}: {labels}")
    if _NAMES in headers:
        _check_names(headers[_NAMES], path)


def _check_images(images: StoredArray, labels: StoredArray, where: str) -> None:
    shape = images.shape
    if images.dtype != np.uint8 or len(shape) not in (3, 4) or 0 in shape:
        way_out = _TO_BYTES.get(images.dtype.kind, "") if images.dtype != np.uint8 else ""
        raise DatasetError(
            f"{where}: images must be uint8 (values 0..255), (n, height, width) or "
            f"(n, height, width, channels); found {images.dtype} {shape}{way_out}."
        )
    if shape[0] > MAX_IMAGES:
        raise DatasetError(f"{where}: {shape[0]:,} images; {MAX_IMAGES:,} are the most.")
    if shape[:1] != labels.shape[:1] and shape[-1:] == labels.shape[:1] > (_MOST_COLOURS,):
        raise DatasetError(
            f"{where}: the images are counted by the last axis of {shape}; save numpy.moveaxis(x, -1, 0)."
        )
    if len(shape) == 4 and _channels_first(*shape[1:]):
        raise DatasetError(
            f"{where}: {shape} would be images of {shape[1]} × {shape[2]} with {shape[3]} channels; "
            "if the channels come first, save x.transpose(0, 2, 3, 1)."
        )


def _channels_first(height: int, width: int, channels: int) -> bool:
    """Whether images can only have been meant as (channels, height, width)."""
    signal = height == 1 and width >= _SIGNAL * channels
    return height <= _MOST_COLOURS < channels and not signal


def _check_names(names: StoredArray, path: Path) -> None:
    if names.dtype.kind != "U" or len(names.shape) != 1 or not names.size_bytes:
        raise DatasetError(f"{path}: class_names must be a list of text, found {names.dtype} {names.shape}.")
    if names.shape[0] > MAX_CLASSES or names.size_bytes > MAX_NAME_BYTES:
        raise DatasetError(f"{path}: class_names are {names.shape[0]:,} of {names.dtype}: more than are read.")


def _class_names(archive: ArrayArchive, path: Path) -> tuple[str, ...]:
    if _NAMES in archive.headers:
        with parsing(path, ".npz file"):  # four bytes may be no character
            names = tuple(map(str, archive.read(_NAMES)))
        if len(set(names)) < len(names):
            raise DatasetError(f"{path}: class_names gives two classes one name.")
        return names
    labels = archive.read("y_train")
    highest = max(int(labels.max()), 0)
    if highest >= min(labels.size, MAX_CLASSES):
        raise DatasetError(
            f"{path}: y_train: labels must be 0..classes-1, found {highest} among {labels.size}; {NUMBERED}."
        )
    return tuple(map(str, range(highest + 1)))
