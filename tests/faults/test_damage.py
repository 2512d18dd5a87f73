"""Files that are torn, flipped, edited, foreign or links: named, never a crash, never a wrong 'done'.

result.json is torn at every byte in tests/store/test_store.py.
"""

from __future__ import annotations

import io
import json
import os
import time
import tokenize
import zipfile
from pathlib import Path

import numpy as np
import pytest
from fake_worker import Variable
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_sweep import command_line, finish, points_of, results, sweep, write_study
from records import epoch_record, small_record

from bn_study.execution.sweep import MOST_EPOCHS, discard_leftovers, epochs_done, standings
from bn_study.planning.expansion import Plan, Point
from bn_study.store.store import RunFolder, State, Store
from bn_study.training.checkpoint import Checkpoint


@pytest.fixture
def point(tmp_path: Path) -> Point:
    return points_of(tmp_path, 1)[0]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


def done(store: Store, point: Point) -> RunFolder:
    folder = store.run_folder(point)
    folder.prepare(point.spec)
    folder.write_epochs([epoch_record(1), epoch_record(2)])
    folder.write_result(small_record(point))
    return folder


def test_epochs_torn_at_any_byte_never_crash(store: Store, point: Point) -> None:
    """A run without a result, its epochs.csv cut anywhere: still to do, and its epochs are counted."""
    folder = done(store, point)
    folder.result.unlink()
    whole = (folder.path / "epochs.csv").read_bytes()
    for length in range(len(whole)):
        (folder.path / "epochs.csv").write_bytes(whole[:length])
        assert 0 <= epochs_done(folder.path) <= 2
        assert store.state(point) is State.INTERRUPTED
    for content in (b"\xff\xfe\x00", b"\x00" * 100, b'"' * 100_000, b"a," * 200_000):
        (folder.path / "epochs.csv").write_bytes(content)
        assert epochs_done(folder.path) >= 0


def test_a_spec_torn_at_any_byte_is_named_and_the_result_stays(tmp_path: Path, point: Point) -> None:
    """spec.yaml is for people: what ran is in result.json, so the run is done, and the edit is said."""
    folder = done(Store(tmp_path / "runs"), point)
    whole = folder.spec.read_bytes()
    younger = folder.result.stat().st_mtime + 10
    quiet = 0
    for content in [*(whole[:length] for length in range(0, len(whole), 3)), whole.replace(b"0.01", b"0.02")]:
        folder.spec.write_bytes(content)
        os.utime(folder.spec, (younger, younger))
        store = Store(tmp_path / "runs")
        assert store.state(point) is State.DONE
        quiet += not store.damages
        assert all(damage.path == folder.spec for damage in store.damages)
    defaults = whole[whole.index(b"  augmentation:") :]  # the end of the file: cut there, the spec is the same
    assert quiet <= len(defaults) / 3 + 2
    assert "was changed after the run" in store.damages[0].reason


def test_files_of_a_run_may_be_of_any_size(store: Store, point: Point) -> None:
    """10 GB of nothing as result.json, 100 MB of lines as epochs.csv: named, within 2 s and little memory."""
    folder = done(store, point)
    began = time.process_time()
    os.truncate(folder.result, 10_000_000_000)  # sparse: takes no room
    (folder.path / "epochs.csv").write_bytes(b"a\n" * 50_000_000)
    assert store.state(point) is State.INTERRUPTED
    said = "cannot be read: it has 10,000,000,000 bytes; 100,000,000 are the most"
    assert [damage.reason for damage in store.damages] == [said]
    assert epochs_done(folder.path) == MOST_EPOCHS
    assert time.process_time() - began < 2.0


def test_pipes_in_the_place_of_a_run_s_files_hold_nothing_up(store: Store, point: Point) -> None:
    """Opening one would wait for a writer for ever."""
    folder = done(store, point)
    folder.checkpoint.mkdir()
    for path in (folder.result, folder.path / "epochs.csv", folder.spec, folder.checkpoint / "state.npz"):
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    assert store.state(point) is State.INTERRUPTED
    assert [damage.reason for damage in store.damages] == ["cannot be read: it is a named pipe, not a file"]
    assert epochs_done(folder.path) == 0
    assert Checkpoint(folder.checkpoint, point.fingerprint).restore([])[0] == []


