"""`keep_model`: a file that loads, has the recorded accuracy, and is of the right epoch also after a kill."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter
from records import epoch_record

from bn_study.config.model import Model
from bn_study.config.run import RunSpec
from bn_study.datasets import load, split
from bn_study.planning.identity import fingerprint
from bn_study.store.record import RunRecord, best_epoch
from bn_study.training.checkpoint import Checkpoint
from bn_study.training.kept_model import KeptModel
from bn_study.training.loop import Resident
from bn_study.training.model import build
from bn_study.training.train import Interrupted, train
from bn_study.training.workbench import Workbench

# Keras 3.15 saves TensorFlow's variables by an `__array__` that NumPy 2 finds old.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

MakeSpec = Callable[..., RunSpec]
Run = Callable[..., RunRecord]
BATCH = {"kind": "batch"}
DROPOUT = {"rate": 0.3}
TRAINED: dict[str, dict[str, Any]] = {
    "dense": {"kind": "dense", "widths": (16, 8), "norm": BATCH, "dropout": DROPOUT},
    "inception": {"kind": "inception", "width": 0.05, "modules": 2, "norm": BATCH, "dropout": DROPOUT},
}
NETS: dict[str, dict[str, Any]] = {
    **TRAINED,
    "renorm": {"kind": "dense", "widths": (16, 8), "norm": BATCH | {"renorm": {"rmax": 3.0}}},
    "constrained": {"kind": "dense", "widths": (8,), "norm": BATCH | {"gamma_constraint": {"kind": "non_negative"}}},
    "cnn": {"kind": "cnn", "filters": (4,), "dense_units": 8, "dropout": DROPOUT | {"spatial": True}},
    "resnet": {"kind": "resnet", "depth": 8, "width": 0.25, "norm": {"kind": "ghost", "virtual_batch_size": 8}},
    "lstm": {"kind": "recurrent", "units": (6,), "norm": {"kind": "layer"}},
    "gru": {"kind": "recurrent", "cell": "gru", "units": (6,), "norm": {"kind": "group", "groups": 2}},
}
#: The learning rate rises in the fourth epoch so far that the third stays the best: see `best_is_not_last`.
FALLING = {"training.epochs": 5, "training.learning_rate": {"kind": "step", "initial": 0.02, "factor": 60.0,
           "every_epochs": 4}}  # fmt: skip


def accuracy(path: Path, spec: RunSpec) -> float:
    """Of the net in the file, on the run's validation images as bytes."""
    parts = split(load("digits"), train_images=spec.dataset.train_images, validation=None, seed=0)
    logits = np.asarray(keras.saving.load_model(path)(parts.validation_images))
    return float(np.mean(np.argmax(logits, axis=1) == parts.validation_labels))


def test_a_run_that_holds_images_out_gets_a_score_on_test_images_that_it_never_saw(
    spec: MakeSpec, run: Run, tmp_path: Path
) -> None:
    """That of the kept net on all 360; a run that validates on them has no such score."""
    held_out = spec(**{"dataset.validation_fraction": 0.2, "training.keep_model": "last"})
    done = run(held_out)
    assert done.final is not None
    assert done.data is not None
    assert (done.data.validation_source, done.data.validation_images) == ("train", 287)
    assert done.final.test_accuracy == accuracy(tmp_path / "model.keras", held_out)
    assert done.final.test_accuracy != done.final.validation_accuracy
    plain = run(spec())
    assert plain.final is not None
    assert (plain.final.test_accuracy, plain.final.test_loss) == (None, None)


@pytest.mark.parametrize("kind", NETS)
def test_every_net_is_read_back_with_its_scaling(kind: str, tmp_path: Path) -> None:
    """Every layer of ours is known to Keras, and gives what it gave, to the bit, from bytes."""
    model = build(TypeAdapter(Model).validate_python(NETS[kind]), (8, 8, 1), 10, "float32")
    chance = np.random.default_rng(0)
    for variable in model.variables:
        if variable.dtype == "float32":
            variable.assign(chance.uniform(0.1, 1.0, variable.shape))
    mean, scale = chance.uniform(0, 255, (2, 8, 8, 1)).astype(np.float32)
    images = chance.integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)
    resident = Resident({"train": images}, {}, mean, scale / 1e4, (8, 8, 1), 10)
    KeptModel("last", model).write(tmp_path / "model.keras", [epoch_record(1)], resident)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    expected = model((images.astype(np.float32) - mean) * (scale / np.float32(1e4)))
    np.testing.assert_array_equal(np.asarray(loaded(images)), np.asarray(expected))


@pytest.mark.parametrize("kind", TRAINED)
def test_the_kept_net_has_the_recorded_accuracy(kind: str, spec: MakeSpec, run: Run, tmp_path: Path) -> None:
    scaling = {"kind": "standardize", "per": "feature" if kind == "dense" else "channel"}
    wanted = spec(model=TRAINED[kind], **{"training.keep_model": "last", "dataset.scaling": scaling})
    record = run(wanted)
    assert accuracy(tmp_path / "model.keras", wanted) == record.epochs[-1].validation_accuracy
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["model.keras"]


