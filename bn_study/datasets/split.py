"""Taking a held-out part and a smaller train part from a data set: stratified, seeded, and nested.

Every class is put in one random order. The held-out part takes from the front of it, the train part from the
back. So for one seed a smaller train part lies inside a larger one, and the choice of one part does not
move the other. Where classes are of equal size, nesting is exact; else rounding may exchange one
image a class (the Alabama paradox of largest remainders).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.aligned import aligned_empty
from bn_study.datasets.dataset import Dataset, Images
from bn_study.datasets.error import DatasetError


@dataclass(frozen=True, eq=False)
class Split:
    """What is trained on, what is validated on, and what nothing is chosen on; order is that of the data set."""

    train_images: Images
    """(n, height, width, channels)"""
    train_labels: NDArray[np.int32]
    """(n,)"""
    validation_images: Images
    """(m, height, width, channels)"""
    validation_labels: NDArray[np.int32]
    """(m,)"""
    validation_source: Literal["test", "train"]
    """the test set, or held out from train"""
    test_images: Images | None = None
    """(k, height, width, channels), untouched until the end; None where the test set is what is validated on"""
    test_labels: NDArray[np.int32] | None = None
    """(k,)"""


def split(dataset: Dataset, *, train_images: int | None, validation: float | None, seed: int) -> Split:
    """Split a data set.

    train_images: how many images to train on; None for all that are not held out. Classes keep their
    shares, exactly but for rounding (largest remainder; ties go to the lower label).
    validation: None to validate on the test set; else the part of train, in (0, 1), to hold out.
    seed: any whole number >= 0; same seed, same split, everywhere (numpy's PCG64).

    Where a part is the whole, its arrays are the data set's own, not copies.
    Raises DatasetError when a part would be empty or larger than what there is.
    """
    labels = dataset.train_labels
    ranked = _ranked_classes(labels, dataset.classes, seed)
    counts = np.array([len(members) for members in ranked], np.int64)
    held = _shares(counts, _held_out(validation, len(labels)))
    rest = counts - held
    wanted = int(rest.sum()) if train_images is None else train_images
    if not 1 <= wanted <= rest.sum():
        raise DatasetError(
            f"{dataset.name}: {wanted:,} train images asked for; there are {rest.sum():,}"
            + (f" beside the {held.sum():,} held out." if held.any() else ".")
        )
    taken = _shares(rest, wanted)
    train = _ascending(members[len(members) - n :] for members, n in zip(ranked, taken, strict=True))
    chosen = _take(dataset, train)
    if validation is None:
        return Split(*chosen, dataset.test_images, dataset.test_labels, "test")
    kept = _ascending(members[:n] for members, n in zip(ranked, held, strict=True))
    return Split(*chosen, *_take(dataset, kept), "train", dataset.test_images, dataset.test_labels)


def _ranked_classes(labels: NDArray[np.int32], classes: int, seed: int) -> list[NDArray[np.int64]]:
    """For each class the indices of its images, in random order."""
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(labels))
    shuffled = labels[order]
    return [order[shuffled == label] for label in range(classes)]


def _held_out(validation: float | None, total: int) -> int:
    if validation is None:
        return 0
    if not 0 < validation < 1:
        raise DatasetError(f"validation must lie between 0 and 1, found {validation}.")
    count = round(validation * total)
    if not 1 <= count < total:
        raise DatasetError(f"validation {validation} of {total:,} train images leaves a part empty.")
    return count


def _shares(counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """`total` dealt out in proportion to `counts` by largest remainder: each share is less than 1 off."""
    exact, remainder = np.divmod(counts * total, counts.sum())
    # A stable sort: among equal remainders the lower label comes first.
    first = np.argsort(-remainder, kind="stable")[: total - int(exact.sum())]
    exact[first] += 1
    return exact


def _ascending(parts: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.sort(np.concatenate(list(parts)))


def _take(dataset: Dataset, indices: NDArray[np.int64]) -> tuple[Images, NDArray[np.int32]]:
    if len(indices) == len(dataset.train_labels):
        return dataset.train_images, dataset.train_labels
    images = aligned_empty((len(indices), *dataset.image_shape), dataset.train_images.dtype)
    # Any mode but the default writes straight into `out`; no index is out of range.
    np.take(dataset.train_images, indices, axis=0, out=images, mode="clip")
    return images, dataset.train_labels[indices]
