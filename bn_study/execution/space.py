"""Whether what a sweep will write fits on the disk, asked before it starts."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from bn_study.execution.description import ModelFacts, data_facts, model_key
from bn_study.planning.expansion import Point

#: spec.yaml, epochs.csv, log.txt and result.json; measured 10 kB for a run of 15 epochs.
BYTES_A_RUN = 50_000
#: float32 weights: of a kept model, and of the best so far in a checkpoint.
BYTES_OF_A_WEIGHT = 4
#: A checkpoint's weights, and at most two numbers a weight for the optimizer (Adam).
BYTES_A_PARAMETER = 12
#: Without its images; measured 1.49 GB with CIFAR-10's 0.18 (docs/speed.md).
BYTES_OF_A_WORKER = 1_310_000_000
#: The old checkpoint lies there until the new one is whole.
CHECKPOINTS_A_WORKER = 2


def shortage(points: Sequence[Point], models: Mapping[str, ModelFacts], folder: Path, workers: int) -> str | None:
    """What to say if the runs would not fit below `folder`; None if they do. `models`: by model_key. Raises OSError."""
    free = shutil.disk_usage(_nearest(folder)).free
    counts = [models[model_key(point.spec)].parameters for point in points]
    checkpoints = checkpoint_bytes(points, counts) * CHECKPOINTS_A_WORKER * workers
    needed = BYTES_A_RUN * len(points) + model_bytes(points, counts) + checkpoints
    if free >= needed:
        return None
    return (
        f"{folder}: {_megabytes(free)} are free, and {len(points)} runs need about {_megabytes(needed)}: "
        "free some space, or choose another folder with --results"
    )


def worker_bytes(points: Sequence[Point]) -> int:
    """Memory of a worker of these runs: its imports and compiled nets, and the images as bytes."""
    return BYTES_OF_A_WORKER + max((_image_bytes(point) for point in points), default=0)


def _image_bytes(point: Point) -> int:
    data = data_facts(point.spec.dataset)
    return (data.train_images + data.test_images) * math.prod(data.image_shape)


def model_bytes(points: Sequence[Point], counts: Sequence[int]) -> int:
    """Of all nets that are kept."""
    kept = (count for point, count in zip(points, counts, strict=True) if point.spec.training.keep_model)
    return BYTES_OF_A_WEIGHT * sum(kept)


def checkpoint_bytes(points: Sequence[Point], counts: Sequence[int]) -> int:
    """The largest; where the best net is kept, a checkpoint holds its weights too."""
    weights = {"best": BYTES_A_PARAMETER + BYTES_OF_A_WEIGHT}
    sizes = (weights.get(point.spec.training.keep_model or "", BYTES_A_PARAMETER) for point in points)
    return max(count * size for count, size in zip(counts, sizes, strict=True))


def _nearest(folder: Path) -> Path:
    """The folder, or the one above it that exists already."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
