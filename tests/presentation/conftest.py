"""`synthetic_study` of tests/analysis is imported by name here too, however pytest imports test files."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = str(Path(__file__).parents[1] / "analysis")
if _HERE not in sys.path:
    sys.path.append(_HERE)
