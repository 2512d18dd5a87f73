"""How the program is started, and what it says of itself."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bn_study.cli.app import app
from bn_study.config.load import load_study
from bn_study.planning.expansion import expand


def test_the_module_does_what_the_command_does() -> None:
    """`python -m bn_study --version`: the name of the command, and the version of the package."""
    done = subprocess.run([sys.executable, "-m", "bn_study", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"bn-study {version('bn_study')}\n", "")


NOISY = """
import logging, sys, warnings
from bn_study.cli import main
from bn_study.config import schema
real = schema.schema_text
def noisy(name):
    warnings.warn("a remark of a library")
    logging.getLogger("matplotlib.font_manager").warning("another")
    return real(name)
schema.schema_text = noisy
sys.argv = ["bn-study", "schema"]
main()
"""


def test_remarks_of_libraries_do_not_reach_the_user() -> None:
    """Who asks for them with -W gets them."""
    quiet, asked = (
        subprocess.run([sys.executable, *flags, "-c", NOISY], capture_output=True, text=True)
        for flags in ([], ["-W", "default"])
    )
    assert (quiet.returncode, quiet.stderr) == (0, "")
    assert "a remark of a library" in asked.stderr


def test_plan_names_every_run_whole_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    study = Path(__file__).parents[2] / "experiments" / "inception_learning_rates.yaml"
    said = CliRunner().invoke(app, ["plan", str(study), "--runs", "-p", "laptop", "--results", str(tmp_path)]).stdout
    flowing = "".join(line.strip() for line in said.split("\n"))
    assert all(run.run_id in flowing for run in expand(load_study(study, "laptop")).runs)
    assert "…" not in said
