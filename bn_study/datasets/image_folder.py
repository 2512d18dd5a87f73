"""The user's own images, from folders: `train/CLASS/*.png`, `test/CLASS/*.png`.

The only module that imports Pillow.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from bn_study.datasets.aligned import aligned_empty
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.error import DatasetError

MAX_BYTES = 2_000_000_000
"""Of all images of a part together: they stay in memory, in each worker."""

_FORMATS = ("PNG", "JPEG", "BMP")
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp"})
_CHANNELS = {"1": 1, "L": 1, "LA": 1, "RGB": 3, "RGBA": 3, "P": 3, "CMYK": 3, "YCbCr": 3}
_MODES = {1: "L", 3: "RGB"}


def load_image_folder(path: Path) -> Dataset:
    """Read `path`/train and `path`/test; classes are the folders of train, in alphabetical order.

    The first train image sets size and channels: grey stays (h, w, 1), everything else becomes
    (h, w, 3), transparency is dropped, and rotation marks of cameras are not obeyed. Files that start
    with a dot are passed over; no other is. Raises DatasetError, which names the first file that
    is of another size, no image, larger than Pillow's MAX_IMAGE_PIXELS, or outside of `path`.
    """
    train_files = _listed(path, "train")
    test_files = _listed(path, "test")
    names = tuple(sorted({file.parent.name for file in train_files}))
    strangers = sorted({file.parent.name for file in test_files} - set(names))
    if strangers:
        raise DatasetError(f"{path / 'test'} has classes that train has not: {', '.join(strangers)}.")
    with warnings.catch_warnings():
        # Between one and two times the limit Pillow only warns; an image this large is never meant here.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        shape = _shape(train_files[0])
        parts = [(_images(files, shape), _labels(files, names)) for files in (train_files, test_files)]
    return assemble("image_folder", parts[0], parts[1], names, f"own data: image folder {path.name}")


def _listed(root: Path, part: str) -> list[Path]:
    """All images of a part, sorted by class, then by name. Raises DatasetError when there are none."""
    folder = root / part
    try:
        classes = {entry: list(_visible(entry, root)) for entry in _visible(folder, root)}
    except (OSError, RuntimeError) as error:
        raise DatasetError(f"{folder} cannot be read: {error}. Expected: {part}/CLASS/*.png") from error
    empty = [entry for entry, files in classes.items() if not files] if classes else [folder]
    if empty:
        raise DatasetError(f"{empty[0]} holds no images. Expected: {part}/CLASS/*.png")
    files = [file for files in classes.values() for file in files]
    for file in files:
        if file.suffix.lower() not in _SUFFIXES or not file.is_file():
            raise DatasetError(f"{file} is no image ({', '.join(sorted(_SUFFIXES))}); move it elsewhere.")
    return files


def _visible(folder: Path, root: Path) -> Iterator[Path]:
    """The entries of `folder`, sorted by name. Raises DatasetError where one leads out of `root`."""
    inside = root.resolve(strict=True)
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if not entry.resolve(strict=True).is_relative_to(inside):
            raise DatasetError(f"{entry} leads out of {root}: links may only point inside it.")
        yield entry


def _shape(file: Path) -> tuple[int, int, int]:
    with _opened(file) as image:
        return image.height, image.width, _CHANNELS[image.mode]


def _images(files: Sequence[Path], shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    needed = len(files) * int(np.prod(shape))
    if needed > MAX_BYTES:
        raise DatasetError(f"{files[0].parent.parent} needs {needed:,} bytes; {MAX_BYTES:,} are the most.")
    images = aligned_empty((len(files), *shape))
    for file, target in zip(files, images, strict=True):
        _read(file, target)
    return images


def _read(file: Path, target: NDArray[np.uint8]) -> None:
    height, width, channels = target.shape
    with _opened(file) as image:
        if (image.height, image.width) != (height, width):
            raise DatasetError(
                f"{file} is {image.height} x {image.width}, the first image is {height} x {width}: "
                "all must be of one size."
            )
        if _CHANNELS[image.mode] > channels:
            raise DatasetError(f"{file} is in colour, the first image is grey: all must be of one kind.")
        try:
            # A palette may hold transparency, which only RGBA takes without a warning.
            plain = image.convert("RGBA") if image.mode == "P" else image
            pixels = np.asarray(plain.convert(_MODES[channels]))
        except (OSError, SyntaxError, ValueError) as error:
            raise DatasetError(f"{file} is a damaged image: {error}.") from error
    target[...] = pixels.reshape(target.shape)


def _opened(file: Path) -> Image.Image:
    try:
        image = Image.open(file, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DatasetError(f"{file} is too large an image: {error}") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise DatasetError(f"{file} is no {', '.join(_FORMATS)} image: {error}.") from error
    if image.mode not in _CHANNELS:
        image.close()
        raise DatasetError(f"{file}: pixels of kind {image.mode} are not 8 bits a channel.")
    return image


def _labels(files: Sequence[Path], names: Sequence[str]) -> NDArray[np.int32]:
    number = {name: label for label, name in enumerate(names)}
    return np.array([number[file.parent.name] for file in files], np.int32)
