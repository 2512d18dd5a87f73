"""A file that the user names: opened where it is a regular file of bounded size, else refused before that."""

from __future__ import annotations

import errno
import math
import os
import stat
from io import BufferedReader, FileIO
from pathlib import Path

_OTHERS = {
    stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip


def opened(path: Path, most_bytes: float = math.inf) -> BufferedReader:
    """The regular file at `path`, links followed, open for reading. Raises OSError with a `strerror` in plain words.

    What it is, is asked before it is opened, for a pipe would wait and a device may act; and once more after, for
    it may have been exchanged in between.
    """
    try:
        _admit(path.stat(), path, most_bytes)
        file: BufferedReader = BufferedReader(FileIO(path, opener=_without_waiting))
    except ValueError as error:  # a zero byte, or half a character
        raise OSError(errno.EINVAL, "no file can have this name", str(path)) from error
    try:
        _admit(os.fstat(file.fileno()), path, most_bytes)
    except OSError:
        file.close()
        raise
    return file


def _admit(found: os.stat_result, path: Path, most_bytes: float) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = _OTHERS.get(stat.S_IFMT(found.st_mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))
    if found.st_size > most_bytes:
        message = f"it has {found.st_size:,} bytes; {most_bytes:,} are the most"
        raise OSError(errno.EFBIG, message, str(path))


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
