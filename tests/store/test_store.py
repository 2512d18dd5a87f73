"""States derived from what lies in a run's folder: whole, torn, foreign, held, let go."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from records import epoch_record, small_record
from study_files import ROOT, plan_of

from bn_study.config.load import load_run
from bn_study.planning.expansion import Point
from bn_study.store.probe_record import ProbesRecord, ProbeTable, ProbeTime
from bn_study.store.store import RunFolder, State, Store, is_held

HOLD = """
import sys
from pathlib import Path
from bn_study.store.store import RunFolder
with RunFolder(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def points(tmp_path: Path) -> tuple[Point, ...]:
    return plan_of(tmp_path).points


@pytest.fixture
def point(points: tuple[Point, ...]) -> Point:
    return points[0]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


def with_result(store: Store, point: Point, content: bytes) -> Path:
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    folder.result.write_bytes(content)
    return folder.result


@contextmanager
def held(folder: RunFolder) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the run's lock until it is killed or this ends."""
    command = [sys.executable, "-c", HOLD, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_run_that_nobody_began_is_pending(store: Store, point: Point) -> None:
    assert store.state(point) is State.PENDING
    assert store.record(point) is None
    assert store.damages == []
    assert not store.folder.exists()


def test_a_run_that_was_begun_is_interrupted(store: Store, point: Point) -> None:
    """The folder lies there, and nobody is at it."""
    store.run_folder(point).prepare(point.spec)
    assert store.state(point) is State.INTERRUPTED


@pytest.mark.parametrize(
    ("status", "state"), [("finished", State.DONE), ("diverged", State.DONE), ("failed", State.FAILED)]
)
def test_a_whole_result_is_what_it_says(store: Store, point: Point, status: str, state: State) -> None:
    """And it is the record that was written; a diverged run is done, a failed one is not."""
    record = small_record(point, status)  # type: ignore[arg-type]
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    folder.write_result(record)
    assert store.state(point) is state
    assert store.record(point) == Store(store.folder).record(point) == record
    assert store.damages == []


def test_a_run_is_running_while_another_process_holds_it_and_not_after_its_death(store: Store, point: Point) -> None:
    """kill -9 leaves nothing to unlock by hand; looking at the state does not take the lock away."""
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    with held(folder) as holder:
        assert [store.state(point) for _ in range(3)] == [State.RUNNING] * 3
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        assert store.state(point) is State.INTERRUPTED
        assert store.state(point) is State.INTERRUPTED
    with folder.lock():
        pass


def test_a_result_stays_done_while_the_run_is_held(store: Store, point: Point) -> None:
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    folder.write_result(small_record(point))
    with held(folder):
        assert store.state(point) is State.DONE


def test_a_lock_that_is_no_file_is_held_by_nobody(store: Store, point: Point) -> None:
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    folder.lock_file.mkdir(parents=True)
    assert not is_held(folder)
    assert store.state(point) is State.INTERRUPTED


def test_a_result_torn_at_any_byte_is_never_done(tmp_path: Path, point: Point) -> None:
    """Every proper beginning of a record's JSON; a store of its own for each, so that nothing is remembered."""
    whole = small_record(point).model_dump_json().encode()
    path = with_result(Store(tmp_path / "runs"), point, whole)
    assert Store(tmp_path / "runs").state(point) is State.DONE
    for length in reversed(range(len(whole))):
        os.truncate(path, length)
        store = Store(tmp_path / "runs")
        assert store.state(point) is State.INTERRUPTED
        assert [damage.path for damage in store.damages] == [path]


FOREIGN = {
    "an empty file": (b"", "Invalid JSON"),
    "an empty object": (b"{}", "run_id: Field required"),
    "a list": (b"[1, 2]", "object"),
    "null": (b"null", "object"),
    "text": (b"finished", "Invalid JSON"),
    "binary": (bytes(range(256)), "Invalid JSON"),
    "another program's": (json.dumps({"status": "finished", "accuracy": 0.9}).encode(), "run_id: Field required"),
    "nested": (b"[" * 100_000, "Invalid JSON"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_named_and_not_taken_for_a_result(store: Store, point: Point, name: str) -> None:
    content, reason = FOREIGN[name]
    path = with_result(store, point, content)
    assert store.state(point) is State.INTERRUPTED
    assert store.records([point]) == {}
    assert {damage.path for damage in store.damages} == {path}
    assert all(reason in damage.reason for damage in store.damages)


def test_a_folder_in_the_place_of_a_result_is_named(store: Store, point: Point) -> None:
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    folder.result.mkdir()
    assert store.state(point) is State.INTERRUPTED
    assert [damage.reason for damage in store.damages] == ["cannot be read: it is a folder, not a file"]


def test_the_record_of_another_run_is_named_and_not_taken(store: Store, points: tuple[Point, ...]) -> None:
    """Copied by hand, or forged: the spec inside decides, not the fingerprint beside it."""
    point, other = points[0], points[-1]
    copied = small_record(other)
    forged = copied.model_copy(update={"fingerprint": point.fingerprint, "run_id": point.run_id})
    for record in (copied, forged):
        path = with_result(store, point, record.model_dump_json().encode())
        assert store.record(point) is None
        assert store.damages[-1].path == path
        assert store.damages[-1].reason == "is the result of another spec"
    assert len(store.damages) == 2


def test_one_damaged_result_leaves_the_others(store: Store, points: tuple[Point, ...]) -> None:
    for point in points:
        with_result(store, point, small_record(point).model_dump_json().encode())
    with_result(store, points[1], b"{")
    found = store.records(points)
    assert sorted(found) == sorted(point.fingerprint for point in points if point is not points[1])
    assert all(found[key].fingerprint == key for key in found)


def test_a_result_is_found_under_another_arm_s_name(store: Store, point: Point) -> None:
    """The fingerprint finds it: an arm may be renamed, and two arms may share a run."""
    folder = RunFolder(store.folder / f"renamed_s0_{point.fingerprint}")
    folder.prepare(point.spec)
    folder.write_result(small_record(point))
    assert store.run_folder(point) == folder
    assert store.state(point) is State.DONE


def test_strangers_in_the_store_disturb_nothing(store: Store, point: Point) -> None:
    store.folder.mkdir()
    (store.folder / "notes_of_mine.txt").write_text("x")
    (store.folder / "_").mkdir()
    assert store.state(point) is State.PENDING


def test_the_spec_beside_a_result_is_complete_and_reads_back(store: Store, point: Point) -> None:
    """spec.yaml is itself a recipe: what ran can be run again from it."""
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    assert load_run(folder.path / "spec.yaml") == point.spec
    assert "last_batch: keep" in (folder.path / "spec.yaml").read_text()


def test_epochs_are_written_for_other_tools(store: Store, point: Point) -> None:
    """One line an epoch under the names of the record; what was not finite is empty."""
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    folder.write_epochs([epoch_record(1), epoch_record(2, None)])
    with open(folder.path / "epochs.csv", newline="") as file:
        first, second = csv.DictReader(file)
    assert {key: float(value) for key, value in first.items()} == epoch_record(1).model_dump()
    assert (second["epoch"], second["train_loss"]) == ("2", "")


def test_probes_are_written_for_people_a_row_each(tmp_path: Path) -> None:
    probes = ProbesRecord(
        times=(ProbeTime(epoch=0, step=0), ProbeTime(epoch=1, step=9)),
        tables=(
            ProbeTable(probe="gradients", quantity="signal", of=("a", "b"), values=((1.0, None), (3.0, 4.0))),
            ProbeTable(probe="algebra", quantity="gamma_gradient_error", of=("a",), values=((0.5,),)),
        ),
    )
    RunFolder(tmp_path).write_probes(probes)
    assert (tmp_path / "probes.csv").read_text().splitlines() == [
        "probe,quantity,of,epoch,step,value",
        "gradients,signal,a,0,0,1.0", "gradients,signal,b,0,0,",
        "gradients,signal,a,1,9,3.0", "gradients,signal,b,1,9,4.0",
        "algebra,gamma_gradient_error,a,1,9,0.5",
    ]  # fmt: skip
