"""How bytes become numbers that a network is fed: scaled = (x - mean) * scale, in float32.

Sums of bytes and of their squares are whole numbers, and are kept as such to the end, and sums of floats are rounded
once: the result does not depend on chunks, threads or the machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.dataset import Images
from bn_study.datasets.error import DatasetError

_CHUNK_BYTES = 1 << 20
_UNIT = 1 / 255


@dataclass(frozen=True, eq=False)
class Scaling:
    """scaled = (x - mean) * scale, for images x of (n, height, width, channels).

    Both are float32, of shape (1,) for 'none' and 'unit', (channels,) per channel, or
    (height, width, channels) per feature: they broadcast against images.
    """

    mean: NDArray[np.float32]
    """in units of the images: bytes, 0..255, or those of a table's columns"""
    scale: NDArray[np.float32]
    """one over the standard deviation in these units; or 1, or 1/255"""


def fit_scaling(
    kind: Literal["none", "unit", "standardize"],
    per: Literal["feature", "channel"],
    train_images: Images,
) -> Scaling:
    """Fit a scaling to the train part, and to nothing else.

    none: bytes as they are. unit: to [0, 1]. standardize: to mean 0 and (population) standard deviation 1
    over the train part, for each feature (pixel and channel) or each channel. A feature that is constant has
    no deviation to divide by: it gets the scale 1/255, so it is 0 in train and stays within [-1, 1].

    train_images: uint8 or float32, (n, height, width, channels), n >= 1. Raises DatasetError on anything else, and on
    `unit` of float32, which has no 255.
    """
    if train_images.dtype not in (np.uint8, np.float32) or train_images.ndim != 4 or 0 in train_images.shape:
        raise DatasetError(
            "Scaling is fitted to uint8 or float32 images (n, height, width, channels); "
            f"found {train_images.dtype} {train_images.shape}."
        )
    if train_images.dtype == np.float32 and kind == "unit":
        raise DatasetError("`unit` divides bytes by 255, and the columns of a table are no bytes; use `standardize`.")
    if kind == "standardize":
        return _standardize(per, train_images)
    return Scaling(np.zeros(1, np.float32), np.array([_UNIT if kind == "unit" else 1], np.float32))


def _standardize(per: Literal["feature", "channel"], images: Images) -> Scaling:
    if images.dtype == np.float32:
        shape = images.shape[1:] if per == "feature" else images.shape[3:]
        moments = [_moments_of_floats(column) for column in images.reshape(-1, math.prod(shape)).T.tolist()]
        means, scales = np.array(moments, np.float64).T.reshape(2, *shape)
        return Scaling(means.astype(np.float32), scales.astype(np.float32))
    sums, squares = _power_sums(images)
    count = len(images)
    if per == "channel":
        count *= sums.shape[0] * sums.shape[1]
        sums, squares = sums.sum(axis=(0, 1)), squares.sum(axis=(0, 1))
    moments = [_moments(count, int(s), int(q)) for s, q in zip(sums.flat, squares.flat, strict=True)]
    means, scales = np.array(moments, np.float64).T.reshape(2, *sums.shape)
    return Scaling(means.astype(np.float32), scales.astype(np.float32))


def _moments(count: int, total: int, square: int) -> tuple[float, float]:
    """Mean, and one over the standard deviation, from exact sums (Python's own integers do not overflow)."""
    variance = count * square - total * total
    scale = count / math.sqrt(variance) if variance else _UNIT
    return total / count, scale


def _moments_of_floats(values: Sequence[float]) -> tuple[float, float]:
    """The same of floats: math.fsum is exact but for one rounding, whatever the order."""
    mean = math.fsum(values) / len(values)
    variance = math.fsum((value - mean) ** 2 for value in values) / len(values)
    return mean, 1 / math.sqrt(variance) if variance else _UNIT


def _power_sums(images: Images) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sum and sum of squares of each feature over all images: (height, width, channels), exact."""
    sums = np.zeros(images.shape[1:], np.int64)
    squares = np.zeros(images.shape[1:], np.int64)
    step = max(1, _CHUNK_BYTES // sums.size)
    for start in range(0, len(images), step):
        chunk = images[start : start + step]
        sums += chunk.sum(axis=0, dtype=np.int64)
        # 255 * 255 still fits into 16 bits.
        squares += np.square(chunk, dtype=np.uint16).sum(axis=0, dtype=np.int64)
    return sums, squares
