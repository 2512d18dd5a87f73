"""What is known of each data set without loading it: for listings and for checking a study early."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

from bn_study.datasets.error import DatasetError


@dataclass(frozen=True)
class DatasetFacts:
    """The public facts of a data set; None where only the user's own files can tell."""

    name: str
    title: str
    image_shape: tuple[int, int, int] | None
    """(height, width, channels)"""
    classes: int | None
    train_images: int | None
    test_images: int | None
    obtained: Literal["download", "embedded", "path"]
    """found on disk or downloaded; part of this package; or the user's own, at a given path"""
    source: str
    licence: str
    is_table: bool = False
    """rows of numbers, each an image of 1 × 1 with its columns as channels, in place of bytes"""


_FACTS = {
    facts.name: facts
    for facts in (
        DatasetFacts(
            "cifar10", "CIFAR-10", (32, 32, 3), 10, 50_000, 10_000, "download",
            "Krizhevsky, 'Learning Multiple Layers of Features from Tiny Images', 2009; "
            "https://www.cs.toronto.edu/~kriz/cifar.html",
            "none stated; the authors ask to cite the report",
        ),
        DatasetFacts(
            "cifar100", "CIFAR-100 (fine labels)", (32, 32, 3), 100, 50_000, 10_000, "download",
            "Krizhevsky, 'Learning Multiple Layers of Features from Tiny Images', 2009; "
            "https://www.cs.toronto.edu/~kriz/cifar.html",
            "none stated; the authors ask to cite the report",
        ),
        DatasetFacts(
            "fashion_mnist", "Fashion-MNIST", (28, 28, 1), 10, 60_000, 10_000, "download",
            "Xiao, Rasul & Vollgraf, 'Fashion-MNIST', arXiv:1708.07747, 2017; "
            "https://github.com/zalandoresearch/fashion-mnist",
            "MIT, Zalando SE",
        ),
        DatasetFacts(
            "digits", "Handwritten digits, 8 x 8", (8, 8, 1), 10, 1_437, 360, "embedded",
            "Alpaydin & Kaynak, 'Optical Recognition of Handwritten Digits', UCI Machine Learning "
            "Repository, 1998 (its test part, as in scikit-learn's load_digits); "
            "https://doi.org/10.24432/C50P49",
            "CC BY 4.0",
        ),
        DatasetFacts(
            "pulses", "Synthetic pulses, 128 samples", (1, 128, 1), 3, 4_000, 1_000, "embedded",
            "made up by this package, bn_study/datasets/pulses.py", "that of this package",
        ),
        DatasetFacts(
            "breast_cancer", "Breast cancer, 30 columns", (1, 1, 30), 2, 455, 114, "embedded",
            "Wolberg, Mangasarian, Street & Street, 'Breast Cancer Wisconsin (Diagnostic)', UCI Machine Learning "
            "Repository, 1993 (as in scikit-learn's load_breast_cancer); https://doi.org/10.24432/C5DW2B",
            "CC BY 4.0", is_table=True,
        ),
        DatasetFacts(
            "npz", "Your own arrays", None, None, None, None, "path",
            "one .npz file with x_train, y_train, x_test, y_test", "yours",
        ),
        DatasetFacts(
            "image_folder", "Your own images", None, None, None, None, "path",
            "a folder with train/CLASS/*.png and test/CLASS/*.png (or jpg, jpeg, bmp)", "yours",
        ),
    )
}  # fmt: skip

NAMES: tuple[str, ...] = tuple(_FACTS)
"""Every name that `load` takes."""


def describe(name: str) -> DatasetFacts:
    """The facts of the data set `name`, without reading any file.

    Raises DatasetError on an unknown name, with the nearest known one.
    """
    if name in _FACTS:
        return _FACTS[name]
    near = difflib.get_close_matches(name, NAMES, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise DatasetError(f"There is no data set {name!r}.{hint} There are: {', '.join(NAMES)}.")
