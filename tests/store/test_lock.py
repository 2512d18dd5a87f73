"""A disk without locks is an error with a way out: no file that exists stands for a lock."""

from __future__ import annotations

import errno
import fcntl
from pathlib import Path

import pytest

from bn_study.store.atomic import way_out
from bn_study.store.lock import kernel_lock
from bn_study.store.store import RunFolder, is_held


@pytest.fixture
def no_flock(monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", flock)


def test_a_disk_without_locks_is_said_and_nobody_holds_its_runs(no_flock: None, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "plain_s0_0123456789ab")
    with pytest.raises(OSError, match="not implemented") as error, folder.held():
        pytest.fail("held without a lock")
    said = way_out(error.value)
    assert said is not None
    assert "this disk has no locks (flock); choose a folder on another one with --results" in said
    assert not is_held(folder)


def test_a_lock_file_that_a_dead_holder_left_holds_nothing(tmp_path: Path) -> None:
    """As filelock's fallback would leave it: it names a process of another host, for ever."""
    (tmp_path / "lock").write_text("4242\nanother-host\n")
    with kernel_lock(tmp_path / "lock", timeout=0):
        pass
