"""Whether what a sweep will write fits on the disk, asked before it starts."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from bn_study.execution.description import describe_models, model_key
from bn_study.planning.expansion import Point

#: spec.yaml, epochs.csv, log.txt and result.json; measured 10 kB for a run of 15 epochs.
BYTES_A_RUN = 50_000
#: float32 weights, and at most two numbers a weight for the optimizer (Adam).
BYTES_A_PARAMETER = 12
#: The old checkpoint lies there until the new one is whole.
CHECKPOINTS_A_WORKER = 2
#: More than two checkpoints of any net here: with so much free, the nets need not be built to be counted.
AMPLE_BYTES_A_WORKER = 2_000_000_000


def shortage(points: Sequence[Point], folder: Path, workers: int) -> str | None:
    """What to say if the runs would not fit below `folder`; None if they do. Raises OSError."""
    free = shutil.disk_usage(_nearest(folder)).free
    results = BYTES_A_RUN * len(points)
    if free >= results + AMPLE_BYTES_A_WORKER * workers:
        return None
    needed = results + checkpoint_bytes(points) * CHECKPOINTS_A_WORKER * workers
    if free >= needed:
        return None
    return (
        f"{folder}: {_megabytes(free)} are free, and {len(points)} runs need about {_megabytes(needed)}: "
        "free some space, or choose another folder with --results"
    )


def checkpoint_bytes(points: Sequence[Point]) -> int:
    """Of the largest net."""
    facts = describe_models([point.spec for point in points])
    return max(BYTES_A_PARAMETER * facts[model_key(point.spec)].parameters for point in points)


def _nearest(folder: Path) -> Path:
    """The folder, or the one above it that exists already."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
