"""Output that fails while a sweep is at work costs no run and no report."""

from __future__ import annotations

import os
import pty
import time
from pathlib import Path

import pytest
from made_up_sweep import command_line, results, write_study

RUNS = 6


def all_is_there(folder: Path) -> bool:
    finished = [record["status"] for record in results(folder / "results").values()] == ["finished"] * RUNS
    return finished and (folder / "results" / "study" / "base" / "README.md").stat().st_size > 500


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_a_full_disk_takes_what_is_printed_and_nothing_else(tmp_path: Path) -> None:
    write_study(tmp_path, RUNS)
    with open("/dev/full", "w") as full:
        _, err = command_line(tmp_path, {"report": True}, stdout=full).communicate()
    assert err == "standard output: No space left on device: not all could be printed\n"
    assert all_is_there(tmp_path)


def test_a_terminal_that_goes_away_does_not_stop_the_sweep(tmp_path: Path) -> None:
    """The live view is on a terminal, and the terminal is closed while the first runs are trained."""
    write_study(tmp_path, RUNS)
    terminal, child = pty.openpty()
    process = command_line(tmp_path, {"report": True, "seconds": 0.2}, stdout=child)
    os.close(child)
    while not list(tmp_path.rglob("epochs.csv")):
        os.read(terminal, 10_000)
        time.sleep(0.02)
    os.close(terminal)
    _, err = process.communicate()
    assert process.returncode == 1
    assert err == "standard output: Input/output error: not all could be printed\n"
    assert all_is_there(tmp_path)
