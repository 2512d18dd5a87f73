"""One picture from a file, as every viewer shows it. The only module that imports Pillow."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from bn_study.datasets.error import DatasetError, parsing
from bn_study.datasets.regular_file import opened

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp"})
MAX_PIXELS = 2048 * 2048
"""Of one picture: decoded and laid on white it takes 100 MB for a moment; 160 of them are all that memory allows."""
MAX_BESIDE_BYTES = 2_000_000
"""Of a file, beside four bytes a pixel: colour profile, EXIF, preview. (Pillow took 19 s over 60 MB of EXIF.)"""
MAX_SCANS = 50
"""Of a progressive JPEG, which usually has 10. Each goes over all pixels, and may take no more than 20 bytes."""
BACKGROUND = "white"
"""What shows where a picture is transparent."""

TURNED = "turned by their EXIF mark"
LAID_ON_BACKGROUND = f"transparency laid on {BACKGROUND}"

_FORMATS = ("PNG", "JPEG", "BMP")
_CHANNELS = {"1": 1, "L": 1, "LA": 1, "RGB": 3, "RGBA": 3, "P": 3}
_ORIENTATIONS = range(2, 9)  # of EXIF; 1 is upright
_SCAN = b"\xff\xda"  # of a JPEG; in packed pixels a zero stands between the two
_BIT_DEPTH = 24  # where a PNG says it: signature, length and name of its first chunk, width, height, and this


@dataclass(frozen=True)
class Picture:
    """Pixels, and what was done to them."""

    pixels: NDArray[np.uint8]
    """(height, width, channels); one channel for grey, three for colour"""
    done: tuple[str, ...]
    """of TURNED and LAID_ON_BACKGROUND, those that apply"""


def read_picture(path: Path) -> Picture:
    """The picture, turned upright and laid on BACKGROUND; palettes are resolved, colour profiles not applied.

    Raises DatasetError, which names `path`, on what viewers show otherwise than as one picture of 8 bits a channel
    (animations, 16 bits, CMYK), on what is larger than MAX_PIXELS, and on what is no picture.
    """
    with parsing(path, f"{' or '.join(_FORMATS)} image"):
        with opened(path, MAX_BESIDE_BYTES + 4 * MAX_PIXELS) as file:
            content = file.read()
        # All that stands before the pixels is taken apart on opening: so at first no more is given.
        image = _opened(content[:MAX_BESIDE_BYTES], path)
        _check(image, content, path)
        return _shown(image if len(content) <= MAX_BESIDE_BYTES else _opened(content, path))


def _opened(content: bytes, path: Path) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error


def _too_large(path: Path) -> DatasetError:
    return DatasetError(f"{path} is too large an image: {MAX_PIXELS:,} pixels are the most.")


def _check(image: Image.Image, content: bytes, path: Path) -> None:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise _too_large(path)
    if len(content) > MAX_BESIDE_BYTES + 4 * pixels:
        raise DatasetError(
            f"{path} has {len(content):,} bytes for {pixels:,} pixels: save it without what it holds beside."
        )
    if image.format == "PNG" and content[_BIT_DEPTH] == 16:
        raise DatasetError(f"{path} has 16 bits a channel: save it with 8.")
    if image.format == "PNG" and content[_BIT_DEPTH] in (2, 4) and image.mode == "L" and "transparency" in image.info:
        # Pillow spreads the greys to 0..255, but not the one that stands for transparency.
        raise DatasetError(f"{path} has a transparent grey of {content[_BIT_DEPTH]} bits: save it with 8.")
    if image.format == "PNG" and getattr(image, "is_animated", False):
        raise DatasetError(f"{path} is animated: save one of its pictures.")
    if image.format in ("JPEG", "MPO") and content.count(_SCAN) > MAX_SCANS:
        raise DatasetError(f"{path} has more than {MAX_SCANS} scans: save it anew.")
    if image.mode not in _CHANNELS:
        raise DatasetError(f"{path} is neither grey nor RGB but {image.mode}: save it as RGB.")


def _shown(image: Image.Image) -> Picture:
    channels, done = _CHANNELS[image.mode], []
    if image.getexif().get(ExifTags.Base.Orientation) in _ORIENTATIONS:
        image = ImageOps.exif_transpose(image)
        done.append(TURNED)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        if layer.getchannel("A").getextrema() != (255, 255):
            done.append(LAID_ON_BACKGROUND)
        image = Image.alpha_composite(Image.new("RGBA", layer.size, BACKGROUND), layer)
    pixels = np.asarray(image.convert("L" if channels == 1 else "RGB"))
    return Picture(pixels.reshape(image.height, image.width, channels), tuple(done))
