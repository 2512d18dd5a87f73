"""One way to every data set."""

from __future__ import annotations

from pathlib import Path

from bn_study.datasets.breast_cancer import load_breast_cancer
from bn_study.datasets.cifar import found_data, load_cifar
from bn_study.datasets.cifar_layout import CIFAR10, CIFAR100
from bn_study.datasets.dataset import Dataset
from bn_study.datasets.digits import load_digits
from bn_study.datasets.download import Progress
from bn_study.datasets.error import DatasetError
from bn_study.datasets.facts import describe
from bn_study.datasets.fashion_mnist import FASHION_MNIST, found_folder, load_fashion_mnist
from bn_study.datasets.npz import load_npz
from bn_study.datasets.places import own_path, search_places
from bn_study.datasets.pulses import load_pulses

_CIFAR = {layout.name: layout for layout in (CIFAR10, CIFAR100)}


def load(
    name: str,
    *,
    path: Path | None = None,
    data_dir: Path | None = None,
    download: bool = True,
    progress: Progress | None = None,
) -> Dataset:
    """Read a data set into memory.

    name: one of NAMES.
    path: the user's own file ('npz') or folder ('image_folder'); for no other.
    data_dir: where to look first, and to download to; then $BN_STUDY_DATA, then Keras' cache.
    download: whether what is found nowhere may be fetched from its official address.
    progress: called while downloading with (bytes so far, bytes in all or None).

    Raises DatasetError when the name is unknown, the data cannot be had, or it is not what it should be.
    """
    own = describe(name).obtained == "path"
    if own and path is None:
        raise DatasetError(f"{name} reads your own data: give its path.")
    if not own and path is not None:
        raise DatasetError(f"{name} takes no path (found {path}): say where public data sets lie with --data-dir.")
    if path is not None:
        return _own(name, own_path(path))
    match name:
        case "cifar10" | "cifar100":
            return load_cifar(_CIFAR[name], data_dir, download, progress)
        case "fashion_mnist":
            return load_fashion_mnist(FASHION_MNIST, data_dir, download, progress)
        case "pulses":
            return load_pulses()
        case "breast_cancer":
            return load_breast_cancer()
        case _:
            return load_digits()


def found(name: str, data_dir: Path | None = None) -> Path | None:
    """Where a public data set lies on this machine, unread; None where it would be downloaded, or needs no place."""
    places = search_places(data_dir)
    match name:
        case "cifar10" | "cifar100":
            return found_data(_CIFAR[name], places)
        case "fashion_mnist":
            return found_folder(FASHION_MNIST, places)
        case _:
            return None


def _own(name: str, path: Path) -> Dataset:
    try:
        if name == "npz":
            return load_npz(path)
        # Only here, so that nobody else pays for importing Pillow.
        from bn_study.datasets.image_folder import load_image_folder

        return load_image_folder(path)
    except MemoryError as error:
        raise DatasetError(f"{path}: these images do not fit into the memory that is left.") from error
