"""A file on an official server, and how to know that what arrived is that file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


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
    """Lower-case hex digest of a file's bytes."""
    with path.open("rb") as file:
        # md5 serves to recognise a published file, not to keep an attacker out.
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
