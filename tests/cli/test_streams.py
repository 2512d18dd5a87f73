"""Output that fails: the command does its work to the end, the exit code and one line on standard error say so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPORT = "report study.yaml -p smoke --results results --format html"
FULL = Path("/dev/full")


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`$BN` is the command."""
    root = Path(__file__).parents[2]
    everything = {**os.environ, "PYTHONPATH": str(root), "BN": f"{sys.executable} -m bn_study", **environment}
    return subprocess.run(["bash", "-c", line], cwd=folder, env=everything, capture_output=True)


def is_written(folder: Path) -> bool:
    report = folder / "results" / "study" / "smoke"
    return all((report / name).stat().st_size > 500 for name in ("README.md", "report.html", "findings.json"))


@pytest.mark.parametrize(
    ("redirection", "reason"),
    [
        pytest.param("> /dev/full", "No space left on device", marks=pytest.mark.skipif(not FULL.exists(), reason="")),
        (">&-", "Bad file descriptor"),
        ("<&- >&-", "Bad file descriptor"),
        ("> >(exec <&-; sleep 0.5)", "Broken pipe"),
    ],
)
def test_a_report_whose_output_fails_is_written(redirection: str, reason: str, done: Path) -> None:
    ended = shell(f"$BN {REPORT} {redirection}", done)
    assert (ended.returncode, ended.stderr.decode()) == (1, f"standard output: {reason}: not all could be printed\n")
    assert is_written(done)


@pytest.mark.parametrize("redirection", [">&- 2>&-", "<&- >&- 2>&-"])
def test_without_any_stream_the_exit_code_says_it(redirection: str, done: Path) -> None:
    """No file that the report writes takes the number of a closed stream, and with it what is printed."""
    ended = shell(f"$BN {REPORT} {redirection}", done)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, b"", b"")
    assert is_written(done)
    assert b"Mean" not in (done / "results" / "study" / "smoke" / "report.html").read_bytes()[:20]


def test_a_command_that_fails_keeps_its_exit_code(done: Path) -> None:
    ended = shell("$BN check nowhere.yaml >&-", done)
    assert ended.returncode == 2
    assert b"no such file" in ended.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "cp1252:strict"},
    ],
    ids=lambda environment: " ".join(environment.values()),
)
def test_what_the_terminal_cannot_show_is_replaced(environment: dict[str, str], done: Path) -> None:
    """The table holds a minus sign and a dash that no such terminal knows."""
    ended = shell(f"$BN {REPORT}", done, **environment)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"?" in ended.stdout
    assert is_written(done)
    assert "–" in (done / "results" / "study" / "smoke" / "README.md").read_text(encoding="utf-8")


def test_of_a_report_what_can_be_written_is(done: Path) -> None:
    """No file may have more than 20 KiB here: the page and its figure are too large, the rest is there."""
    ended = shell(f"(ulimit -f 20; exec $BN {REPORT},png)", done)
    folder = done / "results" / "study" / "smoke"
    assert ended.returncode == 1
    (line,) = ended.stderr.decode().splitlines()
    assert line.startswith("not written: results/study/smoke/figures/")
    assert "files may not be that large here (ulimit -f)" in line
    assert re.search(r"\([1-9]\d* more not either\)$", line)
    assert not (folder / "report.html").exists()
    assert {"README.md", "runs.csv", "epochs.csv", "table.csv"} <= {path.name for path in folder.iterdir()}
    assert not list(folder.rglob(".*"))
    assert b"results/study/smoke/README.md" in ended.stdout
