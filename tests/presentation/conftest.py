"""`synthetic_study` of tests/analysis and `drawn_studies` are imported by name, however pytest imports test files."""

from __future__ import annotations

import sys
from pathlib import Path

for _folder in (Path(__file__).parents[1] / "analysis", Path(__file__).parent):
    if str(_folder) not in sys.path:
        sys.path.append(str(_folder))
