"""The one error of this package that people read."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from bn_study.datasets.visible import cut, visible


class DatasetError(Exception):
    """Data that cannot be had, or that is not what it says it is.

    The message is for people: it names what was tried or read, what is wrong with it, and the ways out. Each of
    `lines` is one line, of bounded length, whatever file names and contents it holds.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(cut(visible(line)) for line in lines))


@contextmanager
def parsing(where: object, kind: str, way_out: str = "") -> Iterator[None]:
    """Whatever is raised and warned of while bytes from outside are parsed becomes one DatasetError: `where` is
    damaged or no `kind`, or cannot be read.

    Parsers are not told apart by what they raise (tokenize, zlib and struct have errors of their own), and their
    words are not passed on: one was 37,000 characters long, another told how to have pickles run.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except DatasetError:
        raise
    except Exception as error:
        reason = error.strerror if isinstance(error, OSError) else None
        said = f"cannot be read: {reason}" if reason else f"is damaged, or no {kind}"
        raise DatasetError(f"{where} {said}.{way_out}") from error
