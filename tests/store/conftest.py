"""Makers are imported by name, whatever the way in which pytest imports test files."""

from __future__ import annotations

import sys
from pathlib import Path

for _makers in (Path(__file__).parent, Path(__file__).parents[1] / "config"):
    if str(_makers) not in sys.path:
        sys.path.append(str(_makers))
