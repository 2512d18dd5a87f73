"""A report that is broken off, or cannot be written: what is missing is said, and how to get it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

#: Draws for ever, in a library that keeps every exception to itself.
DRAWING = """
import os, sys, time
from bn_study.cli import main
from bn_study.presentation.report import files
def write_report(results, found, folder, formats):
    folder.mkdir(parents=True)
    (folder / f".{os.getpid()}.partial.report.html").touch()
    print("drawing", flush=True)
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            pass
files.write_report = write_report
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_the_report_ends_it_and_says_how_to_get_it(number: signal.Signals, done: Path) -> None:
    words = ["report", "study.yaml", "-p", "smoke", "--set", "seeds=[0, 1]", "--results", "out"]
    command = [sys.executable, "-c", DRAWING, *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=done, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "drawing\n"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    (folder,) = (done / "out" / "study").glob("smoke.*")
    again = "`bn-study report study.yaml --profile smoke --set 'seeds=[0, 1]' --results out` writes it."
    assert err == f"Interrupted: the report in {folder.relative_to(done)} is not complete. No run is lost; {again}\n"
    assert (process.returncode, out, list(folder.iterdir())) == (130, "", [])


@pytest.mark.parametrize("name", ["findings.json", "runs.csv", "epochs.csv"])
def test_a_torn_report_without_its_runs_is_named(name: str, done: Path, bn_study: Callable[..., Any]) -> None:
    """Nothing can be made again of it, and nothing is written over it."""
    words = ("report", done / "study.yaml", "-p", "smoke", "--results", done / "results", "--format", "html")
    assert bn_study(*words).code == 0
    folder = done / "results" / "study" / "smoke"
    shutil.rmtree(done / "results" / "study" / "runs")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:20])
    said = bn_study(*words)
    assert said.code == 1
    assert said.err.startswith(f"{folder} holds no report that can be read again: ")
    assert (folder / name).read_bytes() == content[:20]
    (folder / name).write_bytes(content)
    assert bn_study(*words).code == 0
