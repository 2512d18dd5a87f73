"""Where a run runs: versions, machine, commit. Recorded beside the result, never hashed."""

from __future__ import annotations

import importlib.metadata
import platform
import resource
import subprocess
import sys
from functools import cache
from pathlib import Path

from bn_study.store.record import EnvironmentRecord

_PACKAGES = ("bn_study", "keras", "tensorflow", "jax", "numpy")


def environment(backend: str, device: str, threads: int, precision: str) -> EnvironmentRecord:
    """The record of this process."""
    return EnvironmentRecord(
        backend=backend,
        device=device,
        threads=threads,
        precision=precision,
        versions={name: version for name in _PACKAGES if (version := _version(name))},
        python=platform.python_version(),
        platform=platform.platform(terse=True),
        processor=processor(),
        commit=_commit(),
    )


def peak_memory_bytes() -> int:
    """Largest resident set of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@cache
def processor() -> str:
    """The processor's name as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


@cache
def _commit() -> str | None:
    """The commit that this package runs from, with '+changes' when files differ; None outside a checkout."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    describe = ["git", "-C", str(root), "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+changes"]
    try:
        done = subprocess.run(describe, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
