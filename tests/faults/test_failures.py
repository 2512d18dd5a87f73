"""Workers that die, hang, are stopped, or find no memory: what happens to their runs and to the others."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import psutil
import pytest
from made_up_sweep import Notes, command_line, finish, made_up_plan, points_of, results, sweep, write_study

from bn_study.execution import link, slot
from bn_study.execution.local import Machine, Sweep
from bn_study.planning.expansion import Point
from bn_study.store.store import State, Store

# What happens to a run → how it ends, how often it is started, what is said.
MATRIX = {
    "": ("finished", 1, ""),
    "error": ("failed", 1, "ValueError: no such layer"),
    "sys.exit": ("failed", 1, "exited with code 1 and without a result"),
    "leave": ("failed", 1, "exited with code 0 and without a result"),
    "segfault": ("failed", 1, "signal 11"),
    "kill": ("failed", 2, "signal 9 (out of memory?)"),
    "kill once": ("finished", 2, ""),
    "memory": ("failed", 2, "MemoryError: cannot allocate"),
    "memory once": ("finished", 2, ""),
    "resource once": ("finished", 2, ""),
    "jax once": ("finished", 2, ""),
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as monkeypatch:
        sweep(points_of(folder, len(MATRIX)), folder, monkeypatch)
    return results(folder)


def test_every_way_to_die_costs_only_the_run_it_hit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, object]
) -> None:
    """Killed or out of memory: tried again once, alone, with the same spec. All else is final at once."""
    points = points_of(tmp_path, len(MATRIX))
    orders = {"do": {str(seed): fault for seed, fault in enumerate(MATRIX)}}
    outcome, notes = sweep(points, tmp_path, monkeypatch, orders)
    store, found, starts = Store(tmp_path / "runs"), results(tmp_path), notes.starts()
    for point, (status, times, said) in zip(points, MATRIX.values(), strict=True):
        end = outcome.ended[point.run_id]
        assert (end.status, starts[point.run_id]) == (status, times), end
        assert said in end.message
        assert found[point.run_id]["status"] == status
        assert store.state(point) is (State.DONE if status == "finished" else State.FAILED)
        if status == "finished":
            assert found[point.run_id] == undisturbed[point.run_id]
    assert outcome.retried == sum(times == 2 for _, times, _ in MATRIX.values())
    assert not outcome.stopped_because
    assert _at_work_beside_retries(notes) == 0
    assert notes.ledger.fraction == 1.0


def _at_work_beside_retries(notes: Notes) -> int:
    """How many other runs were held when a run was started for the second time."""
    held: set[str] = set()
    before: set[str] = set()
    beside = 0
    for what, run_id in notes.lines:
        if what == "start":
            beside += len(held) if run_id in before else 0
            held.add(run_id)
            before.add(run_id)
        else:
            held.discard(run_id)
    return beside


def test_the_next_call_tries_what_failed_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = points_of(tmp_path, 4)
    sweep(points, tmp_path, monkeypatch, {"do": {"1": "error", "2": "leave"}})
    store = Store(tmp_path / "runs")
    todo = [point for point in points if store.state(point) is not State.DONE]
    assert [point.seed for point in todo] == [1, 2]
    outcome, notes = sweep(todo, tmp_path, monkeypatch)
    assert outcome.count("finished") == len(notes.starts()) == 2


def test_a_run_that_takes_too_long_is_killed_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = points_of(tmp_path, 3)
    outcome, notes = sweep(points, tmp_path, monkeypatch, {"do": {"1": "hang"}}, run_timeout=4.0)
    assert [outcome.ended[point.run_id].status for point in points] == ["finished", "failed", "finished"]
    record = Store(tmp_path / "runs").record(points[1])
    assert record is not None
    assert record.error is not None
    assert record.error.type == "Timeout"
    assert "--run-timeout 4 s" in record.error.message
    assert set(notes.starts().values()) == {1}


def test_a_stopped_worker_is_not_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGSTOP for some seconds: nobody takes its run away; it goes on to the same bits."""
    points = points_of(tmp_path, 2, epochs=20)
    (tmp_path / "calm").mkdir()
    sweep(points, tmp_path / "calm", monkeypatch)

    class Stopping(Notes):
        def started(self, point: Point) -> None:
            super().started(point)
            if len(self.workers) == 1:
                (pid,) = self.workers
                os.kill(pid, signal.SIGSTOP)
                threading.Timer(3.0, os.kill, (pid, signal.SIGCONT)).start()

    (tmp_path / "stopped").mkdir()
    began = time.monotonic()
    outcome, notes = sweep(points, tmp_path / "stopped", monkeypatch, jobs=1, notes=Stopping(points))
    assert time.monotonic() - began > 3.0
    assert outcome.count("finished") == 2
    assert set(notes.starts().values()) == {1}
    assert results(tmp_path / "stopped") == results(tmp_path / "calm")


