"""The user's own data: refused where it cannot be meant, remarked on where it is odd. Nothing is taken silently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.dataset import Dataset, Images
from bn_study.datasets.error import DatasetError

_MOST_NAMED = 8
_BYTES_AT_A_TIME = 1 << 18  # eight times as much is made of them, and stays in the cache


def judged(dataset: Dataset, path: Path) -> Dataset:
    """The data set with remarks on what is odd about it.

    Raises DatasetError, which names `path`, where there is nothing to learn, or nothing of what is learned to test.
    """
    _check_classes(dataset, path)
    pixels = _rows(dataset.train_images)
    if np.array_equal(pixels.min(axis=0), pixels.max(axis=0)):
        raise DatasetError(f"{path}: all {len(pixels):,} training images are equal: there is nothing to learn from.")
    return replace(dataset, remarks=(*dataset.remarks, *_remarks(dataset)))


def _check_classes(dataset: Dataset, path: Path) -> None:
    trained, tested = map(np.unique, _labels(dataset))
    if len(trained) == 1:
        only = dataset.class_names[trained[0]]
        raise DatasetError(f"{path}: all training images are of one class, {only!r}: there is nothing to tell apart.")
    if not np.isin(tested, trained).any():
        raise DatasetError(f"{path}: no test image is of a class that has training images.")


def _remarks(dataset: Dataset) -> Iterator[str]:
    trained, tested = (np.bincount(labels, minlength=dataset.classes) for labels in _labels(dataset))
    yield from _absent("training", trained == 0, dataset.class_names)
    yield from _absent("test", (trained > 0) & (tested == 0), dataset.class_names)
    shared = int(np.isin(_digests(dataset.test_images), _digests(dataset.train_images)).sum())
    if shared:
        yield f"{shared:,} of {len(dataset.test_labels):,} test images are training images too"
    pixels = _rows(dataset.train_images)
    darkest, brightest = pixels.min(axis=1), pixels.max(axis=1)
    if blank := int((darkest == brightest).sum()):
        yield f"{blank:,} of {len(pixels):,} training images are of one value throughout"
    if brightest.max() <= 1:
        yield "no pixel is above 1: were they fractions that became bytes?"


def _absent(part: str, absent: NDArray[np.bool], class_names: Sequence[str]) -> Iterator[str]:
    if absent.any():
        names = [name for name, is_absent in zip(class_names, absent, strict=True) if is_absent]
        yield f"classes without {part} images: {enumerated(names)}"


def _labels(dataset: Dataset) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    return dataset.train_labels, dataset.test_labels


def _rows(images: Images) -> Images:
    return images.reshape(len(images), -1)


def _digests(images: Images) -> NDArray[np.uint64]:
    """(n,): a number for each image, equal for equal images; for others with a chance of 2^-57 a pair.

    Sums of bytes times random 64-bit weights (multilinear hashing; Carter & Wegman 1979): at 1 GB/s, without
    a step of Python for each image.
    """
    pixels = _rows(images)
    weights = np.random.default_rng(0).integers(0, 2**64, pixels.shape[1], np.uint64)
    step = max(1, _BYTES_AT_A_TIME // pixels.shape[1])
    return np.concatenate([pixels[at : at + step].astype(np.uint64) @ weights for at in range(0, len(pixels), step)])


def enumerated(names: Sequence[str]) -> str:
    """'a, b, c'; of many the first, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
