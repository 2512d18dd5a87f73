"""A porter without its cluster: it trains in a folder of its own, sends what must last, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_up_sweep import HERE, marks_in, points_of

from bn_study.execution.event import EVENT, Ending, Job, RunEnded, Stop
from bn_study.execution.parcel import CHECKPOINT, Parcel
from bn_study.execution.porter import Porter, Terms
from bn_study.planning.expansion import Point


def terms(folder: Path, lease_seconds: float = 60.0, **orders: object) -> Terms:
    worker = (str(HERE / "fake_worker.py"), json.dumps({"seconds": 0.02, **orders}), str(marks_in(folder)))
    return Terms(worker, "tensorflow", 1, 0.0, 0, checkpoint_seconds=0.0, lease_seconds=lease_seconds)


@pytest.fixture
def porter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Porter]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    one = Porter(terms(tmp_path))
    yield one
    one.tidy()


def job_of(point: Point) -> Job:
    return Job(run_id=point.run_id, spec=point.spec, folder=f"/no/such/{point.run_id}", data_dir=None, threads=1)


def heard(porter: Porter) -> Iterator[tuple[str, Parcel]]:
    while True:
        yield from porter.news()


def end_of_run(porter: Porter) -> tuple[RunEnded, list[Parcel]]:
    parcels = []
    for text, parcel in heard(porter):
        parcels.append(parcel)
        assert not text.startswith('{"kind":"gone"'), text
        if isinstance(event := EVENT.validate_json(text), RunEnded):
            return event, parcels
    raise AssertionError


def test_it_sends_the_table_with_each_epoch_checkpoints_now_and_then_and_all_at_the_end(
    porter: Porter, tmp_path: Path
) -> None:
    (point,) = points_of(tmp_path, 1, epochs=6)
    porter.take(job_of(point), {})
    end, parcels = end_of_run(porter)
    assert end.status == "finished"
    assert sum("epochs.csv" in parcel for parcel in parcels) >= 6
    assert any(CHECKPOINT in parcel for parcel in parcels[:-1])
    assert {"epochs.csv", "log.txt", "result.json"} <= set(parcels[-1])
    assert CHECKPOINT not in parcels[-1]


def test_a_stopped_run_goes_on_elsewhere_from_what_was_sent(porter: Porter, tmp_path: Path) -> None:
    (point,) = points_of(tmp_path, 1, epochs=40)
    porter.take(job_of(point), {})
    next(heard(porter))
    porter.send(Stop())
    end, parcels = end_of_run(porter)
    assert end.status == "interrupted"
    other = Porter(terms(tmp_path))
    try:
        other.take(job_of(point), {CHECKPOINT: parcels[-1][CHECKPOINT]})
        end, after = end_of_run(other)
    finally:
        other.tidy()
    assert end.status == "finished"
    before = len(parcels[-1]["epochs.csv"].splitlines()) - 1
    assert 0 < before < 40
    assert len(json.loads(after[-1]["result.json"])["epochs"]) == 40
    assert sum("epochs.csv" in parcel for parcel in after[:-1]) == 40 - before


def test_its_worker_s_death_is_the_last_news(porter: Porter) -> None:
    porter.worker.kill()
    *_, (text, _) = iter_until_gone(porter)
    assert Ending.model_validate_json(text).code == -9


def iter_until_gone(porter: Porter) -> Iterator[tuple[str, Parcel]]:
    for one in heard(porter):
        yield one
        if one[0].startswith('{"kind":"gone"'):
            return


def test_what_a_dead_porter_left_is_swept_and_what_a_living_one_has_is_not(porter: Porter, tmp_path: Path) -> None:
    dead = Path(tempfile.mkdtemp(prefix="bn_study-porter-"))
    left = dead.rename(tmp_path / f"bn_study-porter-{os.getuid()}-left")
    (left / "lock").touch()
    mine = porter._own_scratch()
    other = Porter(terms(tmp_path))
    try:
        other._own_scratch()
    finally:
        other.tidy()
    assert not left.exists()
    assert mine.exists()
    porter.tidy()
    assert not mine.exists()


FORGOTTEN = """
import sys, time
from bn_study.execution.porter import Porter, Terms
porter = Porter(Terms((sys.argv[1], "{}", sys.argv[2]), "tensorflow", 1, 0.0, 0, 0.0, lease_seconds=1.0))
print(porter.worker.process.pid, flush=True)
time.sleep(60)
"""


def test_a_porter_that_nobody_asks_ends_itself_and_its_worker(tmp_path: Path) -> None:
    """Whoever gave it the run takes it for lost by now."""
    began = time.monotonic()
    command = [sys.executable, "-c", FORGOTTEN, str(HERE / "fake_worker.py"), str(marks_in(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert time.monotonic() - began < 20
    assert not Path(f"/proc/{done.stdout.strip()}").exists()
