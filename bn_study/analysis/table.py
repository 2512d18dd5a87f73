"""The tables of a study: one row a run, one row an epoch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from bn_study.analysis.axis import axis_paths
from bn_study.analysis.frame import Table, table_of
from bn_study.analysis.mixing import KEPT_APART
from bn_study.analysis.observation import COLUMNS, COUNTS, METRICS, absent, circumstances, observe, place
from bn_study.planning.expansion import Plan, Point
from bn_study.store.record import EpochRecord, RunRecord

_EPOCH_FIELDS = tuple(EpochRecord.model_fields)
EPOCH_COLUMNS = (
    "run_id", "status", *_EPOCH_FIELDS, "seconds", "cpu_seconds_total", "steps_total", *KEPT_APART,
)  # fmt: skip
EPOCH_COUNTS = ("epoch", "steps", "steps_total")
EPOCH_FLOATS = tuple(name for name in (*_EPOCH_FIELDS, "seconds", "cpu_seconds_total") if name not in EPOCH_COUNTS)


def runs_table(plan: Plan, records: Mapping[str, RunRecord]) -> Table:
    """One row a POINT of the plan, in its order, also where nothing came out yet (status `missing`).

    `records`: fingerprint of the spec → record; points of equal specs share one. Columns: arm, one an axis
    path, seed, run_id, status, every metric of `observation.METRICS`, then where and on what it ran.
    """
    rows = [observe(point, records.get(point.fingerprint)) for point in plan.points]
    columns, floats, counts = run_columns(plan)
    return table_of(rows, columns, floats, counts)


def run_columns(plan: Plan) -> tuple[list[str], list[str], list[str]]:
    """The columns of the table of runs; those that hold numbers; and those that hold whole ones."""
    names = [name for name in COLUMNS if name not in absent(plan)]
    counts = [name for name in names if name in COUNTS]
    floats = [name for name in names if name in METRICS and name not in COUNTS]
    return ["arm", *axis_paths(plan), "seed", *names], floats, counts


def epochs_table(plan: Plan, records: Mapping[str, RunRecord]) -> Table:
    """One row a point and epoch: all of EpochRecord, then `seconds` and CPU seconds of training and steps so far."""
    rows = [row for point in plan.points for row in _epochs(point, records.get(point.fingerprint))]
    return table_of(rows, ["arm", *axis_paths(plan), "seed", *EPOCH_COLUMNS], EPOCH_FLOATS, EPOCH_COUNTS)


def _epochs(point: Point, record: RunRecord | None) -> Iterator[dict[str, Any]]:
    if record is None:
        return
    same = {
        **place(point),
        "run_id": point.run_id,
        "status": record.status,
        **{name: value for name, value in circumstances(record).items() if name in KEPT_APART},
    }
    seconds = itertools.accumulate(epoch.train_seconds for epoch in record.epochs)
    cpu = itertools.accumulate(math.nan if one.cpu_seconds is None else one.cpu_seconds for one in record.epochs)
    steps = itertools.accumulate(epoch.steps for epoch in record.epochs)
    for epoch, *so_far in zip(record.epochs, seconds, cpu, steps, strict=True):
        totals = dict(zip(("seconds", "cpu_seconds_total", "steps_total"), so_far, strict=True))
        yield {**same, **epoch.model_dump(), **totals}
