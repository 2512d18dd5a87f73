"""One stratum of a split: the images whose brightness lies in one of k equally frequent intervals.

Brightness is the sum of an image's bytes: its mean but for a factor, and exact.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.dataset import Images
from bn_study.datasets.error import DatasetError
from bn_study.datasets.split import Split


def brightness(images: Images) -> NDArray[np.int64]:
    """uint8 (n, height, width, channels) → the sum of each image's bytes, int64 (n,)."""
    return np.asarray(images.sum(axis=(1, 2, 3), dtype=np.int64))


def interval_edges(values: NDArray[np.int64], of: int) -> NDArray[np.int64]:
    """The smallest value of each of `of` intervals but the first, (of - 1,): of the ranks n·j/of, rounded down.

    Without ties the intervals hold equally many of the values, to within one. Ties stay together: a value that
    equals an edge lies above it.
    """
    return np.sort(values)[[len(values) * j // of for j in range(1, of)]]


def stratum(parts: Split, *, of: int, part: int, train_on_all: bool) -> Split:
    """Validation and test, and training unless `train_on_all`, on the `part`-th (1 is the darkest) of `of` intervals.

    The intervals are fitted on the training images, and to nothing else; the validation images of a stratum may
    be more or fewer than those of another. Order is kept. Raises DatasetError when a part would be empty, but for
    the test part: without an image there is none.
    """
    train, validation = brightness(parts.train_images), brightness(parts.validation_images)
    edges = interval_edges(train, of)
    ours, theirs = (np.searchsorted(edges, values, side="right") == part - 1 for values in (train, validation))
    if not ours.any() or not theirs.any():
        which = "validation" if ours.any() else "training"
        raise DatasetError(f"The stratum {part} of {of} by brightness holds no {which} image: use fewer strata.")
    kept = replace(
        parts, validation_images=parts.validation_images[theirs], validation_labels=parts.validation_labels[theirs]
    )
    if parts.test_images is not None and parts.test_labels is not None:
        last = np.searchsorted(edges, brightness(parts.test_images), side="right") == part - 1
        tested = (parts.test_images[last], parts.test_labels[last]) if last.any() else (None, None)
        kept = replace(kept, test_images=tested[0], test_labels=tested[1])
    if train_on_all:
        return kept
    return replace(kept, train_images=parts.train_images[ours], train_labels=parts.train_labels[ours])
