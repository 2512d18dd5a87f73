"""A run with probes: no bit of training moves, and a kill moves no record."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import keras
import pytest

from bn_study.config.probes import ProbeName
from bn_study.config.run import RunSpec
from bn_study.planning.identity import fingerprint
from bn_study.store.record import RunRecord
from bn_study.training.checkpoint import Checkpoint
from bn_study.training.train import Interrupted, train
from bn_study.training.workbench import Workbench

HERE = Path(__file__).resolve().parent
OTHER = {"tensorflow": "jax", "jax": "tensorflow"}[keras.backend.backend()]
ALL: tuple[ProbeName, ...] = get_args(ProbeName)
TIMES = {"train_seconds", "validation_seconds", "images_per_second", "cpu_seconds"}
FEW = "(gamma or orthogonal) and dense"
#: A batch that divides no epoch, more steps than the latest early look, noise, dropout, and augmentation.
RUN: dict[str, Any] = {
    "model.norm": {"kind": "batch", "noise": {}}, "model.dropout.rate": 0.2,
    "training.epochs": 3, "training.batch_size": 12, "training.augmentation.width_shift": 0.1,
    "dataset.train_images": 250,
}  # fmt: skip


def bits(record: RunRecord) -> Any:
    """All that training measured, times apart."""
    return [epoch.model_dump(exclude=TIMES) for epoch in record.epochs], record.final


def seen(record: RunRecord) -> Any:
    """All that was probed, times apart."""
    assert record.probes
    scalars = {key: value for key, value in record.probes.scalars.items() if not key.endswith("_seconds")}
    return record.probes.times, record.probes.tables, scalars


def test_probes_move_no_bit_of_training(spec: Callable[..., RunSpec], run: Callable[..., RunRecord]) -> None:
    plain, probed = run(spec(**RUN)), run(spec(**RUN, probes=ALL))
    assert bits(probed) == bits(plain)
    assert plain.probes is None
    assert probed.probes is not None
    assert [(when.epoch, when.step) for when in probed.probes.times] == [
        (0, 0),
        (0, 1),
        (0, 4),
        (0, 16),
        (1, 21),
        (2, 42),
        (3, 63),
    ]
    assert {table.probe for table in probed.probes.tables} == set(ALL)
    assert None not in probed.probes.scalars.values()
    assert len(probed.probes.model_dump_json()) < 20_000


def test_a_run_stopped_after_each_epoch_has_the_same_probes(
    spec: Callable[..., RunSpec], run: Callable[..., RunRecord], bench: Workbench, tmp_path: Path
) -> None:
    wanted = spec(**RUN, probes=ALL)
    undisturbed = run(wanted)
    for _ in range(2):
        with pytest.raises(Interrupted):
            train(
                wanted,
                "run",
                bench,
                Checkpoint(tmp_path, fingerprint(wanted)),
                tmp_path / "m",
                lambda _: None,
                lambda: True,
                1,
            )
        run(spec(**RUN, seed=9))  # the worker did something else meanwhile
    resumed = train(
        wanted,
        "run",
        bench,
        Checkpoint(tmp_path, fingerprint(wanted)),
        tmp_path / "m",
        lambda _: None,
        lambda: False,
        1,
    )
    assert bits(resumed) == bits(undisturbed)
    assert seen(resumed) == seen(undisturbed)


def test_a_run_that_diverges_has_what_was_seen_until_then(
    spec: Callable[..., RunSpec], run: Callable[..., RunRecord]
) -> None:
    rate = {"kind": "constant", "initial": 1e6}
    record = run(spec(**{"training.learning_rate": rate, "training.epochs": 4}, probes=ALL))
    assert record.status == "diverged"
    assert record.probes
    assert record.probes.times
    assert RunRecord.model_validate_json(record.model_dump_json()) == record


@pytest.mark.skipif("BN_STUDY_OTHER" in os.environ, reason="this is the other backend")
@pytest.mark.skipif(importlib.util.find_spec(OTHER) is None, reason="one backend alone is installed")
@pytest.mark.parametrize("which", [FEW, pytest.param("not other", marks=pytest.mark.long)])
def test_this_holds_on_the_other_backend(which: str) -> None:
    """A few of the laws in every run of the suite, all of them in the long one."""
    environment = {**os.environ, "KERAS_BACKEND": OTHER, "BN_STUDY_OTHER": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", which, str(HERE)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
