"""Downloads that can be cut anywhere and go on where they stopped.

A file appears under its name whole and checked, or not at all.

HTTP's Range header asks for the rest of a `.partial` file (RFC 9110, section 14); a server that ignores it
answers 200 with the whole file, and the download starts again.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import IO

from bn_study.datasets.error import DatasetError
from bn_study.datasets.regular_file import opened
from bn_study.datasets.remote_file import MAX_FILE_BYTES, RemoteFile

if sys.platform != "win32":
    import fcntl

Progress = Callable[[int, int | None], None]
"""Called with (bytes so far, bytes in all or None when the server does not say), anew for each file."""

_CHUNK_BYTES = 1 << 18
_TIMEOUT_SECONDS = 30.0
_MAX_CUTS = 20


def fetch(remote: RemoteFile, folder: Path, progress: Progress | None = None) -> Path:
    """Download `remote` into `folder`, which exists, and return its path there.

    Bytes gather in a `.partial` file beside it, which outlives a failure and is taken up again. Processes
    that want the same file wait for each other. Raises DatasetError when it cannot be had or has a wrong
    checksum.
    """
    target = folder / remote.name
    partial = folder / f"{remote.name}.partial"
    try:
        with _alone_in(folder):
            if not target.exists():
                _complete(remote, partial, progress)
                partial.replace(target)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DatasetError(f"{remote.url}: {error}") from error
    return target


def _complete(remote: RemoteFile, partial: Path, progress: Progress | None) -> None:
    resumed = _size(partial) > 0
    _transfer(remote.url, partial, progress)
    if remote.matches(partial):
        return
    partial.unlink()
    if not resumed:
        raise DatasetError(f"{remote.url}: what arrived has a wrong {remote.algorithm} checksum and was thrown away.")
    # The old part may have been of another file: once more, from the first byte.
    _complete(remote, partial, progress)


def _transfer(url: str, partial: Path, progress: Progress | None) -> None:
    for _ in range(_MAX_CUTS):
        before = _size(partial)
        try:
            return _append(url, partial, progress)
        except (OSError, http.client.HTTPException):
            # As long as each connection brings something, a bad line gets there in the end.
            if _size(partial) <= before:
                raise
    raise ConnectionError(f"the connection was cut {_MAX_CUTS} times; what came is kept, try again to go on")


def _append(url: str, partial: Path, progress: Progress | None) -> None:
    start = _size(partial)
    try:
        response = _open(url, start)
    except urllib.error.HTTPError as error:
        with error:
            # 416: nothing is left to send, so the part is the whole or is wrong; the checksum tells.
            if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
                return
            raise ConnectionError(f"the server answered {error.code} {error.reason}") from None
    with response:
        first = _first_byte(response)
        if first > start:
            raise ConnectionError(f"the server left out bytes {start:,} to {first:,}")
        with partial.open("r+b" if start else "wb") as file:
            file.seek(first)
            file.truncate()
            _copy(response, file, first, progress)
            os.fsync(file.fileno())


def _open(url: str, start: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": "bn_study"} | ({"Range": f"bytes={start}-"} if start else {})
    request = urllib.request.Request(url, headers=headers)
    response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)
    return response


def _first_byte(response: http.client.HTTPResponse) -> int:
    """Where in the file the response begins. Raises ConnectionError when it does not say."""
    if response.status != HTTPStatus.PARTIAL_CONTENT:
        return 0
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if match is None:
        raise ConnectionError("the server sent a part of the file without saying which")
    return int(match[1])


def _copy(response: http.client.HTTPResponse, file: IO[bytes], start: int, progress: Progress | None) -> None:
    length = response.headers.get("Content-Length")
    total = start + int(length) if length else None
    done = start
    while chunk := response.read(_CHUNK_BYTES):
        done += len(chunk)
        if done > MAX_FILE_BYTES:
            raise DatasetError(f"the server sends more than {MAX_FILE_BYTES:,} bytes: stopped.")
        file.write(chunk)
        if progress is not None:
            progress(done, total)
    if total is not None and done < total:
        raise ConnectionError(f"the connection was cut after {done:,} of {total:,} bytes")


def _size(path: Path) -> int:
    if not path.exists():
        return 0
    with opened(path, MAX_FILE_BYTES) as file:
        return os.fstat(file.fileno()).st_size


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold an advisory lock on `folder` itself, so that no lock file is left behind.

    Where there are no such locks (Windows, some network disks) two downloads at once can only
    spoil each other's checksum.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