def test_the_command_line_says_what_was_retried_and_what_failed(tmp_path: Path) -> None:
    """Exit code 1 for the run that hung; the one that was killed ended well at its second attempt."""
    write_study(tmp_path, 4)
    output = finish(command_line(tmp_path, {"do": {"1": "hang", "2": "kill once"}}, "--run-timeout", "4"), code=1)
    assert "1 run was retried alone" in output
    assert "the run took longer than --run-timeout 4 s" in output
    assert "1 run(s) failed" in output
    assert [record["status"] for record in results(tmp_path).values()].count("finished") == 3


def test_runs_that_all_fail_alike_stop_the_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = points_of(tmp_path, 30)
    outcome, notes = sweep(points, tmp_path, monkeypatch, {"do": {"all": "error"}})
    assert outcome.stopped_because.startswith("the first 3 runs all failed alike")
    assert "ValueError: no such layer" in outcome.stopped_because
    assert 3 <= len(notes.starts()) <= 4


def test_runs_that_fail_differently_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = points_of(tmp_path, 6)
    outcome, notes = sweep(points, tmp_path, monkeypatch, {"do": {"all": "own error"}})
    assert not outcome.stopped_because
    assert len(notes.starts()) == outcome.count("failed") == 6


def test_workers_that_cannot_start_stop_the_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, notes = sweep(points_of(tmp_path, 30), tmp_path, monkeypatch, {"start": "broken"})
    assert "no worker can start" in outcome.stopped_because
    assert "No module named 'keras'" in outcome.stopped_because
    assert not notes.starts()


def test_a_worker_killed_before_it_is_ready_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It held no run, so nothing is retried and nothing is lost."""
    opened: list[int] = []
    opening = Sweep._open

    def open_and_kill_the_first(self: Sweep, number: int) -> None:
        opening(self, number)
        if not opened:
            self.slots[-1].kill()
        opened.append(number)

    monkeypatch.setattr(Sweep, "_open", open_and_kill_the_first)
    outcome, notes = sweep(points_of(tmp_path, 4), tmp_path, monkeypatch)
    assert outcome.count("finished") == len(notes.starts()) == 4
    assert outcome.retried == 0
    assert len(opened) == 3


def test_a_worker_makes_room_after_some_nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """20 nets, two seeds each: three workers one after the other, and each net is compiled once."""
    arms = "{" + ", ".join(f"w{width}: {{model.widths: [{width}]}}" for width in range(1, 21)) + "}"
    points = list(made_up_plan(tmp_path, 2, arms=arms).points)
    outcome, notes = sweep(points, tmp_path, monkeypatch, jobs=1)
    assert outcome.count("finished") == 40
    assert len(notes.workers) == -(-20 // slot.MOST_NETS)


def test_a_worker_makes_room_after_some_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slot, "MOST_RUNS", 5)
    outcome, notes = sweep(points_of(tmp_path, 12), tmp_path, monkeypatch, jobs=1)
    assert outcome.count("finished") == len(notes.starts()) == 12
    assert len(notes.workers) == 3


def test_a_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """18 MB printed in an epoch: the first half of the bound stays, and what came after."""
    points = points_of(tmp_path, 1)
    outcome, _ = sweep(points, tmp_path, monkeypatch, {"do": {"0": "noise"}})
    log = Store(tmp_path / "runs").run_folder(points[0]).log
    assert outcome.count("finished") == 1
    assert 4_000_000 < log.stat().st_size < 10_000_000
    assert b"the log grew too long" in log.read_bytes()[-100:]


ECHO = """
import json, sys
print(json.dumps({"kind": "ready"}), flush=True)
for line in sys.stdin:
    end = {"kind": "end", "run_id": json.loads(line)["run_id"], "status": "finished"}
    print(json.dumps(end), flush=True)
"""


@pytest.mark.long
def test_the_main_process_stays_small_over_ten_thousand_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that say 'finished' at once: what grows is what the sweep itself remembers."""
    (tmp_path / "echo.py").write_text(ECHO)
    points = points_of(tmp_path, 10_000)
    monkeypatch.setattr(link, "WORKER", (*link.WORKER[:1], str(tmp_path / "echo.py")))
    sizes: list[int] = []

    class Weighing(Notes):
        def started(self, point: Point) -> None:
            self.ledger.start(point)
            if len(self.ledger.ended) % 500 == 0:
                sizes.append(psutil.Process().memory_info().rss)

        def told(self, event):  # type: ignore[no-untyped-def]
            self.ledger.note(event)
            assert self.ledger.seconds_left is None

    notes = Weighing(points)
    began = time.monotonic()
    outcome = Sweep(points, Store(tmp_path / "runs"), Machine(2, 1, "tensorflow", None), notes).run()
    growth = (sizes[-1] - sizes[2]) / 1e6
    print(json.dumps({"runs": len(outcome.ended), "grown MB": growth, "seconds": time.monotonic() - began}))
    assert outcome.count("finished") == 10_000
    assert growth < 30
