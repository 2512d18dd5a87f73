"""PointSummary: what the seeds of one arm at one grid point say together, and how many of them say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bn_study.analysis.axis import Axes, axis_paths
from bn_study.analysis.frame import Table, columns_of, table_of, texts
from bn_study.analysis.group import Group, grouped
from bn_study.analysis.observation import METRICS
from bn_study.analysis.statistics import Interval, mean_interval
from bn_study.planning.expansion import Plan

STATUSES = ("finished", "diverged", "failed", "missing")
VARIANT_COLUMNS = ("data_fingerprint", "precision")
_COUNTS = ("n_planned", *(f"n_{status}" for status in STATUSES))


@dataclass(frozen=True)
class PointSummary:
    """Intervals are 95 % t intervals over the finished seeds; `counts` has `planned` and every status."""

    arm: str
    axes: Axes
    variant: Mapping[str, str]
    counts: Mapping[str, int]
    intervals: Mapping[str, Interval]


def summarize(plan: Plan, runs: Table) -> tuple[PointSummary, ...]:
    """One summary an arm and grid point, in the order of the plan; variants that may not be mixed apart."""
    return _summaries(grouped(plan, runs))


@lru_cache(maxsize=2)  # every figure asks for them; groups are compared by identity
def _summaries(groups: tuple[Group, ...]) -> tuple[PointSummary, ...]:
    return tuple(map(_summary, groups))


def _summary(group: Group) -> PointSummary:
    states = texts(group.rows, "status")
    counts = {"planned": len(states), **{status: states.count(status) for status in STATUSES}}
    values = columns_of(group.finished, METRICS)
    intervals = {metric: mean_interval(values[metric]) for metric in METRICS}
    return PointSummary(group.arm, group.axes, group.variant, counts, intervals)


def table_of_points(plan: Plan, summaries: tuple[PointSummary, ...]) -> Table:
    """Flat columns: arm, axes, variant, n_*, then METRIC_mean, METRIC_low, METRIC_high, METRIC_n."""
    rows = [_row(summary) for summary in summaries]
    variant = [column for column in VARIANT_COLUMNS if rows and column in rows[0]]
    floats = [f"{metric}_{part}" for metric in METRICS for part in ("mean", "low", "high")]
    counts = [*_COUNTS, *(f"{metric}_n" for metric in METRICS)]
    columns = ["arm", *axis_paths(plan), *variant, *_COUNTS]
    columns += [f"{metric}_{part}" for metric in METRICS for part in ("mean", "low", "high", "n")]
    return table_of(rows, columns, floats, counts)


def _row(summary: PointSummary) -> dict[str, Any]:
    row: dict[str, Any] = {"arm": summary.arm, **summary.axes, **summary.variant}
    row |= {f"n_{state}": n for state, n in summary.counts.items()}
    for metric, interval in summary.intervals.items():
        ends = {"mean": interval.mean, "low": interval.low, "high": interval.high, "n": interval.n}
        row |= {f"{metric}_{part}": value for part, value in ends.items()}
    return row


def summaries_of(plan: Plan, points: Table) -> tuple[PointSummary, ...]:
    """The summaries that a points table was made of: the inverse of `table_of_points`."""
    return tuple(_read(row, axis_paths(plan)) for row in points.to_dict("records"))


def _read(row: Mapping[Any, Any], paths: tuple[str, ...]) -> PointSummary:
    intervals = {metric: _interval(row, metric) for metric in METRICS}
    counts = {column.removeprefix("n_"): int(row[column]) for column in _COUNTS}
    variant = {column: row[column] for column in VARIANT_COLUMNS if column in row}
    return PointSummary(row["arm"], {path: row[path] for path in paths}, variant, counts, intervals)


def _interval(row: Mapping[Any, Any], metric: str) -> Interval:
    mean, low, high = (float(row[f"{metric}_{part}"]) for part in ("mean", "low", "high"))
    return Interval(mean, low, high, int(row[f"{metric}_n"]))
