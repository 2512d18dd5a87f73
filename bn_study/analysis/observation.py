"""Observation: one point of the plan with what came out of its run, as a flat row."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bn_study.analysis.axis import axis_value
from bn_study.analysis.frame import Table
from bn_study.config.metric import PROBE_METRICS, RUN_METRICS, OfEpochs, OfProbes, OfRecord
from bn_study.datasets import describe
from bn_study.planning.expansion import Plan, Point
from bn_study.store.record import RunRecord, best_epoch

Status = Literal["finished", "diverged", "failed", "missing"]

#: The metrics that a run's record says without a further argument, with where they stand in it.
_SAID = (OfEpochs, OfRecord, OfProbes)
_SOURCES = {name: one.source for name, one in RUN_METRICS.items() if isinstance(one.source, _SAID)}
METRICS = tuple(_SOURCES)
_PROBED = frozenset(PROBE_METRICS)
COUNTS = (
    *(name for name in METRICS if RUN_METRICS[name].spread == "none"),
    *("best_epoch", "epochs", "diverged_at_epoch", "threads", "classes"),
)
CIRCUMSTANCES = (
    "data_fingerprint", "data_provenance", "validation_source", "precision", "backend", "device",
    "processor", "host",
)  # fmt: skip
COLUMNS = (
    "run_id", "status", *METRICS, "best_epoch", "epochs", "diverged_at_epoch", *CIRCUMSTANCES, "threads", "classes",
    "commit", "error",
)  # fmt: skip


def absent(plan: Plan) -> frozenset[str]:
    """The columns that a table of this plan does without: what probes see, where none are asked for or spoken of."""
    study = plan.source.study
    named = {metric for claim in study.claims for metric in claim.metrics}
    named |= {metric for figure in study.figures for metric in getattr(figure, "metrics", ())}
    needed = named & _PROBED or any(point.spec.probes for point in plan.points)
    return frozenset() if needed else _PROBED


def metrics_in(table: Table) -> tuple[str, ...]:
    """Those of METRICS that a table of runs has."""
    return tuple(metric for metric in METRICS if metric in table)


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
    return {**row, "status": record.status, **_metrics(record), **_lengths(record), **circumstances(record)}


def _metrics(record: RunRecord) -> dict[str, float | None]:
    return {name: _value(name, source, record) for name, source in _SOURCES.items()}


def _value(name: str, source: OfEpochs | OfRecord | OfProbes, record: RunRecord) -> float | None:
    match source:
        case OfProbes():
            return record.probes.scalars.get(name) if record.probes else None
        case OfRecord(path, minus=None):
            return _recorded(record, path)
        case OfRecord(path, minus):
            value, less = _recorded(record, path), _recorded(record, str(minus))
            return None if value is None or less is None else value - less
        case OfEpochs(column, "mean"):
            return _mean([getattr(epoch, column) for epoch in record.epochs])
        case OfEpochs(column, "best"):
            return getattr(best_epoch(record.epochs), column, None)
        case OfEpochs(column):
            return getattr(record.epochs[-1], column) if record.epochs else None


def _recorded(record: RunRecord, path: str) -> float | None:
    """None where a part of the path is absent."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return None if value is None else float(value)


def _mean(values: Sequence[float | None]) -> float | None:
    """Over the epochs; None where one is not finite. Of accuracies: the area under the curve, by the epochs."""
    finite = [value for value in values if value is not None]
    return math.fsum(finite) / len(finite) if values and len(finite) == len(values) else None


def _lengths(record: RunRecord) -> dict[str, int | None]:
    best = best_epoch(record.epochs)
    epochs = {"epochs": len(record.epochs), "best_epoch": best.epoch if best else None}
    return {**epochs, "diverged_at_epoch": record.diverged_at_epoch}


def _classes(record: RunRecord) -> int | None:
    """None for own data in a record that does not say; those of named data sets are public."""
    recorded = record.data.classes if record.data else None
    return recorded or describe(record.spec.dataset.name).classes


def circumstances(record: RunRecord) -> dict[str, Any]:
    """Where and on what a run ran."""
    environment, data, error = record.environment, record.data, record.error
    return {
        "data_fingerprint": data.fingerprint if data else "",
        "data_provenance": data.provenance if data else "",
        "validation_source": data.validation_source if data else "",
        "precision": environment.precision,
        "backend": environment.backend,
        # The parent writes down what became of a killed worker, and does not know its device.
        "device": "" if record.status == "failed" else environment.device,
        "processor": "" if record.status == "failed" else environment.processor_model,
        "host": environment.host or "",
        "threads": environment.threads,
        "classes": _classes(record),
        "commit": environment.commit or "",
        "error": f"{error.type}: {error.message}" if error else "",
    }