def test_keeping_a_net_changes_no_bit_of_the_run(spec: MakeSpec, run: Run) -> None:
    """Also not of the next run on the same compiled net."""
    plain = run(spec())
    for which in ("last", "best"):
        kept = run(spec(**{"training.keep_model": which}))
        assert [epoch.train_loss for epoch in kept.epochs] == [epoch.train_loss for epoch in plain.epochs]
        assert kept.final == plain.final
    assert run(spec()).final == plain.final


def test_without_the_wish_nothing_is_kept(spec: MakeSpec, run: Run, tmp_path: Path) -> None:
    run(spec())
    assert not list(tmp_path.iterdir())


def test_the_best_net_survives_an_interruption_after_every_epoch(
    spec: MakeSpec, run: Run, bench: Workbench, tmp_path: Path
) -> None:
    """Stopped after each epoch and resumed where something else was trained meanwhile: the same file."""
    wanted = spec(**FALLING, **{"training.keep_model": "best"})
    undisturbed = run(wanted)
    accuracies = [epoch.validation_accuracy for epoch in undisturbed.epochs]
    found = best_epoch(undisturbed.epochs)
    assert found is not None
    best = found.epoch
    assert 1 < best < len(accuracies)  # so that neither the first nor the last net is the right one
    assert accuracies[best - 1] == max(filter(None, accuracies))
    assert accuracy(tmp_path / "model.keras", wanted) == accuracies[best - 1]

    folder = tmp_path / "interrupted"
    folder.mkdir()
    stops = 0
    while True:
        checkpoint = Checkpoint(folder / "checkpoint", fingerprint(wanted))
        try:
            train(wanted, "run", bench, checkpoint, folder / "model.keras", lambda _: None, lambda: True, threads=1)
            break
        except Interrupted:
            stops += 1
        assert not (folder / "model.keras").exists()
        run(spec())  # another learning rate: the same compiled net, other weights
    assert stops == len(accuracies) - 1
    calm, torn = (keras.saving.load_model(path / "model.keras") for path in (tmp_path, folder))
    for one, other in zip(calm.weights, torn.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_a_diverged_run_keeps_its_best_net_if_there_was_one(spec: MakeSpec, run: Run, tmp_path: Path) -> None:
    late = {"kind": "step", "initial": 0.01, "factor": 1e9, "every_epochs": 3}
    for which, rate, kept in (("last", late, False), ("best", 1e9, False), ("best", late, True)):
        schedule = rate if isinstance(rate, dict) else {"kind": "constant", "initial": rate}
        record = run(spec(**{"training.keep_model": which, "training.epochs": 4, "training.learning_rate": schedule}))
        assert record.status == "diverged"
        assert (tmp_path / "model.keras").exists() == kept


def test_the_first_of_equal_epochs_is_the_best(spec: MakeSpec, run: Run) -> None:
    first, second = run(spec()).epochs
    for accuracies, best in (
        ((0.5, 0.5), 1),
        ((0.5, 0.6), 2),
        ((None, 0.1), 2),
        ((None, None), None),
        ((0.0, None), 1),
    ):
        pair = [
            epoch.model_copy(update={"validation_accuracy": value})
            for epoch, value in zip((first, second), accuracies, strict=True)
        ]
        found = best_epoch(pair)
        assert (found.epoch if found else None) == best


FULL = """
import resource, signal, sys
from pathlib import Path
import keras, numpy as np
from bn_study.training.kept_model import KeptModel
from bn_study.training.loop import Resident
from records import epoch_record
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Dense(4000)])
kept, images = KeptModel("last", model), {"train": np.zeros((1, 4, 4, 1), np.uint8)}
resident = Resident(images, {}, np.zeros(1), np.ones(1), (4, 4, 1), 10)
for room in (1, 300, 4096, 100_000, 250_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        kept.write(Path(sys.argv[1]), [epoch_record(1)], resident)
    except OSError as error:
        print(error.errno, error.filename)
"""


def test_a_full_disk_leaves_no_half_net(tmp_path: Path) -> None:
    """A limit on file sizes, as a full disk, anywhere in the file of 280 kB: an OSError that the sweep knows."""
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")
    tests = str(Path(__file__).parents[1] / "store")
    environment = {**os.environ, "KERAS_BACKEND": "numpy", "PYTHONPATH": os.pathsep.join([tests, *sys.path])}
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], env=environment, capture_output=True, text=True)
    assert done.stdout == f"{errno.EFBIG} {path}\n" * 5, done.stdout + done.stderr
    assert [part.read_bytes() for part in tmp_path.iterdir()] == [b"old"]


def test_a_net_for_a_table_takes_its_columns_as_they_are(spec: MakeSpec, run: Run, tmp_path: Path) -> None:
    """In float32, not cut to bytes."""
    record = run(spec(**{"dataset.name": "breast_cancer", "training.keep_model": "last"}))
    parts, net = load("breast_cancer"), keras.saving.load_model(tmp_path / "model.keras")
    assert net.inputs[0].dtype == "float32"
    right = np.argmax(np.asarray(net(parts.test_images)), axis=1) == parts.test_labels
    assert record.final is not None
    assert np.mean(right) == pytest.approx(record.final.validation_accuracy)
