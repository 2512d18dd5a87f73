"""How the program is started, and what it says of itself."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version


def test_the_module_does_what_the_command_does() -> None:
    """`python -m bn_study --version`: the name of the command, and the version of the package."""
    done = subprocess.run([sys.executable, "-m", "bn_study", "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"bn-study {version('bn_study')}\n", "")
