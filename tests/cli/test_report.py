"""A report that is broken off, or cannot be written: what is missing is said. Slides take the master that is named."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

#: Draws for ever, in a library that keeps every exception to itself.
DRAWING = """
import os, sys, time
from bn_study.cli import main
from bn_study.presentation.report import files
def write_report(results, found, folder, formats, template):
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


def test_slides_take_the_master_that_is_named(done: Path, bn_study: Callable[..., Any]) -> None:
    """One that is none is refused by its name before anything is written; so is one that nothing is made of."""
    deck = Presentation()
    deck.slide_layouts[5].name = "Ours"
    deck.save(done / "my.pptx")
    (done / "no.pptx").write_text("hello")
    asked = ("report", done / "study.yaml", "-p", "smoke", "--results", done / "results", "--template")
    assert bn_study(*asked, done / "my.pptx", "--format", "pptx").code == 0
    (made,) = (done / "results").rglob("deck.pptx")
    assert Presentation(str(made)).slides[1].slide_layout.name == "Ours"
    made.unlink()
    for words in ((done / "no.pptx",), (done / "gone.pptx",), (done / "my.pptx", "--format", "png")):
        said = bn_study(*asked, *words)
        assert said.code == 2
        assert str(words[0]) in said.err
        assert not made.exists()
