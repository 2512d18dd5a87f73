"""Labels: from whatever a file held to (n,) int32 in 0..classes-1, or an error that says what is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.error import DatasetError

NUMBERED = "numpy.unique(y, return_inverse=True)[1] numbers them from 0"
_TO_WHOLE_NUMBERS = {
    "f": "; save y.astype(int)", "b": "; save y.astype(int)", "U": f"; {NUMBERED}", "S": f"; {NUMBERED}"
}  # fmt: skip


def checked_labels(values: object, count: int, classes: int, where: str) -> NDArray[np.int32]:
    """Labels as (count,) int32; a column (count, 1), as Keras gives them, is accepted.

    Raises DatasetError, which names `where`, on anything but `count` whole numbers in 0..classes-1.
    """
    try:
        labels = np.asarray(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise DatasetError(f"{where}: the labels are no list of numbers.") from error
    check_form(labels.shape, labels.dtype, count, where)
    labels = labels.reshape(count)
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size:
        first = int(wrong[0])
        raise DatasetError(
            f"{where}: label {labels[first]} at position {first} is outside 0..{classes - 1} "
            f"({wrong.size} such labels)."
        )
    return labels.astype(np.int32)


def check_form(shape: tuple[int, ...], dtype: np.dtype[Any], count: int, where: str) -> None:
    """Raises DatasetError, with the way out, on what cannot be `count` labels."""
    if len(shape) == 2 and shape[0] == count and shape[1] > 1:
        raise DatasetError(
            f"{where}: one label an image is expected, found {shape}; if one-hot, save y.argmax(axis=1)."
        )
    if shape not in ((count,), (count, 1)):
        raise DatasetError(f"{where}: {count} labels expected, found an array of shape {shape}.")
    if dtype.kind not in "iu":
        way_out = _TO_WHOLE_NUMBERS.get(dtype.kind, "")
        raise DatasetError(f"{where}: labels must be whole numbers, found {dtype}{way_out}.")
