"""Labels: from whatever a file held to (n,) int32 in 0..classes-1, or an error that says what is wrong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.error import DatasetError


def checked_labels(values: object, count: int, classes: int, where: str) -> NDArray[np.int32]:
    """Labels as (count,) int32; a column (count, 1), as Keras gives them, is accepted.

    Raises DatasetError, which names `where`, on anything but `count` whole numbers in 0..classes-1.
    """
    labels = _integers(values, where)
    if labels.shape == (count, 1):
        labels = labels[:, 0]
    if labels.shape != (count,):
        raise DatasetError(f"{where}: {count} labels expected, found an array of shape {labels.shape}.")
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size:
        first = int(wrong[0])
        raise DatasetError(
            f"{where}: label {labels[first]} at position {first} is outside 0..{classes - 1} "
            f"({wrong.size} such labels)."
        )
    return labels.astype(np.int32)


def _integers(values: object, where: str) -> NDArray[np.integer]:
    try:
        labels = np.asarray(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise DatasetError(f"{where}: the labels are no list of numbers ({error}).") from error
    if labels.dtype.kind not in "iu":
        raise DatasetError(f"{where}: labels must be whole numbers, found {labels.dtype}.")
    return labels
