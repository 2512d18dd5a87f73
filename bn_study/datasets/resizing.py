"""Images in another size by area averages: each new pixel is the mean of the old area that it covers.

Overlaps of pixels are whole numbers in units of 1 / (old size · new size), so sums are exact in float64 in any
order, and the rounding is the same on every machine.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.aligned import aligned_empty
from bn_study.datasets.dataset import Images
from bn_study.datasets.split import Split

_CHUNK = 1024  # images at once


def resized(parts: Split, size: int) -> Split:
    """All parts with images of `size` × `size` pixels."""
    return replace(
        parts,
        train_images=area_averages(parts.train_images, size),
        validation_images=area_averages(parts.validation_images, size),
        test_images=None if parts.test_images is None else area_averages(parts.test_images, size),
    )


def area_averages(images: Images, size: int) -> NDArray[np.uint8]:
    """uint8 (n, height, width, channels) → (n, size, size, channels), means rounded half up. Also enlarges."""
    count, height, width, channels = images.shape
    rows, columns = _overlaps(height, size), _overlaps(width, size)
    area = height * width
    result = aligned_empty((count, size, size, channels))
    for start in range(0, count, _CHUNK):
        chunk = images[start : start + _CHUNK].astype(np.float64)
        by_rows = np.tensordot(rows, chunk, axes=(1, 1))  # (new row, image, column, channel)
        sums = np.tensordot(columns, by_rows, axes=(1, 2))  # (new column, new row, image, channel)
        whole = sums.transpose(2, 1, 0, 3).astype(np.int64)
        result[start : start + _CHUNK] = (2 * whole + area) // (2 * area)
    return result


def _overlaps(old: int, new: int) -> NDArray[np.float64]:
    """(new, old): length that new pixel i shares with old pixel j, in units in which a new pixel is `old` long."""
    starts = np.arange(new)[:, None] * old, np.arange(old)[None, :] * new
    ends = starts[0] + old, starts[1] + new
    shared = np.minimum(ends[0], ends[1]) - np.maximum(starts[0], starts[1])
    lengths: NDArray[np.float64] = np.maximum(shared, 0).astype(np.float64)
    return lengths
