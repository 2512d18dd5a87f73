"""`synthetic_study` of tests/analysis is imported by name, however pytest imports test files."""

from __future__ import annotations

import sys
from pathlib import Path

_ANALYSIS = str(Path(__file__).parents[1] / "analysis")
if _ANALYSIS not in sys.path:
    sys.path.append(_ANALYSIS)
