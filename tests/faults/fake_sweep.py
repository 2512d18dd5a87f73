"""The command line with workers whose training is made up (fake_worker)."""

from __future__ import annotations

import sys
from pathlib import Path

from bn_study import cli
from bn_study.execution import slot
from bn_study.presentation import report

if __name__ == "__main__":
    slot.WORKER = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))
    report.draw_figures = lambda *_: []  # seconds, and not what is tested here
    cli.main()
