"""Small runs on the embedded digits; and modules beside the tests, which importlib mode does not find."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bn_study.config.load import load_run
from bn_study.config.run import RunSpec
from bn_study.datasets import load
from bn_study.planning.identity import fingerprint
from bn_study.store.record import RunRecord
from bn_study.training.checkpoint import Checkpoint
from bn_study.training.train import train
from bn_study.training.workbench import Workbench

ROOT = Path(__file__).resolve().parents[2]
for folder in ("store", "training"):  # makers of records and of nets
    if str(ROOT / "tests" / folder) not in sys.path:
        sys.path.append(str(ROOT / "tests" / folder))


@pytest.fixture(scope="session")
def bench() -> Workbench:
    return Workbench(lambda data: load(data.name))


@pytest.fixture(scope="session")
def spec() -> Callable[..., RunSpec]:
    """The digits recipe, shrunk, with changes by dotted path: spec(**{'training.epochs': 2})."""

    def make(**changes: Any) -> RunSpec:
        tree = load_run(ROOT / "configs" / "digits.yaml").model_dump()
        small = {"training.epochs": 2, "model.widths": (16, 8), "dataset.train_images": 100}
        for path, value in {**small, **changes}.items():
            *parents, last = path.split(".")
            here = tree
            for parent in parents:
                here = here[parent]
            here[last] = value
        return RunSpec.model_validate(tree)

    return make


@pytest.fixture
def run(bench: Workbench, tmp_path: Path) -> Callable[..., RunRecord]:
    """Train a spec on a workbench (the session's by default) without a checkpoint; a kept model lies in tmp_path."""

    def go(spec: RunSpec, on: Workbench | None = None) -> RunRecord:
        checkpoint = Checkpoint(tmp_path / "none", fingerprint(spec))
        return train(
            spec, "run", on or bench, checkpoint, tmp_path / "model.keras", lambda _: None, lambda: False, threads=1
        )

    return go
