"""kill -9, anywhere and at any time: the same command again ends with the bits of an undisturbed sweep."""

from __future__ import annotations

import csv
import io
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from made_up_sweep import (
    MADE_UP,
    REAL,
    TIMES,
    command_line,
    finish,
    parts,
    points_of,
    results,
    started,
    sweep,
    write_study,
)

from bn_study.store.store import RunFolder, is_held


def table(path: Path) -> str:
    """A CSV file without its columns of times, to be compared byte by byte."""
    with open(path, newline="") as file:
        reader = csv.DictReader(file)
        kept = [name for name in reader.fieldnames or () if not any(time in name for time in TIMES)]
        text = io.StringIO()
        writer = csv.DictWriter(text, kept, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(reader)
    return text.getvalue()


def tables(folder: Path) -> dict[str, str]:
    return {path.name: table(path) for path in folder.rglob("*.csv") if path.parent.name == "base"}


def undisturbed(folder: Path, runs: int, epochs: int, program: Sequence[str] = MADE_UP) -> Path:
    write_study(folder, runs, epochs)
    finish(command_line(folder, {"report": True}, program=program))
    return folder


def gone(processes: list[psutil.Process], seconds: float) -> bool:
    """Whether all are dead; one whose new parent has not asked for its exit code yet is dead too.

    A worker that is still importing sees the end of its parent when it has done so. That is half a second, but on a
    crowded machine it may be many: who lives on gets as much time again as such imports take here and now.
    """
    deadline = time.monotonic() + seconds
    while (alive := [process for process in processes if not dead(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    if alive:
        subprocess.run([sys.executable, "-c", "import bn_study.execution.worker"], check=True)
    return all(map(dead, alive))


def dead(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(
    ("program", "kills", "epochs"),
    [
        pytest.param(MADE_UP, 3, 6, id="3"),
        pytest.param(MADE_UP, 20, 6, marks=pytest.mark.long, id="20"),
        pytest.param(REAL, 8, 60, marks=pytest.mark.long, id="8, real nets"),
    ],
)
def test_the_main_process_killed_at_random_moments(
    program: Sequence[str], kills: int, epochs: int, tmp_path: Path
) -> None:
    """12 points; workers are gone within 2 s, locks free, no finished point is started again, same tables."""
    runs, chance = 12, random.Random(kills)
    calm, torn = undisturbed(tmp_path / "calm", runs, epochs, program), tmp_path / "torn"
    write_study(torn, runs, epochs)
    tried = killed = starts = restarted = 0
    slowest = 0.0
    workers: list[psutil.Process] = []
    while killed < kills:  # a sweep that was done before its moment came does not count
        tried += 1
        assert tried < 10 * kills
        done = set(results(torn))
        if len(done) == runs:  # all done before the last kill: begin anew, so that each kill hits work
            for path in list(torn.rglob("result.json"))[: runs // 2]:
                path.unlink()
            done = set(results(torn))
        process = command_line(torn, {"seconds": 0.05}, program=program)
        wait_for_a_start(torn, process)
        time.sleep(chance.uniform(0.0, 1.5))
        with suppress(psutil.NoSuchProcess):
            workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        out, _ = process.communicate()
        killed += process.returncode == -signal.SIGKILL
        starts += len(started(out))
        restarted += len(done & set(started(out)))
        assert gone(workers, 2.0)
        slowest = max(slowest, free_after(torn, 1.0))
    finish(command_line(torn, {"report": True}, program=program))
    print(f"main killed {killed} times in {tried} sweeps, {starts} starts, {restarted} finished points started again, "
          f"locks free {slowest:.2f} s after the last worker's end")  # fmt: skip
    assert restarted == 0
    assert results(torn / "results") == results(calm / "results")
    assert tables(torn / "results") == tables(calm / "results")
    assert {"runs.csv", "table.csv"} <= tables(torn / "results").keys()
    assert not parts(torn)


def held(folder: Path) -> list[str]:
    """Fingerprints of the runs that somebody is at. (`owner` is the study's own lock, held before any run begins.)"""
    runs = folder / "results" / "study" / "runs"
    locks = (lock for lock in (runs / ".locks").glob("*") if lock.name != "owner")
    return [lock.name for lock in locks if is_held(RunFolder(runs / f"_{lock.name}"))]


def free_after(folder: Path, seconds: float) -> float:
    """How long until no lock is held; longer than `seconds` fails.

    A process is a zombie as soon as its first thread has ended: the last one, with which its files close, may be later.
    """
    since = time.monotonic()
    while held(folder):
        assert time.monotonic() - since < seconds
        time.sleep(0.02)
    return time.monotonic() - since


def wait_for_a_start(folder: Path, process: object) -> None:
    """Until a run is at work, so that the kill does not hit an import."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:  # type: ignore[attr-defined]
        if held(folder):
            return
        time.sleep(0.02)


@pytest.mark.parametrize(("runs", "epochs"), [(6, 10), pytest.param(24, 20, marks=pytest.mark.long)])
def test_a_random_worker_killed_every_second(runs: int, epochs: int, tmp_path: Path) -> None:
    """A run hit once is tried again by itself; one hit twice is left to the next call. The bits stay the same.

    Each kill waits for an epoch since the last one: on a busy machine a worker takes seconds to start.
    """
    chance = random.Random(runs)
    calm, torn = undisturbed(tmp_path / "calm", runs, epochs), tmp_path / "torn"
    write_study(torn, runs, epochs)
    kills = calls = seen = 0
    code = 1
    while code != 0:
        calls += 1
        assert calls < 60
        process = command_line(torn, {"seconds": 0.1, "report": True})
        while process.poll() is None:
            time.sleep(1.0)
            with suppress(psutil.NoSuchProcess):
                workers = psutil.Process(process.pid).children()
                workers = [worker for worker in workers if "fake_worker" in " ".join(worker.cmdline())]
                if workers and len(results(torn)) < runs and (ended := epochs_ended(torn)) != seen:
                    chance.choice(workers).kill()
                    kills, seen = kills + 1, ended
        out, err = process.communicate()
        code = process.returncode
        assert code in (0, 1), out + err
        assert "Traceback" not in err
    print(f"{runs} points, {kills} workers killed, {calls} call(s) until all done")
    assert kills > 0
    assert results(torn / "results") == results(calm / "results")
    assert tables(torn / "results") == tables(calm / "results")
    assert not parts(torn)


def epochs_ended(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.rglob("runs/*/epochs.csv"))


@pytest.mark.parametrize("file", ["state.npz", "result.json", "epochs.csv", "spec.yaml"])
def test_a_worker_killed_while_it_writes_leaves_the_old_or_the_new(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL with half of the temporary file written: tried again, the same bits, and the part is swept up."""
    points = points_of(tmp_path, 2)
    for name in ("calm", "torn"):
        (tmp_path / name).mkdir()
    sweep(points, tmp_path / "calm", monkeypatch)
    outcome, notes = sweep(points, tmp_path / "torn", monkeypatch, {"torn": file})
    assert (outcome.count("finished"), outcome.retried) == (2, 2)
    assert set(notes.starts().values()) == {2}
    assert results(tmp_path / "torn") == results(tmp_path / "calm")
    assert not parts(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux wakes a stopped worker at its parent's death")
def test_a_stopped_worker_and_what_it_started_die_with_the_main_process(tmp_path: Path) -> None:
    """SIGSTOP holds one of two workers when the main process is killed; both have a child."""
    write_study(tmp_path, 2)
    process = command_line(tmp_path, {"do": {"all": "hang with a child"}})
    main, deadline = psutil.Process(process.pid), time.monotonic() + 60
    while len(family := main.children(recursive=True)) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    main.children()[0].suspend()
    process.kill()
    process.communicate()
    assert gone(family, 2.0)
    free_after(tmp_path, 1.0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_at_the_epochs_end(number: signal.Signals, tmp_path: Path) -> None:
    """The epoch ends, a checkpoint is written, exit 130."""
    write_study(tmp_path, 2, epochs=500)
    process = command_line(tmp_path, {"seconds": 0.2})
    while len(list(tmp_path.rglob("state.npz"))) < 2:
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(number)
    assert "Interrupted. The same command goes on from here." in finish(process, code=130)
    assert len(list(tmp_path.rglob("state.npz"))) == 2
    assert not results(tmp_path)
    assert not held(tmp_path)


def test_two_signals_stop_at_once_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """In an epoch of 100 s: the first waits for its end, the second does not."""
    write_study(tmp_path, 2, epochs=4)
    process = command_line(tmp_path, {"seconds": 100.0})
    wait_for_a_start(tmp_path, process)
    process.send_signal(signal.SIGINT)
    time.sleep(1.0)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    finish(process, code=130)
    assert time.monotonic() - began < 5.0
    finish(command_line(tmp_path))
    assert len(results(tmp_path)) == 2
    assert not list(tmp_path.rglob("state.npz"))


def test_a_run_that_goes_on_with_other_threads_starts_over(tmp_path: Path) -> None:
    """A record speaks of one kind of machine; with the same threads it goes on, and says nothing."""
    write_study(tmp_path, 1, epochs=4)
    before = {"seconds": 0.0, "do": {"0": "kill"}}  # in its second epoch, twice: the first one is checkpointed
    for options, over in ((("--threads", "1"), False), (("--threads", "2"), True)):
        finish(command_line(tmp_path, before, "--threads", "1", jobs=1), code=1)
        out = finish(command_line(tmp_path, {}, *options, jobs=1))
        assert ("begun on another kind of machine (threads 1, here 2), so it starts over" in out) == over
        assert [record["status"] for record in results(tmp_path).values()] == ["finished"]
        next(tmp_path.rglob("result.json")).unlink()
