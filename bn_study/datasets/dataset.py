"""What every source of images is turned into: four arrays, their names, and where they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.error import DatasetError
from bn_study.datasets.visible import visible

Images: TypeAlias = NDArray[np.uint8] | NDArray[np.float32]
"""(n, height, width, channels): bytes, 0..255. The rows of a table are float32 images of 1 × 1, columns as channels."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with labels in a train and a test part.

    The arrays are C-contiguous and read-only: whoever holds a data set can rely on its fingerprint.
    """

    name: str
    train_images: Images
    train_labels: NDArray[np.int32]
    """(n,), 0..classes-1"""
    test_images: Images
    test_labels: NDArray[np.int32]
    """(m,), 0..classes-1"""
    class_names: tuple[str, ...]
    """one for each label, in the order of the labels"""
    fingerprint: str
    """'sha256:' and 16 hex digits over the shapes and bytes of the four arrays"""
    provenance: str
    """a phrase for reports: official bytes, a re-encoded copy, or the user's own data"""
    remarks: tuple[str, ...] = ()
    """phrases for reports: what was changed in reading, and what is odd about the data"""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels)"""
        height, width, channels = self.train_images.shape[1:]
        return height, width, channels

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    def __str__(self) -> str:
        """One line for people: what was read."""
        size = " × ".join(map(str, self.image_shape))
        counts = f"{len(self.train_labels):,} + {len(self.test_labels):,} images of {size}, {self.classes} classes"
        return "; ".join((f"{self.name}: {counts}", self.provenance, *self.remarks))


def assemble(
    name: str,
    train: tuple[Images, NDArray[np.int32]],
    test: tuple[Images, NDArray[np.int32]],
    class_names: tuple[str, ...],
    provenance: str,
    remarks: tuple[str, ...] = (),
) -> Dataset:
    """Freeze two (images, labels) pairs into a Dataset, and take its fingerprint.

    The arrays are made read-only in place, not copied, where they are contiguous already.
    Raises DatasetError when train and test images differ in shape.
    """
    if train[0].shape[1:] != test[0].shape[1:]:
        raise DatasetError(
            f"{name}: train images are {_size(train[0])}, test images are {_size(test[0])} "
            "(height × width × channels); both must be equal."
        )
    x_train, y_train, x_test, y_test = _frozen(*train, *test)
    names, found = tuple(map(visible, class_names)), fingerprint(x_train, y_train, x_test, y_test)
    return Dataset(name, x_train, y_train, x_test, y_test, names, found, visible(provenance), remarks)


def _frozen(*arrays: NDArray[Any]) -> list[NDArray[Any]]:
    # Views, so that the memory below stays writable: DLPack cannot hand over what is read-only throughout.
    views = [np.ascontiguousarray(array).view() for array in arrays]
    for view in views:
        view.flags.writeable = False
    return views


def fingerprint(*arrays: NDArray[np.generic]) -> str:
    """'sha256:' and the first 16 hex digits over kind, shape and bytes of each array, in order.

    Same arrays, same fingerprint, on machines of either byte order.
    """
    digest = hashlib.sha256()
    for array in arrays:
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{little.dtype.kind}{little.dtype.itemsize}{little.shape}".encode())
        digest.update(little.reshape(-1).view(np.uint8).data)
    return f"sha256:{digest.hexdigest()[:16]}"


def _size(images: Images) -> str:
    return " × ".join(map(str, images.shape[1:]))
