"""What comes of a run from another machine: written here, whole or not at all, and only if it is this run's."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from made_up_sweep import points_of
from records import epoch_record, small_record

from bn_study.execution.event import Job, Progressed, RunEnded
from bn_study.execution.keeper import Keeper
from bn_study.execution.parcel import CHECKPOINT, FILES, ForeignParcel, pack
from bn_study.planning.expansion import Point
from bn_study.store import atomic
from bn_study.store.store import RunFolder, State, Store


@pytest.fixture
def points(tmp_path: Path) -> list[Point]:
    return points_of(tmp_path, 2)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


def job_of(point: Point, store: Store) -> Job:
    folder = store.run_folder(point).path
    return Job(run_id=point.run_id, spec=point.spec, folder=str(folder), data_dir=None, threads=1)


def end_of(point: Point) -> RunEnded:
    return RunEnded(run_id=point.run_id, status="finished", log="/elsewhere/log.txt")


def result_of(point: Point) -> bytes:
    return small_record(point).model_dump_json().encode()


def test_a_run_is_running_while_it_is_held_and_done_when_its_result_came(points: list[Point], store: Store) -> None:
    keeper, (point, _) = Keeper(), points
    assert keeper.begin(job_of(point, store)) == {}
    assert store.state(point) is State.RUNNING
    folder = store.run_folder(point)
    told = Progressed(run_id=point.run_id, news=epoch_record(1))
    assert keeper.keep(told, {"epochs.csv": b"epoch\n1\n", CHECKPOINT: b"half"}) == told
    assert pack(folder.path) == {"epochs.csv": b"epoch\n1\n", CHECKPOINT: b"half"}
    end = keeper.keep(end_of(point), {"result.json": result_of(point), "log.txt": b"said"})
    assert isinstance(end, RunEnded)
    assert (end.status, end.log) == ("finished", str(folder.log))
    assert store.state(point) is State.DONE
    assert not folder.checkpoint.exists()


def test_what_was_done_before_goes_along(points: list[Point], store: Store) -> None:
    keeper, (point, _) = Keeper(), points
    folder = store.run_folder(point)
    with folder.held():
        folder.prepare(point.spec)
        folder.checkpoint.mkdir()
        (folder.path / CHECKPOINT).write_bytes(b"state")
    assert keeper.begin(job_of(point, store)) == {CHECKPOINT: b"state"}
    keeper.release()
    assert store.state(point) is State.INTERRUPTED


def test_a_run_that_another_sweep_holds_or_has_done_is_not_begun(points: list[Point], store: Store) -> None:
    keeper, (held, done) = Keeper(), points
    with store.run_folder(done).held() as folder:
        folder.prepare(done.spec)
        folder.write_result(small_record(done))
    with store.run_folder(held).held():
        assert keeper.begin(job_of(held, store)) == RunEnded(run_id=held.run_id, status="busy")
    assert keeper.begin(job_of(done, store)) == RunEnded(run_id=done.run_id, status="shared")
    assert keeper.begin(job_of(held, store)) == {}


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/x", "checkpoint/../../x", "checkpoint", ".locks/x", "", "result.json\0", "RESULT.JSON"]
)
def test_a_parcel_with_a_name_that_no_run_has_is_refused_whole(name: str, points: list[Point], store: Store) -> None:
    keeper, (point, _) = Keeper(), points
    keeper.begin(job_of(point, store))
    before = sorted(store.folder.parent.rglob("*"))
    with pytest.raises(ForeignParcel, match="is no file of a run"):
        keeper.keep(end_of(point), {"epochs.csv": b"", name: b"x"})
    assert sorted(store.folder.parent.rglob("*")) == before


def test_a_result_that_is_none_or_another_run_s_is_refused(points: list[Point], store: Store) -> None:
    keeper, (point, other) = Keeper(), points
    for result, why in ((b"{}", "is no result"), (result_of(other), "is that of another run")):
        keeper.begin(job_of(point, store))
        with pytest.raises(ForeignParcel, match=why):
            keeper.keep(end_of(point), {"result.json": result})
        keeper.release()
    assert store.state(point) is State.INTERRUPTED


def test_files_have_bounds(points: list[Point], store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper, (point, _) = Keeper(), points
    keeper.begin(job_of(point, store))
    monkeypatch.setitem(FILES, "epochs.csv", 3)
    with pytest.raises(ForeignParcel, match=r"epochs\.csv is too large"):
        keeper.keep(end_of(point), {"epochs.csv": b"1234"})


def test_a_disk_that_is_full_here_ends_the_run_and_the_sweep(
    points: list[Point], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock is given back, and no half of a result lies there."""

    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    keeper, (point, _) = Keeper(), points
    keeper.begin(job_of(point, store))
    monkeypatch.setattr(atomic.os, "replace", full)
    end = keeper.keep(end_of(point), {"result.json": result_of(point)})
    assert isinstance(end, RunEnded)
    assert end.status == "unwritable"
    assert "the disk is full" in end.message
    assert store.state(point) is State.INTERRUPTED
    assert not list(store.folder.rglob(".*.partial.*"))


def test_a_link_in_the_place_of_a_run_is_not_written_through(points: list[Point], store: Store, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    folder = RunFolder(store.run_folder(points[0]).path)
    folder.path.parent.mkdir(exist_ok=True)
    folder.path.symlink_to(tmp_path / "away")
    end = Keeper().begin(job_of(points[0], store))
    assert isinstance(end, RunEnded)
    assert "is a link" in end.message
    assert list((tmp_path / "away").iterdir()) == []
