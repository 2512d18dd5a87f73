"""A .npz that nobody vouches for: little time and memory, one short error, and nothing in it is run."""

from __future__ import annotations

import io
import os
import pickle
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bn_study.datasets import DatasetError, load

Bounded = Callable[[str, list[Path]], dict[str, str]]
MB = 1 << 20
IMAGES = np.random.default_rng(0).integers(0, 256, (4, 3, 3), np.uint8)
LABELS = np.arange(4) % 2


def npy(array: Any) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def header(shape: tuple[int, ...], kind: str = "|u1") -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(content, {"descr": kind, "fortran_order": False, "shape": shape})
    return content.getvalue()


GOOD = {"x_train": npy(IMAGES), "y_train": npy(LABELS), "x_test": npy(IMAGES[:2]), "y_test": npy(LABELS[:2])}


def zipped(path: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for key, content in parts.items():
            archive.writestr(f"{key}.npy", content)
    return path


def inflating(path: Path, key: str, beginning: bytes, megabytes: int) -> Path:
    """A good archive, but of `key`: a beginning and so many MB of zeros, packed a thousand to one.

    Put together, for to pack them would take seconds: the first MB's bytes are repeated, and then called deflated.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(beginning) + packer.flush(zlib.Z_FULL_FLUSH)
    once = packer.compress(bytes(MB)) + packer.flush(zlib.Z_FULL_FLUSH)
    zipped(path, {other: content for other, content in GOOD.items() if other != key})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{key}.npy", start + once * megabytes + packer.flush())
        member = archive.getinfo(f"{key}.npy")
        member.compress_type, member.file_size = zipfile.ZIP_DEFLATED, len(beginning) + megabytes * MB
        if megabytes < 200:  # more is never unpacked, and its sum not asked for
            member.CRC = zlib.crc32(bytes(megabytes * MB), zlib.crc32(beginning))
    return path


def _directory_of_gigabytes(path: Path) -> None:
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1000, 1000, 1_800_000_000, 50_000_000, 0)
    with path.open("wb") as file:
        os.truncate(file.fileno(), 1_900_000_000)  # sparse: takes no room
        file.seek(0, os.SEEK_END)
        file.write(end)


def _many_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(22_000):
            archive.writestr(str(number), b"")


#: What asks for much, and what is said of it.
BOMBS: dict[str, tuple[Callable[[Path], object], str]] = {
    "images of 1 GB of zeros": (
        lambda path: inflating(path, "x_train", header((4, 1000, MB // 4)), 1000),
        "would unpack from 1,",
    ),
    "more zeros than its header says": (
        lambda path: inflating(path, "x_train", header((4, 3, 3)), 1000),
        "x_train has not the size that its header says",
    ),
    "a header of 1 GB": (
        lambda path: inflating(path, "x_train", b"\x93NUMPY\2\0" + struct.pack("<I", 1000 * MB), 1000),
        "is damaged",
    ),
    "zeros, as many as are let through": (
        lambda path: inflating(path, "x_train", header((4, 190, MB // 4)), 190),
        "train images are 190 × 262144 × 1, test images are 3 × 3 × 1",
    ),
    "images of one pixel": (
        lambda path: inflating(path, "x_train", header((190 * MB, 1, 1)), 190),
        "199,229,440 images; 5,000,000 are the most",
    ),
    "class names": (
        lambda path: inflating(path, "class_names", header((190 * MB // 4,), "<U1"), 190),
        "class_names are 49,807,360 of <U1: more than are read",
    ),
    "a shape of 10^18": (lambda path: zipped(path, GOOD | {"x_train": header((10**9, 10**9))}), "has not the size"),
    "numbers of 10^9 bytes each": (
        lambda path: zipped(path, GOOD | {"y_train": header((4,), "|V1000000000")}),
        "has not the size",
    ),
    "another method of packing": (
        lambda path: zipped(path, GOOD, zipfile.ZIP_LZMA),
        "packed as numpy.savez does not",
    ),
    "a directory of gigabytes": (_directory_of_gigabytes, "is damaged"),
    "22,000 members": (_many_members, "is damaged"),
}


def test_few_bytes_cannot_ask_for_much_memory_or_time(tmp_path: Path, bounded: Bounded) -> None:
    for name, (make, _) in BOMBS.items():
        make(tmp_path / f"{name}.npz")
    said = bounded("npz", sorted(tmp_path.iterdir()))
    for name, (_, complaint) in BOMBS.items():
        assert complaint in said[f"{name}.npz"], name


class Call:
    """Pickles as a call of a function."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("key", ["x_train", "y_test", "class_names"])
def test_nothing_in_it_is_run(key: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    attack = np.array([Call(mark), None], object)
    content = io.BytesIO()
    np.lib.format.write_array(content, attack, allow_pickle=True)
    path = zipped(tmp_path / "own.npz", GOOD | {key: content.getvalue()})
    with pytest.raises(DatasetError, match=f"{key} holds Python objects; only numbers and text are read"):
        load("npz", path=path)
    path.write_bytes(pickle.dumps(Call(mark)))
    with pytest.raises(DatasetError, match=r"is damaged, or no \.npz file"):
        load("npz", path=path)
    assert not mark.exists()
    pickle.loads(path.read_bytes())  # the attack is a real one
    assert mark.exists()


def test_a_member_that_comes_twice_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "own.npz", GOOD)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("y_train.npy", npy(LABELS[::-1]))
    with pytest.raises(DatasetError, match="y_train is there twice"):
        load("npz", path=path)


def _accident(content: bytes, chance: random.Random) -> bytes:
    """One to four changes in the first 128 bytes, where the header stands; half of the time its length is mended."""
    spoilt = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at, byte = chance.randrange(128), chance.choice(b"(){}[]'\",:;-+*/#\\\n\t LujNTe019xb<>|=.@`\x00\xff")
        match chance.randrange(4):
            case 0:
                spoilt[at] = byte
            case 1:
                spoilt[at] ^= 1 << chance.randrange(8)
            case 2:
                count = chance.randint(1, 60)
                spoilt[at : at + count] = bytes([byte]) * count
            case 3:
                spoilt[10:10] = bytes([byte]) * chance.choice([3, 100, 3_000, 10_000])
    if chance.random() < 0.5:
        spoilt[8:10] = min(len(spoilt) - 10, 65_535).to_bytes(2, "little")
    return bytes(spoilt)


def refusal(path: Path) -> str:
    """Why the file is not read; empty where it is."""
    try:
        load("npz", path=path)
    except DatasetError as error:
        return str(error)
    return ""


def test_whatever_a_header_s_parser_raises_is_one_short_error(tmp_path: Path) -> None:
    """The checksums of the archive are right, so that the parser sees each accident."""
    chance, refused = random.Random(0), 0
    for _ in range(300):
        key = chance.choice(list(GOOD))
        path = zipped(tmp_path / "own.npz", GOOD | {key: _accident(GOOD[key], chance)}, zipfile.ZIP_STORED)
        said = refusal(path)
        refused += bool(said)
        assert said == "" or said.startswith(str(path))
        assert len(said) < len(str(path)) + 200
        assert "pickle" not in said
    assert refused > 250


@pytest.mark.parametrize("nested", ["(" * 5_000, "-" * 9_000 + "1", "[" * 99 + "]" * 99, "{'a':" * 90 + "1" + "}" * 90])
def test_nested_headers_are_refused(nested: str, tmp_path: Path) -> None:
    """What Python's own parser meets with a MemoryError or a RecursionError."""
    for length in (4_000, 10_000):
        text = (f"{{'descr': '|u1', 'fortran_order': False, 'shape': {nested}"[:length] + "\n").encode()
        member = b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text
        path = zipped(tmp_path / "own.npz", GOOD | {"x_train": member})
        with pytest.raises(DatasetError, match=r"own\.npz is damaged"):
            load("npz", path=path)
