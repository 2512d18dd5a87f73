"""A disk that is full at any byte, a folder that takes no file, a plan that does not fit."""

from __future__ import annotations

import builtins
import errno
import io
import os
import resource
import shutil
import subprocess
import sys
import types
from pathlib import Path
from typing import IO, Any

import fake_worker
import pytest
from made_up_sweep import HERE, ROOT, command_line, finish, made_up_plan, points_of, results, write_study

from bn_study.execution import space, worker
from bn_study.execution.description import ModelFacts, describe_models, model_key
from bn_study.execution.event import Job, RunEnded
from bn_study.planning.expansion import Point
from bn_study.store import atomic
from bn_study.store.store import RunFolder, State, Store

Usage = types.SimpleNamespace


class Disk:
    """Takes so many bytes and then no more, as a full disk does: what fitted of a write stays."""

    def __init__(self, room: float, code: int = errno.ENOSPC) -> None:
        self.room, self.code, self.written = room, code, 0

    def open(self, path: Path, mode: str) -> IO[bytes]:
        file, disk = builtins.open(path, mode), self  # noqa: SIM115 - Limited closes it

        class Limited(io.BytesIO):
            def write(self, content: Any) -> int:
                fits = int(min(len(content), disk.room - disk.written))
                disk.written += file.write(content[:fits])
                if fits < len(content):
                    raise OSError(disk.code, os.strerror(disk.code))
                return fits

            def flush(self) -> None:
                file.flush()

            def fileno(self) -> int:
                return file.fileno()

            def close(self) -> None:
                file.close()

        return Limited()


@pytest.fixture
def point(tmp_path: Path) -> Point:
    return points_of(tmp_path, 1)[0]


@pytest.fixture(autouse=True)
def made_up_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real worker in this process; its log and the waiting for the disk apart."""
    module = types.ModuleType("bn_study.training.train")
    module.__dict__.update(train=fake_worker.train, Interrupted=fake_worker.Interrupted)
    monkeypatch.setitem(sys.modules, "bn_study.training.train", module)
    monkeypatch.setattr(worker, "log_to", lambda path: None)
    monkeypatch.setattr(worker, "shorten_log", lambda: None)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def attempt(point: Point, folder: RunFolder, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> RunEnded:
    monkeypatch.setattr(atomic, "open", disk.open, raising=False)
    job = Job(run_id=point.run_id, spec=point.spec, folder=str(folder.path), data_dir=None, threads=1)
    return worker.Worker(io.StringIO())._attempt(job, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [211, pytest.param(1, marks=pytest.mark.long)])
def test_a_disk_full_after_any_byte(step: int, point: Point, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No half result and no stray part; after space is freed the run goes on to the same record."""
    whole = Disk(float("inf"))
    assert attempt(point, Store(tmp_path / "whole").run_folder(point), whole, monkeypatch).status == "finished"
    (expected,) = results(tmp_path / "whole").values()
    sizes = range(0, whole.written, step)
    for room in sizes:
        store = Store(tmp_path / str(room))
        folder = store.run_folder(point)
        end = attempt(point, folder, Disk(room), monkeypatch)
        assert end.status == "unwritable", room
        assert "the disk is full; free some space" in end.message
        assert str(folder.path) in end.message
        assert store.state(point) is State.INTERRUPTED
        assert store.damages == []
        assert not list(folder.path.rglob(".*.partial.*"))
        assert attempt(point, folder, Disk(float("inf")), monkeypatch).status == "finished"
        assert results(store.folder) == {point.run_id: expected}
        shutil.rmtree(store.folder)
    print(f"disk full after N bytes: {len(sizes)} values of N below {whole.written}")


@pytest.mark.parametrize("code", [errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG, errno.EIO])
def test_a_place_that_takes_no_file_ends_the_sweep_with_a_way_out(
    code: int, point: Point, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Store(tmp_path / "runs").run_folder(point)
    end = attempt(point, folder, Disk(0, code), monkeypatch)
    assert end.status == "unwritable"
    assert str(folder.spec) in end.message
    assert "The same command then goes on from here" in end.message
    assert "Errno" not in end.message


def test_an_error_of_one_run_s_files_is_its_own(point: Point, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder where epochs.csv should be: this run fails by name, the others go on."""
    folder = Store(tmp_path / "runs").run_folder(point)
    (folder.path / "epochs.csv").mkdir(parents=True)
    end = attempt(point, folder, Disk(float("inf")), monkeypatch)
    assert end.status == "failed"
    assert "epochs.csv" in end.message


def test_a_limit_on_file_sizes_stops_the_sweep_and_lifting_it_resumes(tmp_path: Path) -> None:
    """`ulimit -f`, the same path as a quota, in real processes: one message, exit code 1, nothing half."""
    write_study(tmp_path, 6, epochs=30)  # a result of 30 epochs does not fit in 4 kB
    script = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, {hard})); "
    script += "sys.argv = sys.argv[1:]; sys.path.insert(0, {here!r}); runpy.run_path(sys.argv[0], run_name='__main__')"
    code = script.format(hard=resource.RLIM_INFINITY, here=str(HERE))
    command = [sys.executable, "-c", code, str(HERE / "fake_sweep.py"), "run", str(tmp_path / "study.yaml")]
    done = subprocess.run(
        [*command, "--results", str(tmp_path / "results"), "--jobs", "2"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "files may not be that large here" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not results(tmp_path)
    finish(command_line(tmp_path))
    assert len(results(tmp_path)) == 6


def test_a_results_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file lies where the folder should be; no worker is started for it in vain."""
    write_study(tmp_path, 2)
    (tmp_path / "results").write_text("a file")
    process = command_line(tmp_path)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1, out + err
    assert "Traceback" not in out + err
    assert str(tmp_path / "results") in err


def test_a_plan_that_does_not_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two checkpoints a worker and 50 kB a run."""
    plan, folder = made_up_plan(tmp_path, 10), tmp_path / "not" / "there" / "yet"
    models = {model_key(plan.points[0].spec): ModelFacts(parameters=5_000_000 // 12, forward_flops=0)}
    for free, fits in [(10**12, True), (20_500_000, True), (20_499_000, False), (0, False)]:
        monkeypatch.setattr(space.shutil, "disk_usage", lambda path, free=free: Usage(free=free))
        said = space.shortage(plan.points, models, folder, workers=2)
        assert (said is None) == fits, said
        if said:
            assert "10 runs need about 20.5 MB: free some space" in said


def test_the_largest_net_s_checkpoint_and_every_kept_model_are_estimated(tmp_path: Path) -> None:
    """Of 610 parameters: 12 bytes each, 16 with the best so far; 4 in each model."""
    arms = "{no: {}, last: {training.keep_model: last}, best: {training.keep_model: best}}"
    points, counts = made_up_plan(tmp_path, 2, arms=arms).points, [610] * 6
    assert space.checkpoint_bytes(points[:4], counts[:4]) == 12 * 610
    assert space.checkpoint_bytes(points, counts) == 16 * 610
    assert space.model_bytes(points, counts) == 4 * 4 * 610


def test_the_real_disk_has_room(tmp_path: Path) -> None:
    plan = made_up_plan(tmp_path, 2)
    models = describe_models(plan.source, plan.points)
    assert [facts.parameters for facts in models.values()] == [64 * 8 + 8 + 8 * 10 + 10]
    assert space.shortage(plan.points, models, tmp_path / "runs", 1) is None
