"""Shared by all tests: the backend's environment stands before anything imports keras."""

from __future__ import annotations

import os

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, or one core would wait for the other at the end of the suite."""
    longest = ("training", "execution", "faults")

    def rank(item: pytest.Item) -> int:
        return next((place for place, one in enumerate(longest) if one in item.path.parts), len(longest))

    items.sort(key=rank)
