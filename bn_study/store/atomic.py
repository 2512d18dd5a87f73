"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Errors of the place: no other run could be written there either.
_OF_THE_PLACE = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EFBIG: "files may not be that large here (ulimit -f)",
    errno.EROFS: "the folder is read-only; choose another with --results, or make it writable",
    errno.EACCES: "writing is not allowed; choose another folder with --results, or change its permissions",
    errno.EPERM: "writing is not allowed; choose another folder with --results, or change its permissions",
    errno.ENOSYS: "this disk has no locks (flock); choose a folder on another one with --results",
    errno.EIO: "the disk does not answer as it should",
}


def way_out(error: OSError) -> str | None:
    """What a person can do about a place that takes no file; None when the error is about one file alone."""
    if error.errno not in _OF_THE_PLACE:
        return None
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{_OF_THE_PLACE[error.errno]}. The same command then goes on from here"


def obstacle(error: OSError) -> str:
    """Which file, and what is wrong with it. Where a folder cannot be made, what lies in its place is named."""
    if error.filename is None:
        return str(error)
    path = Path(os.fsdecode(error.filename))
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        for part in (*reversed(path.parents), path):
            if part.is_symlink() and not part.exists():
                return f"{part}: is a link to {os.readlink(part)}, which is not there; make it, or remove the link"
            if part.is_file():
                return f"{part}: is a file where a folder is needed; remove it, or choose another folder"
    return f"{path}: {error.strerror}"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name to write to, in the folder of `path` and with its ending; at the end what lies there becomes `path`.

    fsync, rename, fsync of the folder. Raises OSError; an error leaves no part, and `path` as it was.
    """
    temporary = path.with_name(f".{os.getpid()}.partial.{path.name}")
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)  # for people: not the temporary file's name
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_atomically(path: Path, content: bytes) -> Path:
    """As `replacing`, for content that is there already; returns the path."""
    with replacing(path) as temporary, open(temporary, "wb") as file:
        file.write(content)
    return path


def remove_parts(folder: Path, process: int | str = "*") -> None:
    """What a process left in or below the folder that was killed while it wrote; any process, or the one named."""
    for part in folder.rglob(f".{process}.partial.*"):
        part.unlink(missing_ok=True)
