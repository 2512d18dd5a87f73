"""Reading members of a .tar.gz in memory: nothing is extracted, and what it may cost is bounded."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, cast

from bn_study.datasets.error import DatasetError, parsing
from bn_study.datasets.regular_file import opened
from bn_study.datasets.remote_file import MAX_FILE_BYTES

MAX_UNPACKED_BYTES = 2 * MAX_FILE_BYTES
"""The official archives unpack to 187 MB."""

MAX_HEADER_BYTES = 100_000
"""Of all members together: 512 bytes a member, of which the official archives have 9. Longer names and properties
come on top: tarfile would read and take apart a header of any size."""


class _Bounded:
    """A compressed stream that refuses to be unpacked further than MAX_UNPACKED_BYTES."""

    def __init__(self, stream: gzip.GzipFile, where: Path) -> None:
        self._stream, self._where = stream, where
        self.headers_left = MAX_HEADER_BYTES
        self.in_member = False
        """whether what is read is a member's content, and no header"""

    def read(self, size: int) -> bytes:
        self._allow(self._stream.tell() + size)
        if not self.in_member:
            self.headers_left -= size
            if self.headers_left < 0:
                raise DatasetError(f"{self._where} has more than {MAX_HEADER_BYTES:,} bytes of headers: not read.")
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
    way_out = " Delete it: it is fetched anew."
    with (
        parsing(path, ".tar.gz archive", way_out),
        opened(path, MAX_FILE_BYTES) as file,
        gzip.GzipFile(fileobj=file) as unpacked,
    ):
        bounded = _Bounded(unpacked, path)
        with tarfile.open(fileobj=cast(IO[bytes], bounded), mode="r:") as archive:
            left = set(names)
            for member in archive:
                name = member.name.removeprefix("./")
                if name in names:
                    _check(member, name, left, path)
                    left.remove(name)
                    bounded.in_member = True
                    yield name, cast(IO[bytes], archive.extractfile(member))
                    bounded.in_member = False


def _check(member: tarfile.TarInfo, name: str, left: Collection[str], path: Path) -> None:
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise DatasetError(f"{path}: {name} is a link or another special member, not a plain file.")
    if member.size > MAX_FILE_BYTES:
        raise DatasetError(f"{path}: {name} has {member.size:,} bytes; {MAX_FILE_BYTES:,} are the most.")
    if name not in left:
        raise DatasetError(f"{path}: {name} is there twice.")
