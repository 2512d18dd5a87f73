"""The user's own images, from folders: `train/CLASS/*.png`, `test/CLASS/*.png`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.aligned import aligned_empty
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.error import DatasetError
from bn_study.datasets.image_file import SUFFIXES, Picture, read_picture
from bn_study.datasets.own_data import enumerated, judged
from bn_study.datasets.unpacking import check_unpacking


def load_image_folder(path: Path) -> Dataset:
    """Read `path`/train and `path`/test; classes are the folders of train, in alphabetical order.

    The first train image sets size and channels: grey stays (h, w, 1), everything else becomes (h, w, 3). What is
    trained on is what a viewer shows, see `image_file`. Files that start with a dot are passed over; no
    other is. Raises DatasetError, which names the first file that is of another size, no image, too
    large, or outside of `path`.
    """
    train_files = _listed(path, "train")
    test_files = _listed(path, "test")
    names = tuple(sorted({file.parent.name for file in train_files}))
    strangers = sorted({file.parent.name for file in test_files} - set(names))
    if strangers:
        raise DatasetError(f"{path / 'test'} has classes that train has not: {enumerated(strangers)}.")
    first = read_picture(train_files[0])
    done: Counter[str] = Counter()
    train, test = ((_images(files, first, done), _labels(files, names)) for files in (train_files, test_files))
    remarks = tuple(
        f"{what}: {count:,} of {len(train_files) + len(test_files):,} images" for what, count in done.items()
    )
    return judged(assemble("image_folder", train, test, names, f"own data: image folder {path.name}", remarks), path)


def _listed(root: Path, part: str) -> list[Path]:
    """All images of a part, sorted by class, then by name. Raises DatasetError when there are none."""
    folder = root / part
    try:
        classes = {entry: list(_unhidden(entry, root)) for entry in _unhidden(folder, root)}
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "a link leads to itself, or a name is none"
        raise DatasetError(f"{folder} cannot be read: {reason}. Expected: {part}/CLASS/*.png") from error
    empty = [entry for entry, files in classes.items() if not files] if classes else [folder]
    if empty:
        raise DatasetError(f"{empty[0]} holds no images. Expected: {part}/CLASS/*.png")
    files = [file for files in classes.values() for file in files]
    for file in files:
        if file.suffix.lower() not in SUFFIXES or not file.is_file():
            raise DatasetError(f"{file} is no image ({', '.join(sorted(SUFFIXES))}); move it elsewhere.")
    return files


def _unhidden(folder: Path, root: Path) -> Iterator[Path]:
    """The entries of `folder`, sorted by name. Raises DatasetError where one leads out of `root`."""
    inside = root.resolve(strict=True)
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if not entry.resolve(strict=True).is_relative_to(inside):
            raise DatasetError(f"{entry} leads out of {root}: links may only point inside it.")
        yield entry


def _images(files: Sequence[Path], first: Picture, done: Counter[str]) -> NDArray[np.uint8]:
    """(n, height, width, channels) as `first` has them; what was done to how many is counted in `done`."""
    needed = len(files) * first.pixels.size
    check_unpacking(sum(file.stat().st_size for file in files), needed, files[0].parents[1], "save its images as BMP")
    images = aligned_empty((len(files), *first.pixels.shape))
    for file, target in zip(files, images, strict=True):
        picture = read_picture(file)
        _check_like(picture.pixels.shape, target.shape, file)
        target[...] = picture.pixels  # grey among colours is spread over three channels
        done.update(picture.done)
    return images


def _check_like(found: tuple[int, ...], first: tuple[int, ...], file: Path) -> None:
    if found[:2] != first[:2]:
        raise DatasetError(
            f"{file} is {found[0]} × {found[1]}, the first image is {first[0]} × {first[1]}: all must be of one size."
        )
    if found[2] > first[2]:
        raise DatasetError(f"{file} is in colour, the first image is grey: all must be of one kind.")


def _labels(files: Sequence[Path], names: Sequence[str]) -> NDArray[np.int32]:
    number = {name: label for label, name in enumerate(names)}
    return np.array([number[file.parent.name] for file in files], np.int32)
