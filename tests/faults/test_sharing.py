"""Two sweeps at once on one results folder: they share the work, and no run is trained twice."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import pytest
from made_up_sweep import (
    Notes,
    command_line,
    finish,
    marks_in,
    parts,
    points_of,
    results,
    started,
    sweep,
    write_study,
)
from records import small_record

from bn_study.store.store import State, Store


def overlaps(marks: Path) -> tuple[int, int]:
    """(trainings, pairs of trainings of one run), from what the workers themselves noted."""
    intervals: dict[str, list[tuple[int, int]]] = {}
    for path in marks.glob("*.trained"):
        for line in path.read_text().splitlines():
            begin, end = map(int, line.split())
            intervals.setdefault(path.stem, []).append((begin, end))
    pairs = sum(len(list(itertools.combinations(found, 2))) for found in intervals.values())
    return sum(map(len, intervals.values())), pairs


@pytest.mark.parametrize("runs", [12, pytest.param(50, marks=pytest.mark.long)])
def test_two_sweeps_never_train_the_same_point_twice(runs: int, tmp_path: Path) -> None:
    write_study(tmp_path, runs)
    first, second = (command_line(tmp_path, {"seconds": 0.05}) for _ in range(2))
    outputs = []
    for process in (first, second):
        out, err = process.communicate()
        assert "Traceback" not in out + err, out + err
        assert process.returncode == 0, err  # also of the one that ends first: it says what the other is still at
        outputs.append(out)
    trained, twice = overlaps(marks_in(tmp_path))
    share = [len(started(output)) for output in outputs]
    print(f"two sweeps, {runs} points: {share} started, {trained} trained, {twice} overlaps")
    assert (trained, twice) == (runs, 0)
    assert len(results(tmp_path)) == runs
    assert all(record["status"] == "finished" for record in results(tmp_path).values())
    assert not parts(tmp_path)
    assert not started(finish(command_line(tmp_path)))


TWO_NAMES = """\
title: a title
question: a question?
source: a source
base: run.yaml
arms: {plain: {}}
seeds: [0, 1, 2, 3, 4, 5]
profiles:
  named: {}
  crossed: {grid: {training.learning_rate.initial: [0.01]}}
"""


def test_two_profiles_that_call_one_run_by_two_names_share_it(tmp_path: Path) -> None:
    """`plain_s0` and `plain_initial=0.01_s0` are one spec: one folder, one lock, one training, and both see it."""
    write_study(tmp_path, 6)
    (tmp_path / "study.yaml").write_text(TWO_NAMES)
    orders = {"seconds": 0.1}
    both = [command_line(tmp_path, orders, "--profile", name, "--set", f"seeds={seeds}")
            for name, seeds in (("named", "[0, 1, 2, 3, 4, 5]"), ("crossed", "[5, 4, 3, 2, 1, 0]"))]  # fmt: skip
    outputs = [process.communicate()[0] for process in both]
    assert all(started(output) for output in outputs), outputs
    assert overlaps(marks_in(tmp_path)) == (6, 0)
    assert len(results(tmp_path)) == 6
    for name in ("named", "crossed"):
        assert "6 done" in finish(command_line(tmp_path, {}, "--profile", name, verb="status"))


def test_a_run_begun_under_another_name_meanwhile_is_the_same_run(tmp_path: Path) -> None:
    """The store was opened before; the lock is one, and who gets it works in the folder that is there."""
    (one,) = points_of(tmp_path, 1)
    other = dataclasses.replace(one, run_id=f"another_{one.fingerprint}")
    early, late = Store(tmp_path / "runs"), Store(tmp_path / "runs")
    assert early.run_folder(one) != late.run_folder(other)
    with early.run_folder(one).held() as folder:
        folder.prepare(one.spec)
        assert late.state(other) is State.RUNNING
        folder.write_result(small_record(one))
    with late.run_folder(other).held() as found:
        assert found == folder
        assert found.is_done(one.fingerprint)
    assert late.records([other]) == {one.fingerprint: small_record(one)}


def test_what_another_process_holds_is_passed_over_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points = points_of(tmp_path, 4)
    folder = Store(tmp_path / "runs").run_folder(points[1])
    with folder.lock():
        outcome, notes = sweep(points, tmp_path, monkeypatch)
    assert [outcome.ended[point.run_id].status for point in points] == ["finished", "busy", "finished", "finished"]
    assert points[1].run_id not in notes.starts()
    outcome, _ = sweep(points[1:2], tmp_path, monkeypatch)
    assert outcome.count("finished") == 1


def test_what_another_sweep_lets_go_of_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held at first, free later, without a result: the other one died."""
    points = points_of(tmp_path, 4)
    folder = Store(tmp_path / "runs").run_folder(points[0])
    lock = folder.lock()
    lock.acquire()

    class LettingGo(Notes):
        def started(self, point):  # type: ignore[no-untyped-def]
            super().started(point)
            if point is points[-1]:
                lock.release()

    outcome, notes = sweep(points, tmp_path, monkeypatch, jobs=1, notes=LettingGo(points))
    assert outcome.count("finished") == 4
    assert [run_id for what, run_id in notes.lines if what == "start"][-1] == points[0].run_id


def test_what_another_sweep_finished_meanwhile_is_not_trained_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = points_of(tmp_path, 3)
    sweep(points[1:], tmp_path, monkeypatch)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("result.json")}
    outcome, notes = sweep(points, tmp_path, monkeypatch)
    assert outcome.count("shared") == 2
    assert list(notes.starts()) == [points[0].run_id]
    assert {path: path.stat().st_mtime_ns for path in before} == before
