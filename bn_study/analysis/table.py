"""The tables of a study: one row a run, one row an epoch, one row a number that figures draw of its probes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bn_study.analysis.axis import axis_paths, fits
from bn_study.analysis.frame import Table, table_of
from bn_study.analysis.mixing import KEPT_APART
from bn_study.analysis.observation import COLUMNS, COUNTS, METRICS, absent, circumstances, observe, place
from bn_study.config.figure import ProbeFigure
from bn_study.planning.expansion import Plan, Point
from bn_study.store.record import EpochRecord, RunRecord

_EPOCH_FIELDS = tuple(EpochRecord.model_fields)
EPOCH_COLUMNS = (
    "run_id", "status", *_EPOCH_FIELDS, "seconds", "cpu_seconds_total", "steps_total", *KEPT_APART,
)  # fmt: skip
PROBE_COLUMNS = ("run_id", "probe", "quantity", "of", "epoch", "step", "value")
PROBE_COUNTS = ("epoch", "step")
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


def probes_table(plan: Plan, records: Mapping[str, RunRecord]) -> Table:
    """One row a number that a figure of the study draws of what a run's probes saw, by run: layers × looks.

    Only these, and with six digits, for all would be megabytes. `epoch` is 0 within the first epoch; a number that is
    measured at the end alone has the last look's.
    """
    figures = [figure for figure in plan.source.study.figures if isinstance(figure, ProbeFigure)]
    drawn: dict[str, set[tuple[str, str]]] = {}
    for point in plan.points:
        for figure in figures:
            if point.arm in (figure.arms or (point.arm,)) and fits(point, figure.at):
                drawn.setdefault(point.fingerprint, set()).update((one.probe, one.quantity) for one in figure.drawn)
    rows = [
        row
        for run in plan.runs
        for row in _probed(run.run_id, records.get(run.fingerprint), drawn.get(run.fingerprint, ()))
    ]
    return table_of(rows, PROBE_COLUMNS, ["value"], PROBE_COUNTS)


def _probed(run_id: str, record: RunRecord | None, drawn: Collection[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    seen = record.probes if record else None
    for table in seen.tables if seen else ():
        if seen and (table.probe, table.quantity) in drawn:
            times = seen.times if len(table.values) == len(seen.times) else seen.times[-1:]
            for when, values in zip(times, table.values, strict=True):
                for of, value in zip(table.of, values, strict=True):
                    short = None if value is None else float(f"{value:.6g}")
                    row = (run_id, table.probe, table.quantity, of, when.epoch, when.step, short)
                    yield dict(zip(PROBE_COLUMNS, row, strict=True))
