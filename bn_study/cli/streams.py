"""Standard output and error that cannot fail: a full disk or a reader that left costs what is printed, nothing else."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Lossy(io.FileIO):
    """A standard stream. What it cannot take is lost; the first reason is kept in `lost`."""

    lost: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.lost = self.lost or error
            return memoryview(data).nbytes


def guard_streams() -> tuple[Lossy, Lossy]:
    """From now on printing never raises, and characters that the terminal does not know become '?'.

    Streams that someone else has put in place of the process's own stay as they are.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed: without this, the next file that is opened would be taken for it
            os.open(os.devnull, os.O_RDONLY)
    output, error = Lossy(1, "w", closefd=False), Lossy(2, "w", closefd=False)
    if sys.stdout is sys.__stdout__:
        sys.stdout = _text_to(output, sys.__stdout__)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _text_to(error, sys.__stderr__)
    return output, error


def _text_to(stream: Lossy, before: io.TextIOBase | None) -> io.TextIOWrapper:
    encoding = getattr(before, "encoding", None) or "utf-8"
    buffer = io.BufferedWriter(stream)
    return io.TextIOWrapper(buffer, encoding, errors="replace", line_buffering=stream.isatty() or stream.fileno() == 2)
