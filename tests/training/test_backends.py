"""JAX and TensorFlow take the same training steps."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import keras
import numpy as np
import pytest

from bn_study.config.model import Net

KINDS = get_args(Net)
HERE = Path(__file__).resolve().parent
OTHER = {"tensorflow": "jax", "jax": "tensorflow"}.get(keras.backend.backend(), "")


@pytest.mark.skipif(not OTHER or importlib.util.find_spec(OTHER) is None, reason="one backend alone is installed")
def test_two_steps_of_every_kind_of_net_are_equal_on_both_backends(tmp_path: Path) -> None:
    """Weights, moving statistics and dropout masks, from the same weights: to 1.2e-6, where they were measured."""
    backends = (keras.backend.backend(), OTHER)
    running = {}
    for backend in backends:
        environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(HERE.parents[1])}
        command = [sys.executable, "-W", "ignore", str(HERE / "one_step.py"), str(tmp_path / f"{backend}.npz")]
        running[backend] = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for backend, process in running.items():
        _, error = process.communicate(timeout=280)
        assert process.returncode == 0, f"{backend}: {error.decode()}"
    ours, theirs = (dict(np.load(tmp_path / f"{backend}.npz")) for backend in backends)
    assert ours.keys() == theirs.keys()
    assert {name.split("/")[0] for name in ours} == {kind.model_fields["kind"].annotation.__args__[0] for kind in KINDS}
    for name, weight in ours.items():
        np.testing.assert_allclose(theirs[name], weight, rtol=0, atol=1e-5, err_msg=name)
