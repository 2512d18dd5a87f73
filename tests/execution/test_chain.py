"""The whole chain as a user calls it: run, interrupt, resume, report; on the embedded digits."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
STUDY = "experiments/dense_bn_vs_dropout.yaml"
TIMES = {"train_seconds", "validation_seconds", "images_per_second", "cpu_seconds"}


def start(*arguments: str, results: Path) -> subprocess.Popen[str]:
    """`bn-study …` in another process."""
    command = [sys.executable, "-m", "bn_study", *arguments, "--results", str(results)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)


def call(*arguments: str, results: Path, code: int = 0) -> str:
    process = start(*arguments, results=results)
    try:
        out, err = process.communicate()
    finally:
        process.kill()  # the test ran into its time limit
    assert process.returncode == code, out + err
    assert "Traceback" not in out + err
    return out + err


def measured(folder: Path) -> dict[str, Any]:
    """Run id → all that was measured, times apart."""
    found = {}
    for path in sorted(folder.rglob("result.json")):
        record = json.loads(path.read_text())
        epochs = [{key: value for key, value in epoch.items() if key not in TIMES} for epoch in record["epochs"]]
        found[record["run_id"]] = (record["status"], epochs, record["final"])
    return found


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The smoke profile, two workers side by side; its results folder and output."""
    folder = tmp_path_factory.mktemp("undisturbed")
    return folder, call("run", STUDY, "--profile", "smoke", "--jobs", "2", results=folder)


def test_run_leaves_tables_charts_and_records(undisturbed: tuple[Path, str]) -> None:
    folder, output = undisturbed
    shown = folder / "dense_bn_vs_dropout" / "smoke"
    assert len(measured(folder)) == 10
    for name in ("table.csv", "runs.csv", "epochs.csv", "README.md"):
        assert (shown / name).stat().st_size > 100, name
    for suffix in ("png", "svg", "pdf"):
        assert len(list(shown.rglob(f"*.{suffix}"))) >= 4
    assert "bn_dropout" in output
    assert str(shown) in output.replace("\n", "")
    run = next((folder / "dense_bn_vs_dropout" / "runs").iterdir())
    assert {"spec.yaml", "epochs.csv", "log.txt", "result.json"} <= {path.name for path in run.iterdir()}
    assert not (run / "checkpoint").exists()


def test_a_grown_grid_by_one_worker_trains_what_is_new_to_the_same_bits(
    undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    """Seed 1 is done, seed 0 comes, one worker alone instead of two side by side: only the new runs, the same bits."""
    runs = tmp_path / "dense_bn_vs_dropout" / "runs"
    for path in (undisturbed[0] / "dense_bn_vs_dropout" / "runs").glob("*_s1_*"):
        shutil.copytree(path, runs / path.name)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("result.json")}
    output = call("run", STUDY, "-p", "smoke", "--jobs", "1", "--set", "seeds=[1, 0]", "--no-report", results=tmp_path)
    assert len(before) == len(re.findall(r"^start +\S+_s0_", output, re.MULTILINE)) == output.count("start ") == 5
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert measured(tmp_path) == measured(undisturbed[0])


@pytest.fixture
def long_run(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A sweep that is training, and its results folder; killed at the end if it still runs."""
    sets = ("--set", "training.epochs=4000", "--set", "seeds=[0]")
    process = start("run", STUDY, "-p", "smoke", "--jobs", "1", *sets, "--no-report", results=tmp_path)
    try:
        while not list(tmp_path.rglob("epochs.csv")):
            assert process.poll() is None, process.communicate()
            time.sleep(0.2)
        yield process, tmp_path
    finally:
        process.kill()
        process.communicate()


def test_workers_die_with_their_parent(long_run: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = long_run
    workers = psutil.Process(process.pid).children(recursive=True)
    assert len(workers) == 1
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=2)
    assert not [worker for worker in alive if worker.status() != psutil.STATUS_ZOMBIE]
    output = call("status", STUDY, "-p", "smoke", "--set", "training.epochs=4000", "-s", "seeds=[0]", results=folder)
    assert "1 interrupted" in output
    assert "running" not in output


def test_ctrl_c_stops_at_the_epochs_end_and_says_how_to_go_on(long_run: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = long_run
    output = call("status", STUDY, "-p", "smoke", "--set", "training.epochs=4000", "-s", "seeds=[0]", results=folder)
    assert "1 running" in output
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "same command" in out
    assert len(list(folder.rglob("checkpoint/state.npz"))) == 1
    assert not list(folder.rglob("result.json"))


@pytest.mark.long
def test_a_dead_worker_costs_only_its_run(tmp_path: Path) -> None:
    """SIGKILL on one of two workers: its run is tried again at the end, alone, and all runs finish."""
    sets = ("--set", "training.epochs=300", "--set", "seeds=[0]")
    process = start("run", STUDY, "-p", "smoke", "--jobs", "2", *sets, "--no-report", results=tmp_path)
    while not list(tmp_path.rglob("epochs.csv")):
        time.sleep(0.1)
    victim = psutil.Process(process.pid).children()[0]
    os.kill(victim.pid, signal.SIGKILL)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, out + err
    (again,) = re.findall(r"^again +(\S+): the worker was killed by signal 9", out, re.MULTILINE)
    starts = re.findall(r"^start +(\S+)", out, re.MULTILINE)
    assert len(starts) == 6
    assert starts[-1] == again
    assert "1 run was retried alone" in out
    assert len(measured(tmp_path)) == 5


LOAD = """
import json, sys
from pathlib import Path
import keras, numpy as np
import bn_study.training.kept_model
from bn_study.datasets import load
data = load("digits")
for path in map(Path, sys.argv[1:]):
    logits = keras.saving.load_model(path / "model.keras").predict(data.test_images, verbose=0)
    record = json.loads((path / "result.json").read_text())
    best = max(epoch["validation_accuracy"] for epoch in record["epochs"])
    assert np.mean(logits.argmax(axis=1) == data.test_labels) == best, path
"""


def test_jax_runs_the_same_study_and_keeps_its_nets(tmp_path: Path) -> None:
    """The nets of the best epochs, loaded on JAX, have the accuracies that were recorded.

    That both backends take the same steps is held by `tests/training/test_backends.py`.
    """
    pytest.importorskip("jax")
    sets = ("-s", "seeds=[0]", "-s", "training.keep_model=best")
    call("run", STUDY, "-p", "smoke", "--backend", "jax", "--jobs", "1", *sets, "--no-report", results=tmp_path)
    found = {name.rpartition("_")[0]: value for name, value in measured(tmp_path).items()}
    assert [status for status, _, _ in found.values()] == ["finished"] * 5
    runs = [path.parent for path in tmp_path.rglob("result.json")]
    done = subprocess.run(
        [sys.executable, "-c", LOAD, *map(str, runs)],
        env={**os.environ, "KERAS_BACKEND": "jax"}, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
