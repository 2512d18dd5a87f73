"""The command line with workers whose training is made up (fake_worker).

Of the report only the tables, and these only where `BN_FAKE` asks for a `report`: it costs more than all the rest.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from bn_study import cli
from bn_study.execution import slot

if __name__ == "__main__":
    slot.WORKER = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))
    if json.loads(os.environ.get("BN_FAKE", "{}")).get("report"):
        from bn_study.presentation.report import files

        files.FORMATS = ()
    else:
        cli._report = lambda *_: None
    cli.main()