def test_an_edited_spec_makes_no_other_run_done(store: Store, tmp_path: Path) -> None:
    """The spec of a done run is changed to another's: that other one is still to do."""
    one, other = points_of(tmp_path, 2)
    folder = done(store, one)
    folder.spec.write_text(folder.spec.read_text().replace("seed: 0", "seed: 1"))
    assert store.state(other) is State.PENDING


def test_a_missing_spec_or_table_matters_to_nobody(store: Store, point: Point) -> None:
    folder = done(store, point)
    folder.spec.unlink()
    (folder.path / "epochs.csv").unlink()
    assert store.state(point) is State.DONE
    assert store.damages == []


def test_a_result_of_another_schema_is_named_and_trained_again(tmp_path: Path) -> None:
    """Through the command line: status names the file, run replaces it."""
    write_study(tmp_path, 2)
    finish(command_line(tmp_path))
    before = results(tmp_path)
    path = sorted(tmp_path.rglob("result.json"))[0]
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 99}))
    said = finish(command_line(tmp_path, verb="status"))
    assert "schema_version" in said
    assert path.parent.name in said
    finish(command_line(tmp_path))
    assert results(tmp_path) == before


class TestCheckpoint:
    """state.npz: whole, or as if it were not there."""

    def saved(self, folder: Path) -> bytes:
        weights = Variable()
        weights.assign(np.array([1.0, 2.0, 3.0]))
        Checkpoint(folder, "print").save([weights], [epoch_record(1)])  # type: ignore[list-item]
        return (folder / "state.npz").read_bytes()

    def restored(self, folder: Path, content: bytes, fingerprint: str = "print") -> tuple[int, list[float]]:
        """Epochs done, and the weights after restoring."""
        folder.mkdir(exist_ok=True)
        (folder / "state.npz").write_bytes(content)
        weights = Variable()
        epochs, _ = Checkpoint(folder, fingerprint).restore([weights])  # type: ignore[list-item]
        return len(epochs), weights.value.tolist()

    def test_whole(self, tmp_path: Path) -> None:
        assert self.restored(tmp_path / "checkpoint", self.saved(tmp_path / "checkpoint")) == (1, [1.0, 2.0, 3.0])

    def test_of_another_run(self, tmp_path: Path) -> None:
        assert self.restored(tmp_path / "c", self.saved(tmp_path / "c"), "other") == (0, [0.0] * 3)

    @pytest.mark.parametrize(
        ("there", "said"),
        [
            ({"backend": "jax", "threads": "1"}, ""),
            ({"backend": "tensorflow", "threads": "1"}, "backend tensorflow, here jax"),
            ({"backend": "jax", "threads": "2"}, "threads 2, here 1"),
            ({"backend": "jax", "threads": "1", "numpy": "1.0"}, "numpy 1.0, here none"),
            ({}, "backend unknown, here jax, threads unknown, here 1"),
        ],
    )
    def test_of_another_kind_of_machine(self, there: dict[str, str], said: str, tmp_path: Path) -> None:
        """It restores nothing, and says in what they differ."""
        weights = Variable()
        Checkpoint(tmp_path, "print", there).save([weights], [epoch_record(1)])  # type: ignore[list-item]
        here = Checkpoint(tmp_path, "print", {"backend": "jax", "threads": "1"})
        assert here.other_machine() == said
        assert len(here.restore([weights])[0]) == (0 if said else 1)  # type: ignore[list-item]

    def test_torn_at_any_byte(self, tmp_path: Path) -> None:
        whole = self.saved(tmp_path / "checkpoint")
        for length in range(len(whole)):
            assert self.restored(tmp_path / "checkpoint", whole[:length]) == (0, [0.0] * 3)

    def test_a_header_of_an_array_that_no_parser_takes(self, tmp_path: Path) -> None:
        """The archive's checksums are right; NumPy lets an error of tokenize out, which is no ValueError."""
        content = io.BytesIO(self.saved(tmp_path / "checkpoint"))
        with zipfile.ZipFile(content) as whole, zipfile.ZipFile(spoilt := io.BytesIO(), "w") as archive:
            for name in whole.namelist():
                archive.writestr(name, whole.read(name).replace(b"'shape': (3,)", b"'shape': (((("))
        spoilt.seek(0)
        with pytest.raises(tokenize.TokenError):
            np.load(spoilt)["variable_0"]
        assert self.restored(tmp_path / "checkpoint", spoilt.getvalue()) == (0, [0.0] * 3)

    def test_flipped_anywhere(self, tmp_path: Path) -> None:
        """One byte changed: the archive's checksums find it, or it lies where it changes nothing."""
        whole = self.saved(tmp_path / "checkpoint")

        @settings(max_examples=300, deadline=None, derandomize=True)
        @given(st.integers(0, len(whole) - 1), st.integers(1, 255))
        def flipped(position: int, change: int) -> None:
            content = bytearray(whole)
            content[position] ^= change
            assert self.restored(tmp_path / "checkpoint", bytes(content)) in [(0, [0.0] * 3), (1, [1.0, 2.0, 3.0])]

        flipped()


