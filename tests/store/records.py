"""Small records that no run made."""

from __future__ import annotations

from typing import Literal

from bn_study.planning.expansion import Point
from bn_study.store.record import (
    CostRecord,
    DataRecord,
    EnvironmentRecord,
    EpochRecord,
    ErrorRecord,
    FinalRecord,
    RunRecord,
)

ENVIRONMENT = EnvironmentRecord(
    backend="jax", device="cpu", threads=1, precision="float32", versions={"keras": "3.12.0"}, python="3.11.7",
    platform="Linux", processor="a processor", commit=None,
)  # fmt: skip


def epoch_record(number: int, loss: float | None = 0.5) -> EpochRecord:
    return EpochRecord(
        epoch=number, learning_rate=0.01, train_loss=loss, train_accuracy=0.8, validation_loss=loss,
        validation_accuracy=0.75, train_seconds=0.1, validation_seconds=0.01, steps=44, images_per_second=14370.0,
        cpu_seconds=0.09,
    )  # fmt: skip


def small_record(point: Point, status: Literal["finished", "diverged", "failed"] = "finished") -> RunRecord:
    """One epoch; what a run of this status has and no more."""
    final = FinalRecord(
        train_accuracy=0.8, train_loss=0.5, train_images_evaluated=1437, validation_accuracy=0.75,
        validation_loss=0.6, reestimated_validation_accuracy=None, reestimated_validation_loss=None,
    )  # fmt: skip
    cost = CostRecord(
        parameters=1, trainable_parameters=1, forward_flops=2, step_seconds=None, train_seconds=0.1,
        total_seconds=0.2, peak_memory_bytes=10**8,
    )  # fmt: skip
    data = DataRecord(
        fingerprint="sha256:00", provenance="made up", train_images=1437, validation_images=360,
        validation_source="test",
    )  # fmt: skip
    failed, diverged = status == "failed", status == "diverged"
    return RunRecord(
        run_id=point.run_id, fingerprint=point.fingerprint, status=status, spec=point.spec,
        epochs=(epoch_record(1, None if diverged else 0.5),), diverged_at_epoch=1 if diverged else None,
        final=final if status == "finished" else None, cost=None if failed else cost, data=None if failed else data,
        environment=ENVIRONMENT,
        error=ErrorRecord(type="ValueError", message="no such thing", traceback="…") if failed else None,
        started="2026-01-01T00:00:00+00:00", ended="2026-01-01T00:00:01+00:00",
    )  # fmt: skip
