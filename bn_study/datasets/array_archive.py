"""Arrays of a .npz that nobody vouches for: their sizes are known before any is unpacked, and no code in them is run.

The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, in a zip archive. numpy.load
would unpack whatever is there: an archive of 1 MB took 1.8 GB and 8 s before its images were refused.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from bn_study.datasets.aligned import aligned_empty
from bn_study.datasets.error import DatasetError, parsing
from bn_study.datasets.regular_file import opened
from bn_study.datasets.unpacking import MAX_BYTES, check_unpacking

_HEADER_BYTES = 4_096  # numpy pads the header of an array to 128
_CHUNK_BYTES = 1 << 20


class _Sparing(io.BufferedReader):
    """A file of which nothing asks for much at once: the directory of a forged archive may claim gigabytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _CHUNK_BYTES:
            raise zipfile.BadZipFile(f"a directory of {size:,} bytes")
        return super().read(size)


@dataclass(frozen=True)
class StoredArray:
    """What the header of an array says."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran_order: bool
    start: int
    """where its numbers begin, in bytes after unpacking"""
    member: zipfile.ZipInfo

    @property
    def size_bytes(self) -> int:
        """Exact, whatever the shape claims."""
        return math.prod(self.shape) * self.dtype.itemsize


class ArrayArchive:
    """An open .npz: `headers` says what is there, `read` unpacks one array."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, keys: Iterable[str]) -> None:
        self._path, self._archive = path, archive
        self.headers = {key: header for key in keys if (header := self._header(key)) is not None}
        """of those keys that are there"""
        members = [header.member for header in self.headers.values()]
        packed, unpacked = sum(one.compress_size for one in members), sum(one.file_size for one in members)
        check_unpacking(packed, unpacked, path, "save it with numpy.savez, which does not pack")

    def read(self, key: str) -> NDArray[Any]:
        """The array, in memory that a backend can take over. Raises DatasetError when the file is damaged."""
        header = self.headers[key]
        content = aligned_empty((header.size_bytes,))
        with parsing(self._path, ".npz file"), self._archive.open(header.member) as stream:
            stream.read(header.start)
            for start in range(0, len(content), _CHUNK_BYTES):
                part = content[start : start + _CHUNK_BYTES]
                found = stream.read(len(part))
                if len(found) < len(part):
                    raise EOFError
                part[:] = np.frombuffer(found, np.uint8)
            return content.view(header.dtype).reshape(header.shape, order="F" if header.fortran_order else "C")

    def _header(self, key: str) -> StoredArray | None:
        members = [member for member in self._archive.infolist() if member.filename == f"{key}.npy"]
        if not members:
            return None
        member = members[0]
        if len(members) > 1:
            raise DatasetError(f"{self._path}: {key} is there twice.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or member.flag_bits & 1:
            raise DatasetError(f"{self._path}: {key} is encrypted, or packed as numpy.savez does not: save it anew.")
        with self._archive.open(member) as stream:
            beginning = io.BytesIO(stream.read(_HEADER_BYTES))
        version = npy.read_magic(beginning)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
        shape, fortran_order, dtype = read(beginning, max_header_size=_HEADER_BYTES)
        header = StoredArray(shape, dtype, fortran_order, beginning.tell(), member)
        if dtype.hasobject:
            raise DatasetError(f"{self._path}: {key} holds Python objects; only numbers and text are read.")
        if min(shape, default=0) < 0 or header.start + header.size_bytes != member.file_size:
            raise DatasetError(f"{self._path} is damaged: {key} has not the size that its header says.")
        return header


@contextmanager
def opened_arrays(path: Path, keys: Iterable[str]) -> Iterator[ArrayArchive]:
    """The .npz at `path`. Raises DatasetError, which names it, when it is none, is damaged or is too large."""
    with ExitStack() as opening:
        with parsing(path, ".npz file"):
            file = opening.enter_context(_Sparing(opened(path, 2 * MAX_BYTES).detach()))
            found = ArrayArchive(path, opening.enter_context(zipfile.ZipFile(file)), keys)
        yield found
