"""Thumbnails: a training image of each class in a row, for who asks what a net looks at."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bn_study.config.run import DatasetSpec
from bn_study.datasets import DatasetError, area_averages, describe, found, load
from bn_study.datasets.dataset import Images

_MOST, _SIDE, _GAP, _LEAST = 10, 96, 8, 4  # images; pixels of a side, between two, of the smallest image to be seen


def thumbnails(spec: DatasetSpec) -> bytes | None:
    """A PNG; None where the data does not lie on this machine, for nothing is downloaded, or is no picture."""
    where = found(spec.name)
    if where is None and describe(spec.name).obtained == "download":
        return None
    return _row(spec.name, spec.path, spec.image_size, where)


@lru_cache(maxsize=4)
def _row(name: str, path: str | None, size: int | None, where: Path | None) -> bytes | None:
    """Read once; `where` the data lie tells them apart."""
    try:
        data = load(name, path=Path(path) if path else None, download=False)
    except DatasetError:
        return None
    if min(data.image_shape[:2]) < _LEAST:
        return None
    _, first = np.unique(data.train_labels, return_index=True)
    images = data.train_images[first[:_MOST]]
    return _png(_bytes(area_averages(images, size) if size else images))


def _bytes(images: Images) -> NDArray[np.uint8]:
    """Numbers that are no bytes, from black at their least to white at their most."""
    if images.dtype == np.uint8:
        return images.astype(np.uint8)
    low, high = float(images.min()), float(images.max())
    return (255 * (images - low) / ((high - low) or 1.0)).astype(np.uint8)


def _png(images: NDArray[np.uint8]) -> bytes:
    """Images (n, height, width, channels), each pixel a square, with nothing between the images."""
    row = Image.new("RGBA", (len(images) * (_SIDE + _GAP) - _GAP, _SIDE))
    for place, image in enumerate(images):
        one = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
        row.paste(one.resize((_SIDE, _SIDE), Image.Resampling.NEAREST), (place * (_SIDE + _GAP), 0))
    content = io.BytesIO()
    row.save(content, "png")
    return content.getvalue()
