"""How far packed data may be unpacked, asked before it is done."""

from __future__ import annotations

from bn_study.datasets.error import DatasetError

MAX_BYTES = 2_000_000_000
"""Of the images of own data: they stay in memory, in each worker."""

MAX_FREE_BYTES = 200_000_000
"""What unpacks to no more than this may be packed as tightly as it likes."""

MAX_RATIO = 100
"""Anything larger unpacks to so many times its size at most. Photos reach 10, line drawings 50, and zeros 1,000."""


def check_unpacking(packed: int, unpacked: int, where: object, way_out: str) -> None:
    """Raises DatasetError where `packed` bytes would become more than fit, or than is plausible."""
    if unpacked > MAX_BYTES:
        raise DatasetError(f"{where} unpacks to {unpacked:,} bytes; {MAX_BYTES:,} are the most.")
    if unpacked > max(MAX_FREE_BYTES, MAX_RATIO * packed):
        raise DatasetError(
            f"{where} would unpack from {packed:,} to {unpacked:,} bytes, more than {MAX_RATIO} to 1: not done. "
            f"If it is meant, {way_out}."
        )
