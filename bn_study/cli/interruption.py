"""Ctrl-C at a time when nothing has to be finished first."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from bn_study.cli.terminal import complain


@contextmanager
def interruptible(message: str, tidy_up: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C or SIGTERM ends the process at once with exit code 130, after `tidy_up` and the message.

    An exception would first pass through whatever library is at work, which may print it, or swallow it.
    """

    def leave(number: int, frame: FrameType | None) -> None:
        tidy_up()
        complain(message)
        sys.stderr.flush()
        os._exit(130)

    before = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
