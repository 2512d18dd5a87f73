"""Cores are those that this process is allowed, not those of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bn_study.execution.cores import quota


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_a_process_that_is_kept_to_the_last_core_counts_one() -> None:
    last = max(os.sched_getaffinity(0))
    script = (
        f"import os; os.sched_setaffinity(0, {{{last}}});"
        "from bn_study.cli.option import jobs_or_default; from bn_study.execution.cores import allowed_cores;"
        "print(allowed_cores(), jobs_or_default(None, 1), jobs_or_default(None, 4), jobs_or_default(3, 1))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"({last},) 1 1 3"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_a_worker_starts_on_cores_that_it_is_allowed() -> None:
    """In a cpuset without core 0; afterwards its threads may use what they could before."""
    last = max(os.sched_getaffinity(0))
    script = (
        f"import os; os.sched_setaffinity(0, {{{last}}}); from bn_study.execution.worker import on_cores\n"
        "with on_cores(1): print(os.sched_getaffinity(0))\n"
        "print(os.sched_getaffinity(0))"
    )
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == f"{{{last}}}\n{{{last}}}\n"


def test_the_least_quota_of_all_groups_above_counts(tmp_path: Path) -> None:
    inner = tmp_path / "slice" / "job"
    inner.mkdir(parents=True)
    (inner / "cpu.max").write_text("max 100000\n")
    assert quota(tmp_path, ["/slice/job"]) >= 1e9
    (tmp_path / "slice" / "cpu.max").write_text("250000 100000\n")
    assert quota(tmp_path, ["/slice/job"]) == 2.5
    old = tmp_path / "cpu"
    old.mkdir()
    (old / "cpu.cfs_quota_us").write_text("150000\n")
    (old / "cpu.cfs_period_us").write_text("100000\n")
    assert quota(tmp_path, ["/slice/job"]) == 1.5
    (old / "cpu.cfs_quota_us").write_text("-1\n")
    assert quota(tmp_path, ["/slice/job"]) == 2.5
