"""A picture as every viewer shows it, or an error that names the file."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image

from bn_study.datasets import DatasetError, load
from bn_study.datasets.image_file import (
    LAID_ON_BACKGROUND,
    MAX_BESIDE_BYTES,
    MAX_PIXELS,
    MAX_SCANS,
    TURNED,
    read_picture,
)

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (16, 24, 3), np.uint8)

#: What a viewer makes of the stored (height, width, ...), by the value of EXIF's tag 274 (EXIF 2.32, 4.6.4 A).
ORIENTATIONS: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: stored.swapaxes(0, 1)[:, ::-1],
    7: lambda stored: stored[::-1, ::-1].swapaxes(0, 1),
    8: lambda stored: stored.swapaxes(0, 1)[::-1],
}


def chunk(kind: bytes, content: bytes) -> bytes:
    """Of a PNG: length, kind, content, checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(rows: NDArray[np.generic], depth: int, colour: int, *extra: bytes) -> bytes:
    """(height, width[, channels]) unfiltered, as the standard has it; `colour` is 0 grey, 2 RGB, 4 and 6 with alpha."""
    big = rows.astype(">u2" if depth == 16 else "u1")
    packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in big))
    size = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], depth, colour, 0, 0, 0)
    chunks = [chunk(b"IHDR", size), *extra, chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("kind", ["png", "jpg"])
@pytest.mark.parametrize("orientation", [*ORIENTATIONS, 0, 9])
def test_a_picture_is_turned_as_its_exif_mark_says(orientation: int, kind: str, tmp_path: Path) -> None:
    mark = Image.Exif()
    mark[ExifTags.Base.Orientation] = orientation
    Image.fromarray(COLOUR).save(tmp_path / f"marked.{kind}", exif=mark)
    Image.fromarray(COLOUR).save(tmp_path / f"plain.{kind}")
    stored = read_picture(tmp_path / f"plain.{kind}").pixels
    picture = read_picture(tmp_path / f"marked.{kind}")
    np.testing.assert_array_equal(picture.pixels, ORIENTATIONS.get(orientation, ORIENTATIONS[1])(stored))
    assert picture.done == ((TURNED,) if 2 <= orientation <= 8 else ())


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_white(mode: str, tmp_path: Path) -> None:
    """alpha c + (1 - alpha) 255, to one grey level; what lies under full transparency is not seen at all."""
    channels = len(mode)
    pixels = RNG.integers(0, 256, (16, 24, channels), np.uint8)
    pixels[0, :, -1], pixels[1, :, -1] = 0, 255
    (tmp_path / "a.png").write_bytes(png(pixels, 8, 6 if mode == "RGBA" else 4))
    picture = read_picture(tmp_path / "a.png")
    alpha = pixels[..., -1:] / 255
    assert picture.pixels.shape == (16, 24, channels - 1)
    assert np.abs(picture.pixels - (alpha * pixels[..., :-1] + (1 - alpha) * 255)).max() <= 1
    assert np.all(picture.pixels[0] == 255)
    np.testing.assert_array_equal(picture.pixels[1], pixels[1, :, :-1])
    assert picture.done == (LAID_ON_BACKGROUND,)


def test_palettes_and_colours_that_stand_for_transparency_are_resolved(tmp_path: Path) -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "opaque.png")
    palette.save(tmp_path / "seen_through.png", transparency=0)
    assert read_picture(tmp_path / "opaque.png").pixels.tolist() == [[[10, 20, 30], [40, 50, 60]]]
    assert read_picture(tmp_path / "seen_through.png").pixels.tolist() == [[[255, 255, 255], [40, 50, 60]]]
    grey, key = np.array([[7, 9]], np.uint8), chunk(b"tRNS", struct.pack(">H", 7))
    (tmp_path / "grey.png").write_bytes(png(grey, 8, 0, key))
    assert read_picture(tmp_path / "grey.png").pixels.tolist() == [[[255], [9]]]


def test_alpha_that_hides_nothing_changes_nothing_and_is_not_told(tmp_path: Path) -> None:
    Image.fromarray(COLOUR).convert("RGBA").save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    np.testing.assert_array_equal(picture.pixels, COLOUR)
    assert picture.done == ()


def test_of_a_jpeg_with_several_pictures_the_first_is_taken(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    first.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[second])
    assert np.abs(read_picture(tmp_path / "a.jpg").pixels.astype(int) - [254, 0, 0]).max() <= 1


