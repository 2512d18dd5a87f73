"""The command line with workers whose training is made up (fake_worker).

Of the report only the tables: pictures cost more than all the rest.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bn_study import cli
from bn_study.execution import slot

if __name__ == "__main__":
    slot.WORKER = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))
    if "--no-report" not in sys.argv:
        from bn_study.presentation.report import files

        files.FORMATS = ()
    cli.main()
