"""PointSummary: what the seeds of one arm at one grid point say together, and how many of them say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bn_study.analysis.axis import Axes, axis_paths
from bn_study.analysis.frame import Table, columns_of, table_of, texts
from bn_study.analysis.group import Group
from bn_study.analysis.mixing import KEPT_APART
from bn_study.analysis.observation import METRICS, absent, metrics_in
from bn_study.analysis.statistics import Interval, mean_interval
from bn_study.planning.expansion import Plan

STATUSES = ("finished", "diverged", "failed", "missing")
_COUNTS = ("n_planned", *(f"n_{status}" for status in STATUSES))


@dataclass(frozen=True)
class PointSummary:
    """Intervals are 95 % t intervals over the finished seeds; `counts` has `planned` and every status."""

    arm: str
    axes: Axes
    variant: Mapping[str, str]
    counts: Mapping[str, int]
    intervals: Mapping[str, Interval]
    processors: tuple[str, ...] = ()
    """models that the finished runs were computed on; none in findings from before they were written down"""


def summary(group: Group) -> PointSummary:
    """Of all its runs."""
    states = group.states
    counts = {"planned": len(states), **{status: states.count(status) for status in STATUSES}}
    values = columns_of(group.finished, metrics_in(group.runs))
    intervals = {metric: mean_interval(column) for metric, column in values.items()}
    processors = tuple(sorted(set(filter(None, texts(group.finished, "processor")))))
    return PointSummary(group.arm, group.axes, group.variant, counts, intervals, processors)


def points_table(plan: Plan, summaries: Sequence[PointSummary]) -> Table:
    """One row an arm and grid point: how many runs ended how, and each metric's mean and 95 % t interval.

    Columns: arm, axes, n_*, processors, then METRIC_mean, METRIC_low, METRIC_high, METRIC_n. Runs that must not be
    averaged (see `mixing`) are rows of their own, told apart by more columns after the axes.
    """
    rows = [_row(one) for one in summaries]
    variant = [column for column in KEPT_APART if rows and column in rows[0]]
    metrics = [metric for metric in METRICS if metric not in absent(plan)]
    floats = [f"{metric}_{part}" for metric in metrics for part in ("mean", "low", "high")]
    counts = [*_COUNTS, *(f"{metric}_n" for metric in metrics)]
    columns = ["arm", *axis_paths(plan), *variant, *_COUNTS, "processors"]
    columns += [f"{metric}_{part}" for metric in metrics for part in ("mean", "low", "high", "n")]
    return table_of(rows, columns, floats, counts)


def _row(one: PointSummary) -> dict[str, Any]:
    row: dict[str, Any] = {"arm": one.arm, **one.axes, **one.variant}
    row |= {f"n_{state}": n for state, n in one.counts.items()} | {"processors": "; ".join(one.processors)}
    for metric, interval in one.intervals.items():
        ends = {"mean": interval.mean, "low": interval.low, "high": interval.high, "n": interval.n}
        row |= {f"{metric}_{part}": value for part, value in ends.items()}
    return row
