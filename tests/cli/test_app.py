"""How the program is started, and what it says of itself."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version


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
