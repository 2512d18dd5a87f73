"""The array of docs/cluster.md: its script by bash, as SLURM would run it; and by SLURM itself where there is one."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_up_sweep import HERE, ROOT, command_line, finish, marks_in, results, write_study


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The block of the page that is an array, beside a `bn-study` whose training is made up."""
    blocks = re.findall(r"^```bash\n(.*?)^```", (ROOT / "docs" / "cluster.md").read_text(), re.DOTALL | re.MULTILINE)
    (array,) = (block for block in blocks if "#SBATCH --array" in block)
    (tmp_path / "bin").mkdir()
    made_up = f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "fake_sweep.py"}" "$@" --jobs 2\n'
    for path, text in ((tmp_path / "array.sh", array), (tmp_path / "bin" / "bn-study", made_up)):
        path.write_text(text)
        path.chmod(0o755)
    return tmp_path / "array.sh"


def environment(folder: Path, **orders: object) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "STUDY": str(folder / "study.yaml"),
        "RESULTS": str(folder / "results"),
        "BN_FAKE": json.dumps(orders),
        "BN_FAKE_MARKS": str(marks_in(folder)),
    }


def test_the_tasks_of_an_array_share_the_runs_and_all_end_well(script: Path, tmp_path: Path) -> None:
    write_study(tmp_path, 6)
    tasks = [subprocess.Popen([script], env=environment(tmp_path, seconds=0.1), text=True) for _ in range(2)]
    assert [task.wait(timeout=60) for task in tasks] == [0, 0]
    assert len(results(tmp_path)) == 6
    trained = [path.read_text().splitlines() for path in marks_in(tmp_path).glob("*.trained")]
    assert [len(lines) for lines in trained] == [1] * 6
    assert not list((tmp_path / "results").rglob("report.html"))
    finish(command_line(tmp_path, verb="status"))


def test_the_signal_before_the_time_is_up_leaves_checkpoints(script: Path, tmp_path: Path) -> None:
    """It reaches bn-study, for the shell has given way to it."""
    write_study(tmp_path, 2, epochs=50)
    task = subprocess.Popen([script], env=environment(tmp_path, seconds=0.2), text=True)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.rglob("epochs.csv"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    task.send_signal(signal.SIGTERM)
    assert task.wait(timeout=60) == 130
    assert len(list(tmp_path.rglob("state.npz"))) == 2


@pytest.mark.long
@pytest.mark.skipif(shutil.which("sbatch") is None, reason="there is no SLURM here: no sbatch")
def test_by_slurm(script: Path, tmp_path: Path) -> None:
    write_study(tmp_path, 6)
    small = ("--wait", "--array=1-2", "--cpus-per-task=1", "--mem=1G", "--time=5")
    done = subprocess.run(["sbatch", *small, script], env=environment(tmp_path, seconds=0.1), cwd=tmp_path)
    assert done.returncode == 0
    assert len(results(tmp_path)) == 6
