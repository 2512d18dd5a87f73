"""Sweeps with made-up training (fake_worker): in this process, or as the command line in another."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pytest
from study_files import RECIPE, changed, plan_of, written

from bn_study.execution import link
from bn_study.execution.event import Event, RunEnded
from bn_study.execution.ledger import Ledger
from bn_study.execution.local import Machine, Outcome, Sweep
from bn_study.planning.expansion import Plan, Point
from bn_study.store.store import Store

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FAKE_WORKER = (sys.executable, str(HERE / "fake_worker.py"))
MADE_UP = (str(HERE / "fake_sweep.py"),)
REAL = ("-m", "bn_study")
TIMES = {
    "started", "ended", "seconds", "train_seconds", "validation_seconds", "total_seconds", "step_seconds",
    "cpu_seconds", "step_cpu_seconds", "train_cpu_seconds",
    "images_per_second", "peak_memory_bytes",
}  # fmt: skip
STUDY = """\
title: a title
question: a question?
source: a source
base: run.yaml
arms: {plain: {}}
seeds: SEEDS
"""


def study_of(runs: int, arms: str = "{plain: {}}") -> str:
    return STUDY.replace("SEEDS", str(list(range(runs)))).replace("{plain: {}}", arms)


def made_up_plan(folder: Path, runs: int, epochs: int = 3, arms: str = "{plain: {}}") -> Plan:
    """`runs` seeds of each arm."""
    recipe = changed(RECIPE, "epochs: 4", f"epochs: {epochs}")
    return plan_of(folder, study=study_of(runs, arms), recipe=recipe)


def points_of(folder: Path, runs: int, epochs: int = 3) -> list[Point]:
    return list(made_up_plan(folder, runs, epochs).points)


class Notes:
    """A watcher that writes down what it is told."""

    def __init__(self, points: list[Point]) -> None:
        self.ledger = Ledger(points, 1437, 2)
        self.lines: list[tuple[str, str]] = []  # (start or status, run id)
        self.sweep: Sweep | None = None
        self.workers: set[int] = set()

    def started(self, point: Point) -> None:
        self.ledger.start(point)
        self.lines.append(("start", point.run_id))
        assert self.sweep is not None
        self.workers.update(slot.link.process.pid for slot in self.sweep.slots)

    def told(self, event: Event) -> None:
        self.ledger.note(event)
        if isinstance(event, RunEnded):
            self.lines.append((event.status, event.run_id))

    def tick(self) -> None:
        assert 0.0 <= self.ledger.fraction <= 1.0

    def say(self, message: str) -> None:
        pass

    def starts(self) -> Counter[str]:
        return Counter(run_id for what, run_id in self.lines if what == "start")


def sweep(
    points: list[Point],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    orders: Mapping[str, Any] | None = None,
    jobs: int = 2,
    run_timeout: float | None = None,
    notes: Notes | None = None,
) -> tuple[Outcome, Notes]:
    """Run the points in this process's Sweep."""
    monkeypatch.setattr(link, "WORKER", FAKE_WORKER)
    monkeypatch.setenv("BN_FAKE", json.dumps(orders or {}))
    monkeypatch.setenv("BN_FAKE_MARKS", str(marks_in(folder)))
    notes = notes or Notes(points)
    machine = Machine(jobs, 1, "tensorflow", None)
    notes.sweep = Sweep(points, Store(folder / "runs"), machine, notes, run_timeout)
    return notes.sweep.run(), notes


def command_line(
    folder: Path,
    orders: Mapping[str, Any] | None = None,
    *options: str,
    jobs: int = 2,
    verb: str = "run",
    program: Sequence[str] = MADE_UP,
    stdout: int | IO[Any] = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """`bn-study VERB STUDY`; study.yaml lies in the folder, results go below it. A sweep reports if `orders` say so."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "BN_FAKE": json.dumps(orders or {}),
        "BN_FAKE_MARKS": str(marks_in(folder)),
    }
    command = [sys.executable, *program, verb, str(folder / "study.yaml")]
    command += ["--results", str(folder / "results"), *options]
    if verb == "run":
        command += ["--jobs", str(jobs), *([] if orders and orders.get("report") else ["--no-report"])]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=pipe, text=True, cwd=ROOT
    )


def write_study(folder: Path, runs: int, epochs: int = 3) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    written(folder, study_of(runs), changed(RECIPE, "epochs: 4", f"epochs: {epochs}"))


def finish(process: subprocess.Popen[str], code: int = 0) -> str:
    try:
        out, err = process.communicate()
    finally:
        process.kill()  # the test ran into its time limit
    assert process.returncode == code, out + err
    assert "Traceback" not in out + err
    return out + err


def started(output: str) -> list[str]:
    return re.findall(r"^start +(\S+)", output, re.MULTILINE)


def marks_in(folder: Path) -> Path:
    marks = folder / "marks"
    marks.mkdir(parents=True, exist_ok=True)
    return marks


def results(folder: Path) -> dict[str, Any]:
    """Run id → the whole result, times apart. A result that cannot be read is an error here."""
    found = {}
    for path in sorted(folder.rglob("result.json")):
        record = json.loads(path.read_text())
        found[record["run_id"]] = timeless(record)
    return found


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: timeless(part) for key, part in value.items() if key not in TIMES}
    return [timeless(part) for part in value] if isinstance(value, list) else value


def parts(folder: Path) -> list[Path]:
    """Files that a write left behind."""
    return [path for path in folder.rglob(".*.partial.*") if "runs" in path.parts]
