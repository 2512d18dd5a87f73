"""The cores that this process may use: by affinity, cpuset and quota, not those of the machine."""

from __future__ import annotations

import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def allowed_cores() -> tuple[int, ...]:
    """Their numbers, at least one. With a quota (docker --cpus, Kubernetes limits) the first so many, rounded down."""
    everything = range(os.cpu_count() or 1)
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(everything)
    return tuple(cores[: max(1, int(quota(_CGROUP, _own_groups())))])


def quota(root: Path, groups: list[str]) -> float:
    """The least number of cores that the process' control groups grant, version 1 or 2; infinite without a limit."""
    found = [1e9]
    for group in groups:
        for folder in (Path(group), *Path(group).parents):
            below = folder.relative_to("/")
            found += filter(None, (_cores_of(root / below / "cpu.max"), _cores_of_version_1(root / "cpu" / below)))
    return min(found)


def _own_groups() -> list[str]:
    """'/', and what /proc/self/cgroup names; in a container the own group often is the root of what is mounted."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return ["/"]
    return ["/", *(path for line in lines if (path := line.split(":", 2)[-1]).startswith("/"))]


def _cores_of(file: Path) -> float | None:
    """'50000 100000' is half a core; 'max 100000' is no limit."""
    try:
        limit, period = file.read_text().split()
        return int(limit) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _cores_of_version_1(folder: Path) -> float | None:
    try:
        limit = int((folder / "cpu.cfs_quota_us").read_text())
        period = int((folder / "cpu.cfs_period_us").read_text())
    except (OSError, ValueError):
        return None
    return limit / period if limit > 0 and period > 0 else None
