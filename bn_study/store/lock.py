"""The lock of a file: the kernel's own (flock), which dies with its holder, or none at all."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock


def kernel_lock(path: Path, timeout: float = -1) -> FileLock:
    """Waits `timeout` seconds for the lock, below 0 for ever. Acquiring raises filelock.Timeout, and OSError.

    On a disk without flock filelock would fall back to a file that is there while the lock is held: if its holder is
    killed on another host, it is held for ever. Here that is an error instead (ENOSYS). One thread may take it and
    another give it back.
    """
    return FileLock(path, timeout=timeout, thread_local=False, fallback_to_soft=False)
