"""Reading members of a .tar.gz in memory: nothing is extracted, and what it may cost is bounded."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, cast

from bn_study.datasets.error import DatasetError
from bn_study.datasets.pickles import MAX_FILE_BYTES, check_size

MAX_UNPACKED_BYTES = 2 * MAX_FILE_BYTES
"""The official archives unpack to 187 MB. tarfile would read a header of any size: this stops it."""


class _Bounded:
    """A compressed stream that refuses to be unpacked further than MAX_UNPACKED_BYTES."""

    def __init__(self, stream: gzip.GzipFile, where: Path) -> None:
        self._stream, self._where = stream, where

    def read(self, size: int) -> bytes:
        self._allow(self._stream.tell() + size)
        return self._stream.read(size)

    def seek(self, position: int) -> int:
        self._allow(position)
        return self._stream.seek(position)

    def tell(self) -> int:
        return self._stream.tell()

    def _allow(self, position: int) -> None:
        if position > MAX_UNPACKED_BYTES:
            raise DatasetError(f"{self._where} unpacks to more than {MAX_UNPACKED_BYTES:,} bytes: not read.")


def read_members(path: Path, names: Collection[str]) -> Iterator[tuple[str, IO[bytes]]]:
    """Each member of the archive at `path` that is named in `names`, as (name, stream), in its order there.

    A stream must be read before the next is asked for. Other members are passed over whatever they are:
    absolute paths, paths with '..' and links never equal a name that is asked for. Raises DatasetError
    when the archive is damaged or too large, or when a wanted name is not a plain file or comes twice.
    """
    try:
        with path.open("rb") as file, gzip.GzipFile(fileobj=file) as unpacked:
            check_size(file, str(path))
            bounded = cast(IO[bytes], _Bounded(unpacked, path))
            with tarfile.open(fileobj=bounded, mode="r:") as archive:
                yield from _wanted(archive, path, names)
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"{path} cannot be read ({error}). If it is damaged or cut short, delete it; it is fetched anew."
        ) from error


def _wanted(archive: tarfile.TarFile, path: Path, names: Collection[str]) -> Iterator[tuple[str, IO[bytes]]]:
    left = set(names)
    for member in archive:
        name = member.name.removeprefix("./")
        if name not in names:
            continue
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
            raise DatasetError(f"{path}: {name} is a link or another special member, not a plain file.")
        if member.size > MAX_FILE_BYTES:
            raise DatasetError(f"{path}: {name} has {member.size:,} bytes; {MAX_FILE_BYTES:,} are the most.")
        if name not in left:
            raise DatasetError(f"{path}: {name} is there twice.")
        left.remove(name)
        stream = archive.extractfile(member)
        assert stream is not None, "a regular member has content"
        with stream:
            yield name, stream