def test_what_was_done_is_told_with_the_data(tmp_path: Path) -> None:
    mark = Image.Exif()
    mark[ExifTags.Base.Orientation] = 6
    for place in ("train/a/1", "train/b/1", "train/b/2", "test/a/1", "test/b/1"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        pixels = RNG.integers(0, 256, (3, 5, 4), np.uint8)
        if place.endswith("2"):
            Image.fromarray(pixels.swapaxes(0, 1)).save(tmp_path / f"{place}.png", exif=mark)
        else:
            Image.fromarray(pixels[..., :3]).save(tmp_path / f"{place}.png")
    data = load("image_folder", path=tmp_path)
    assert data.image_shape == (3, 5, 3)
    assert data.remarks == (f"{TURNED}: 1 of 5 images", f"{LAID_ON_BACKGROUND}: 1 of 5 images")


def _animated(path: Path) -> None:
    Image.new("RGB", (4, 4)).save(path, save_all=True, append_images=[Image.new("RGB", (4, 4), "red")])


def _of_many_scans(path: Path) -> None:
    content = io.BytesIO()
    Image.fromarray(COLOUR).save(content, "jpeg", progressive=True)
    scans, end = content.getvalue()[:-2], content.getvalue()[-2:]
    path.write_bytes(scans + scans[scans.rindex(b"\xff\xda") :] * MAX_SCANS + end)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "16 bits, colour": (
        lambda path: path.write_bytes(png(RNG.integers(0, 1 << 16, (3, 4, 3)), 16, 2)),
        "has 16 bits a channel: save it with 8",
    ),
    "16 bits, grey": (
        lambda path: path.write_bytes(png(RNG.integers(0, 1 << 16, (3, 4)), 16, 0)),
        "has 16 bits a channel",
    ),
    "a transparent grey of 4 bits": (
        lambda path: path.write_bytes(png(np.full((1, 2), 0x0F), 8, 0, chunk(b"tRNS", b"\0\x0f")).replace(
            chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)),
            chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 1, 4, 0, 0, 0, 0)))),
        "has a transparent grey of 4 bits: save it with 8",
    ),
    "CMYK": (lambda path: Image.new("CMYK", (4, 4)).save(path, "jpeg"), "is neither grey nor RGB but CMYK"),
    "an animation": (_animated, "is animated: save one of its pictures"),
    "too many pixels": (
        lambda path: path.write_bytes(png(np.zeros((1, 1)), 8, 0).replace(
            chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            chunk(b"IHDR", struct.pack(">IIBBBBB", 2049, 2048, 8, 0, 0, 0, 0)))),
        f"is too large an image: {MAX_PIXELS:,} pixels are the most",
    ),
    "more than Pillow bears": (
        lambda path: path.write_bytes(png(np.zeros((1, 1)), 8, 0).replace(
            chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
            chunk(b"IHDR", struct.pack(">IIBBBBB", 99_999, 99_999, 8, 0, 0, 0, 0)))),
        "is too large an image",
    ),
    "much beside the pixels": (
        lambda path: path.write_bytes(png(np.zeros((2, 2)), 8, 0) + bytes(MAX_BESIDE_BYTES)),
        "bytes for 4 pixels: save it without what it holds beside",
    ),
    "many scans": (_of_many_scans, f"has more than {MAX_SCANS} scans"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_viewers_show_otherwise_and_what_costs_too_much_is_refused(what: str, tmp_path: Path) -> None:
    make, complaint = REFUSED[what]
    make(tmp_path / "a.png")
    with pytest.raises(DatasetError, match=rf"a\.png {complaint}|a\.png has .*{complaint}"):
        read_picture(tmp_path / "a.png")


def test_the_largest_picture_is_read_whatever_bytes_it_holds(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 256, (2048, 2048, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.bmp")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.bmp").pixels, pixels)


def _jpeg(progressive: bool, *beside: bytes) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (2048, 2048), (9, 80, 30)).save(content, "jpeg", progressive=progressive)
    whole = content.getvalue()
    return whole[:2] + b"".join(beside) + whole[2:]


def _chunks(count: int, content: bytes = b"") -> bytes:
    return png(np.zeros((4, 4)), 8, 0, *[chunk(b"prVt", content)] * count)


EXIF = b"\xff\xe1\xff\xff" + b"Exif\0\0" + bytes(65_527)
SCANS, END = _jpeg(True)[:-2], b"\xff\xd9"
#: As much as is let through of each, and far more of it.
COSTLY = {
    "scans": SCANS + SCANS[SCANS.rindex(b"\xff\xda") :] * (MAX_SCANS - 10) + END,
    "too many scans": SCANS + SCANS[SCANS.rindex(b"\xff\xda") :] * 100_000 + END,
    "EXIF": _jpeg(False, *[EXIF] * 29),
    "too much EXIF": _jpeg(False, *[EXIF] * 250),
    "chunks": _chunks(150_000),
    "too many chunks": _chunks(1_000_000),
    "unpacked text": _chunks(1).replace(chunk(b"prVt", b""), chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8), 1))),
    "an alpha channel": png(np.zeros((2048, 2048, 4)), 8, 6),
}


def test_no_picture_costs_much_memory_or_time(tmp_path: Path, bounded: Callable[..., dict[str, str]]) -> None:
    """Of each folder the first picture is read, and refused or taken for the measure of the others."""
    for name, content in COSTLY.items():
        for place in ("train/a/1.png", "train/b/1.png", "test/a/1.png"):
            (tmp_path / name / place).parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (4, 4)).save(tmp_path / name / place)
        (tmp_path / name / "train/a/1.png").write_bytes(content)
    said = bounded("image_folder", sorted(tmp_path.iterdir()))
    taken = {name for name in said if "all must be of one" in said[name]}
    assert taken == {"scans", "EXIF", "chunks", "an alpha channel"}, said
