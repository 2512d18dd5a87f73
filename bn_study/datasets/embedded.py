"""Arrays that are part of this package."""

from __future__ import annotations

from importlib import resources

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.dataset import Images


def embedded(name: str) -> tuple[tuple[Images, NDArray[np.int32]], tuple[Images, NDArray[np.int32]]]:
    """(images, labels) of the train and of the test part, from an .npz file beside this module."""
    with (
        resources.files(__package__).joinpath(name).open("rb") as file,
        np.load(file, allow_pickle=False) as arrays,
    ):
        train, test = ((arrays[f"x_{part}"], arrays[f"y_{part}"].astype(np.int32)) for part in ("train", "test"))
    return train, test
