"""`synthetic_study` is imported by name here and in tests/presentation, however pytest imports test files."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = str(Path(__file__).parent)
if _HERE not in sys.path:
    sys.path.append(_HERE)