@pytest.mark.parametrize("name", [".", "log.txt", "checkpoint", "../.locks/FINGERPRINT"])
def test_nothing_is_written_through_a_link(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link out of the runs folder: the run is refused by name, the others go on, nothing appears outside."""
    points, outside = points_of(tmp_path, 3), tmp_path / "outside"
    outside.mkdir()
    folder = Store(tmp_path / "runs").run_folder(points[1])
    link = Path(os.path.normpath(folder.path / name.replace("FINGERPRINT", points[1].fingerprint)))
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside if name in (".", "checkpoint") else outside / "file", target_is_directory=True)
    outcome, _ = sweep(points, tmp_path, monkeypatch)
    assert [outcome.ended[point.run_id].status for point in points] == ["finished", "failed", "finished"]
    assert str(link.absolute()) in outcome.ended[points[1].run_id].message
    assert "remove it" in outcome.ended[points[1].run_id].message
    assert not list(outside.iterdir())


def test_a_link_in_place_of_a_result_is_replaced_and_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = points_of(tmp_path, 1)
    outside = tmp_path / "outside"
    outside.write_text("theirs")
    folder = Store(tmp_path / "runs").run_folder(points[0])
    folder.path.mkdir(parents=True)
    folder.result.symlink_to(outside)
    outcome, _ = sweep(points, tmp_path, monkeypatch)
    assert outcome.count("finished") == 1
    assert outside.read_text() == "theirs"
    assert not folder.result.is_symlink()


def test_damage_is_said_in_the_standings(tmp_path: Path, store: Store) -> None:
    one, other = points_of(tmp_path, 2)
    done(store, one).result.write_bytes(b"{")
    folder = done(store, other)
    os.utime(folder.spec, (2e9, 2e9))
    folder.spec.write_text("edited: true")
    os.utime(folder.spec, (2e9, 2e9))
    first, second = standings(Plan(None, (one, other)), store)  # type: ignore[arg-type]
    assert first.to_do
    assert first.why.startswith("damaged result")
    assert (second.to_do, second.why) == (False, "finished")


def test_a_checkpoint_beside_a_result_is_removed_and_one_without_stays(tmp_path: Path, store: Store) -> None:
    """Killed between its result and its tidying up; a file of the user's keeps the folder."""
    points = points_of(tmp_path, 3)
    folders = [done(store, point) for point in points]
    folders[2].result.unlink()
    for folder in folders:
        folder.checkpoint.mkdir()
        (folder.checkpoint / "state.npz").write_bytes(b"x")
    (folders[1].checkpoint / "mine.txt").write_text("x")
    plan = Plan(None, tuple(points))  # type: ignore[arg-type]
    discard_leftovers(standings(plan, store), store)
    assert not folders[0].checkpoint.exists()
    assert [path.name for path in folders[1].checkpoint.iterdir()] == ["mine.txt"]
    assert (folders[2].checkpoint / "state.npz").exists()
