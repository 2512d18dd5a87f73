"""On JAX no epoch's time contains compiling, and steps in a compiled loop are those taken one by one."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent

pytestmark = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")


@pytest.fixture(scope="module")
def seen() -> Any:
    environment = {**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, "-W", "ignore", str(HERE / "jax_calls.py")]
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True, timeout=280)
    return json.loads(done.stdout.splitlines()[-1])


def test_epochs_compile_nothing(seen: Any) -> None:
    assert len(seen["compiled"]) == 4
    assert set(seen["compiled"].values()) == {0}, seen["compiled"]


def test_steps_in_a_loop_are_steps_one_by_one(seen: Any) -> None:
    assert 0.0 <= seen["difference"] < 1e-6
