"""Tables that an earlier report wrote, read back: its numbers outlive the folders of its runs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from bn_study.analysis.axis import axis_paths
from bn_study.analysis.frame import Table, table_of
from bn_study.analysis.observation import COLUMNS, observe, place
from bn_study.analysis.origin import Origin
from bn_study.analysis.results import Results
from bn_study.analysis.table import (
    EPOCH_COLUMNS,
    EPOCH_COUNTS,
    EPOCH_FLOATS,
    PROBE_COLUMNS,
    PROBE_COUNTS,
    run_columns,
)
from bn_study.datasets import describe
from bn_study.datasets.regular_file import opened
from bn_study.planning.expansion import Plan

FINDINGS, RUNS, EPOCHS, PROBES = "findings.json", "runs.csv", "epochs.csv", "probes.csv"
#: Beside results that a change of their study has made wrong: why, in a sentence.
SUPERSEDED = "superseded.md"

Row = Mapping[str, str]


class Superseded(Exception):
    """A report is of an earlier version of its study: of its runs, the plan has none."""


class Foreign(Exception):
    """What lies in the folder of a report is none, or is torn."""


def written_results(plan: Plan, folder: Path) -> Results:
    """Of the runs that the plan still has. Raises Superseded where it has none, Foreign, and OSError."""
    try:
        with opened(folder / FINDINGS) as file:
            origin = Origin.model_validate_json(file.read())
        probes = _probes(plan, folder / PROBES)
        return Results(plan, _runs(plan, folder / RUNS), _epochs(plan, folder / EPOCHS), probes, origin)
    except (ValueError, KeyError, csv.Error) as error:
        reason = str(error).splitlines()[0]
        raise Foreign(f"{folder} holds no report that can be read again: {reason}; remove it") from error


def _runs(plan: Plan, path: Path) -> Table:
    """What `runs_table` gave; NaN for a metric that had no column yet."""
    written = {key: own[0] for key, own in _by_run(path).items()}
    if written and written.keys().isdisjoint(_key(point.run_id) for point in plan.points):
        raise Superseded(
            f"{path.parent} is left as it is: its {len(written)} runs are of an earlier version of the study; "
            f"`{plan.source.command('run')}` makes it anew"
        )
    columns, floats, counts = run_columns(plan)
    rows = []
    for point in plan.points:
        row, new = written.get(_key(point.run_id)), observe(point, None)
        own = {name: _read(row, name, floats, counts) for name in COLUMNS if row and name in row and name != "run_id"}
        if row and "classes" not in row:  # a table of an earlier version
            own["classes"] = describe(point.spec.dataset.name).classes
        rows.append({**new, **own})
    return table_of(rows, columns, floats, counts)


def _epochs(plan: Plan, path: Path) -> Table:
    """What `epochs_table` gave."""
    written = _by_run(path)
    rows = [
        {**place(point), "run_id": point.run_id}
        | {name: _read(row, name, EPOCH_FLOATS, EPOCH_COUNTS) for name in EPOCH_COLUMNS if name != "run_id"}
        for point in plan.points
        for row in written.get(_key(point.run_id), ())
    ]
    return table_of(rows, ["arm", *axis_paths(plan), "seed", *EPOCH_COLUMNS], EPOCH_FLOATS, EPOCH_COUNTS)


def _probes(plan: Plan, path: Path) -> Table:
    """What `probes_table` gave; none where no figure drew any."""
    written = _by_run(path, "quantity") if path.exists() else {}
    rows = [
        {"run_id": run.run_id}
        | {name: _read(row, name, ["value"], PROBE_COUNTS) for name in PROBE_COLUMNS if name != "run_id"}
        for run in plan.runs
        for row in written.get(_key(run.run_id), ())
    ]
    return table_of(rows, PROBE_COLUMNS, ["value"], PROBE_COUNTS)


def _by_run(path: Path, needed: str = "status") -> dict[str, list[Row]]:
    """Rows by what tells specs apart; of points that share a run, those of one."""
    with TextIOWrapper(opened(path), "utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if not {"run_id", needed} <= set(rows.fieldnames or ()):
            raise ValueError(f"{path}: no table of a report, for it has no columns run_id and {needed}")
        by_name: dict[str, list[Row]] = {}
        for row in rows:
            by_name.setdefault(row["run_id"], []).append(row)
    found: dict[str, list[Row]] = {}
    for name, own in by_name.items():
        found.setdefault(_key(name), own)
    return found


def _key(run_id: str) -> str:
    """The hash at the end: what stands before it are names, which may be written otherwise by now."""
    return run_id.rpartition("_")[2]


def _read(row: Row, name: str, floats: Iterable[str], counts: Iterable[str]) -> Any:
    text = row.get(name, "")
    kind: Callable[[str], Any] = float if name in floats else int if name in counts else str
    return None if not text and kind is not str else kind(text)
