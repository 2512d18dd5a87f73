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
TIMES = {"train_seconds", "validation_seconds", "images_per_second"}


def start(*arguments: str, results: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bn_study.cli", *arguments, "--results", str(results)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)


def call(*arguments: str, results: Path, code: int = 0) -> str:
    process = start(*arguments, results=results)
    out, err = process.communicate(timeout=240)
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


def test_finished_points_are_not_trained_again_also_when_the_grid_grows(
    undisturbed: tuple[Path, str], tmp_path: Path
) -> None:
    shutil.copytree(undisturbed[0], tmp_path, dirs_exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("result.json")}
    assert "start" not in call("run", STUDY, "-p", "smoke", results=tmp_path)
    output = call("run", STUDY, "-p", "smoke", "--set", "seeds=[0, 1, 2]", "--jobs", "2", results=tmp_path)
    assert len(re.findall(r"^start ", output, re.MULTILINE)) == 5
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_other_order_and_one_worker_give_the_same_bits(undisturbed: tuple[Path, str], tmp_path: Path) -> None:
    """Alone instead of beside others, seeds reversed: a worker's tenth run equals another's first."""
    call("run", STUDY, "-p", "smoke", "--jobs", "1", "--set", "seeds=[1, 0]", results=tmp_path)
    assert measured(tmp_path) == measured(undisturbed[0])


@pytest.fixture
def long_run(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A sweep that is training, and its results folder; killed at the end if it still runs."""
    sets = ("--set", "training.epochs=4000", "--set", "seeds=[0]")
    process = start("run", STUDY, "-p", "smoke", "--jobs", "2", *sets, results=tmp_path)
    deadline = time.monotonic() + 120
    while len(list(tmp_path.rglob("epochs.csv"))) < 2:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    yield process, tmp_path
    process.kill()
    process.communicate()


def test_workers_die_with_their_parent(long_run: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = long_run
    workers = psutil.Process(process.pid).children(recursive=True)
    assert len(workers) == 2
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=2)
    assert not alive
    output = call("status", STUDY, "-p", "smoke", "--set", "training.epochs=4000", "-s", "seeds=[0]", results=folder)
    assert "2 interrupted" in output
    assert "running" not in output


def test_ctrl_c_stops_at_the_epochs_end_and_says_how_to_go_on(long_run: tuple[subprocess.Popen[str], Path]) -> None:
    process, folder = long_run
    output = call("status", STUDY, "-p", "smoke", "--set", "training.epochs=4000", "-s", "seeds=[0]", results=folder)
    assert "2 running" in output
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert "same command" in out
    assert len(list(folder.rglob("checkpoint/state.npz"))) == 2
    assert not list(folder.rglob("result.json"))


@pytest.mark.long
def test_a_dead_worker_costs_only_its_run(tmp_path: Path) -> None:
    """SIGKILL on one of two workers: its run is tried again at the end, alone, and all runs finish."""
    sets = ("--set", "training.epochs=300", "--set", "seeds=[0]")
    process = start("run", STUDY, "-p", "smoke", "--jobs", "2", *sets, results=tmp_path)
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


def test_jax_runs_the_same_study(tmp_path: Path, undisturbed: tuple[Path, str]) -> None:
    """`--backend jax`: same masks, same order; accuracies near those of TensorFlow, whose kernels differ."""
    pytest.importorskip("jax")
    call("run", STUDY, "-p", "smoke", "--backend", "jax", "--jobs", "2", "-s", "seeds=[0]", results=tmp_path)
    found, reference = measured(tmp_path), measured(undisturbed[0])
    assert len(found) == 5
    for run_id, (status, epochs, _) in found.items():
        assert status == "finished"
        assert abs(epochs[-1]["train_accuracy"] - reference[run_id][1][-1]["train_accuracy"]) < 0.25
