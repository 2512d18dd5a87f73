"""What a worker keeps of its data, and what it writes down of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from bn_study.config.run import RunSpec
from bn_study.datasets import load
from bn_study.training.workbench import Workbench


def test_what_is_odd_about_the_data_is_recorded(tmp_path: Path, spec: Callable[..., RunSpec]) -> None:
    """With the size, the classes, and those classes that a small part has lost."""
    images = np.random.default_rng(0).integers(0, 256, (60, 6, 8), np.uint8)
    labels = np.array([0, 1, 3])[np.arange(60) % 3]
    path = tmp_path / "own.npz"
    np.savez(path, x_train=images[:40], y_train=labels[:40], x_test=images[40:], y_test=labels[40:])
    bench = Workbench(lambda data: load(data.name, path=path))
    own = {"dataset.name": "npz", "dataset.path": str(path)}
    absent = "classes without training images: 2"
    for count, size, remarks in (
        (None, None, (absent,)),
        (2, 4, (absent, "1 of 3 classes have no image in the part that is trained on")),
    ):
        record = bench.data(spec(**own, **{"dataset.train_images": count, "dataset.image_size": size})).record
        assert record.remarks == remarks
        assert record.classes == 4
        assert record.image_shape == ((size, size, 1) if size else (6, 8, 1))
        assert record.provenance == "own data: own.npz"
