"""A file on an official server, and how to know that what arrived is that file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bn_study.datasets.regular_file import opened

MAX_FILE_BYTES = 200_000_000
"""No official file is larger, packed (CIFAR-10: 170 MB) or not (the train batch of CIFAR-100: 155 MB)."""


@dataclass(frozen=True)
class RemoteFile:
    """Address, local name and published checksum of one file."""

    url: str
    name: str
    algorithm: Literal["sha256", "md5"]
    digest: str
    """lower-case hex"""

    def matches(self, path: Path) -> bool:
        """Whether the file at `path` has the published checksum. Raises OSError when it cannot be read."""
        return checksum(path, self.algorithm) == self.digest


def checksum(path: Path, algorithm: Literal["sha256", "md5"]) -> str:
    """Lower-case hex digest of a file's bytes. Raises OSError, also on a file larger than MAX_FILE_BYTES."""
    with opened(path, MAX_FILE_BYTES) as file:
        # md5 serves to recognise a published file, not to keep an attacker out.
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
