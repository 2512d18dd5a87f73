"""Observation: one point of the plan with what came out of its run, as a flat row."""

from __future__ import annotations

import math
from typing import Any, Literal

from bn_study.analysis.axis import axis_value
from bn_study.config.metric import RUN_METRICS
from bn_study.datasets import describe
from bn_study.planning.expansion import Point
from bn_study.store.record import EpochRecord, RunRecord, best_epoch

Status = Literal["finished", "diverged", "failed", "missing"]

#: The metrics of a run that need no further argument; *_to_accuracy are in `reaching`.
METRICS = tuple(name for name in RUN_METRICS if not name.endswith("_to_accuracy"))
COUNTS = ("parameters", "forward_flops", "best_epoch", "epochs", "diverged_at_epoch", "threads", "classes")
CIRCUMSTANCES = (
    "data_fingerprint", "data_provenance", "validation_source", "precision", "backend", "device",
)  # fmt: skip
COLUMNS = (
    "run_id", "status", *METRICS, "best_epoch", "epochs", "diverged_at_epoch", *CIRCUMSTANCES, "threads", "classes",
    "commit", "error",
)  # fmt: skip


def place(point: Point) -> dict[str, Any]:
    """Where the point stands in the study: arm, one value an axis, seed."""
    axes = {path: axis_value(value) for path, value in point.axes.items()}
    return {"arm": point.arm, **axes, "seed": point.seed}


def observe(point: Point, record: RunRecord | None) -> dict[str, Any]:
    """One row of the runs table; None where nothing was measured or the value was not finite.

    A run that diverged or failed keeps the numbers of the epochs it reached; its status says what they are.
    """
    row = {**place(point), **dict.fromkeys(COLUMNS), "run_id": point.run_id, "status": "missing"}
    row |= dict.fromkeys((*CIRCUMSTANCES, "commit", "error"), "")
    if record is None:
        return row
    return {**row, "status": record.status, **_curve(record), **_end(record), **_circumstances(record)}


def _curve(record: RunRecord) -> dict[str, Any]:
    row: dict[str, Any] = {"epochs": len(record.epochs), "diverged_at_epoch": record.diverged_at_epoch}
    if not record.epochs:
        return row
    last, best = record.epochs[-1], best_epoch(record.epochs)
    return {
        **row,
        "last_validation_accuracy": last.validation_accuracy,
        "last_validation_loss": last.validation_loss,
        "last_train_accuracy": last.train_accuracy,
        "last_train_loss": last.train_loss,
        "best_validation_accuracy": best.validation_accuracy if best else None,
        "best_epoch": best.epoch if best else None,
        "validation_curve_area": _area(record.epochs),
    }


def _area(epochs: tuple[EpochRecord, ...]) -> float | None:
    """Area under validation accuracy against epoch, by the epochs: their mean. None where one is not finite."""
    values = [epoch.validation_accuracy for epoch in epochs if epoch.validation_accuracy is not None]
    return math.fsum(values) / len(values) if len(values) == len(epochs) else None


def _end(record: RunRecord) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if final := record.final:
        row["generalization_gap"] = final.train_accuracy - final.validation_accuracy
        row["reestimated_validation_accuracy"] = final.reestimated_validation_accuracy
    if cost := record.cost:
        row |= {"step_seconds": cost.step_seconds, "train_seconds": cost.train_seconds}
        row |= {"parameters": cost.parameters, "forward_flops": cost.forward_flops}
    return row


def _classes(record: RunRecord) -> int | None:
    """None for own data in a record that does not say; those of named data sets are public."""
    recorded = record.data.classes if record.data else None
    return recorded or describe(record.spec.dataset.name).classes


def _circumstances(record: RunRecord) -> dict[str, Any]:
    environment, data, error = record.environment, record.data, record.error
    return {
        "data_fingerprint": data.fingerprint if data else "",
        "data_provenance": data.provenance if data else "",
        "validation_source": data.validation_source if data else "",
        "precision": environment.precision,
        "backend": environment.backend,
        "device": environment.device,
        "threads": environment.threads,
        "classes": _classes(record),
        "commit": environment.commit or "",
        "error": f"{error.type}: {error.message}" if error else "",
    }
