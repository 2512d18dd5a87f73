"""JAX and TensorFlow take the same training steps."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
OTHER = {"tensorflow": "jax", "jax": "tensorflow"}.get(keras.backend.backend(), "")


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(not OTHER or importlib.util.find_spec(OTHER) is None, reason="one backend alone is installed")
def test_two_steps_of_each_kind_of_net_are_equal_on_both_backends(tmp_path: Path) -> None:
    """Weights, moving statistics and dropout masks, from the same weights."""
    results = []
    for backend in (keras.backend.backend(), OTHER):
        out = tmp_path / f"{backend}.npz"
        environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(HERE.parents[1])}
        command = [sys.executable, "-W", "ignore", str(HERE / "one_step.py"), str(out)]
        subprocess.run(command, check=True, env=environment, capture_output=True, timeout=600)
        results.append(dict(np.load(out)))
    ours, theirs = results
    assert ours.keys() == theirs.keys()
    for name, weight in ours.items():
        np.testing.assert_allclose(theirs[name], weight, rtol=2e-3, atol=2e-5, err_msg=name)
