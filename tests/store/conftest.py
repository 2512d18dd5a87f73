"""`study_files` and `run_specs` live in tests/config, whatever the way in which pytest imports test files."""

from __future__ import annotations

import sys
from pathlib import Path

_MAKERS = str(Path(__file__).parents[1] / "config")
if _MAKERS not in sys.path:
    sys.path.append(_MAKERS)
