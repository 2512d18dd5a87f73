"""What is recorded of a machine and its processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SAY = "from bn_study.store.environment import peak_memory_bytes; print(peak_memory_bytes())"
HOLD_AND_SAY = f"""
import subprocess, sys
held = b"x" * 400_000_000
subprocess.run([sys.executable, "-c", {SAY!r}], check=True)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells it apart")
def test_peak_memory_is_not_that_of_the_process_that_started_it() -> None:
    said = subprocess.run([sys.executable, "-c", HOLD_AND_SAY], check=True, capture_output=True, text=True).stdout
    assert 1_000_000 < int(said) < 300_000_000
