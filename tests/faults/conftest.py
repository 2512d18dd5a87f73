"""Makers are imported by name, whatever the way in which pytest imports test files."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).parent
for _makers in (_HERE, _HERE.parent / "config", _HERE.parent / "store"):
    if str(_makers) not in sys.path:
        sys.path.append(str(_makers))
