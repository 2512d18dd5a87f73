"""Shared by all tests: the backend's environment stands before anything imports keras."""

from __future__ import annotations

import os

# As a worker has it (execution.local.Machine.environment): one thread, deterministic.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.update(
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS="1",
    OMP_NUM_THREADS="1",
    TF_DETERMINISTIC_OPS="1",
    TF_ENABLE_ONEDNN_OPTS="1",
    TF_CPP_MIN_LOG_LEVEL="3",
)
