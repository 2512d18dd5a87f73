"""A run's log: whatever its worker prints, the backend's C++ included; bounded."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MOST_BYTES = 10_000_000
_MARK = b"\n[bn_study: the log grew too long; what stood here was cut]\n"


def log_to(path: Path) -> None:
    """From now on standard output and error of this process go to the log, through no link. Raises OSError."""
    sys.stdout.flush()
    sys.stderr.flush()
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def shorten_log(most: int = MOST_BYTES) -> None:
    """Called at an epoch's end: of a log that is too long, the first half stays, and what comes follows it."""
    if os.fstat(2).st_size > most:
        os.ftruncate(2, most // 2)
        os.write(2, _MARK)
