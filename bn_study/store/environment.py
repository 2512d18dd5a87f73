"""Where a run runs: versions, machine, commit. Recorded beside the result, never hashed."""

from __future__ import annotations

import importlib.metadata
import platform
import resource
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from bn_study.store.record import EnvironmentRecord

_PACKAGES = ("bn_study", "keras", "tensorflow", "jax", "jaxlib", "numpy")


def environment(backend: str, device: str, threads: int, precision: str) -> EnvironmentRecord:
    """The record of this process."""
    return EnvironmentRecord(
        backend=backend,
        device=device,
        threads=threads,
        precision=precision,
        versions=_versions(_PACKAGES),
        python=platform.python_version(),
        platform=platform.platform(terse=True),
        processor=processor(),
        instructions=vector_instructions(),
        host=platform.node(),
        commit=_commit(),
    )


def versions(backend: str) -> dict[str, str]:
    """Of Python and of what computes with this backend: where they are equal, a worker understands a sweep."""
    packages = ("bn_study", "keras", "numpy", *{"jax": ("jax", "jaxlib")}.get(backend, (backend,)))
    return {"python": platform.python_version(), **_versions(packages)}


def utc_now() -> str:
    """To the second, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def peak_memory_bytes() -> int:
    """Largest resident set of this process so far.

    Linux's own count, for the usual one begins with what the process that started this one held (`exec` keeps it).
    """
    try:
        with Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
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


@cache
def vector_instructions() -> str | None:
    """The widest that NumPy finds, in its words: 'X86_V4' or 'AVX512_SPR', 'ASIMDDP'. Kernels are chosen by them."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found")
    return str(found[-1]) if found else None


def _versions(packages: Iterable[str]) -> dict[str, str]:
    """Of those that are installed."""
    return {name: version for name in packages if (version := _version(name))}


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
