"""The GPUs that this process may use, and how many jobs fit on one."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from itertools import takewhile

_LIST = ("nvidia-smi", "--query-gpu=index", "--format=csv,noheader")


def visible_gpus(environment: Mapping[str, str]) -> tuple[str, ...]:
    """By the names that CUDA knows them by: those of $CUDA_VISIBLE_DEVICES up to the first that is none, else all."""
    if (named := environment.get("CUDA_VISIBLE_DEVICES")) is not None:
        return tuple(takewhile(lambda name: name not in ("", "-1"), map(str.strip, named.split(","))))
    try:
        done = subprocess.run(_LIST, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):  # no driver, or one that hangs
        return ()
    return tuple(done.stdout.split()) if done.returncode == 0 else ()


def jobs_a_gpu(share: float) -> int:
    """How many jobs of this share of a GPU fit on one: 3 of 0.33, and 3 of 1/3 though that is rounded."""
    return max(1, int(1 / share + 1e-9))
