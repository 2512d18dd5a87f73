"""`study_files` and `run_specs` are imported by name here and in tests/planning and tests/store."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = str(Path(__file__).parent)
if _HERE not in sys.path:
    sys.path.append(_HERE)
