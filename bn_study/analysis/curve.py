"""Curve: a metric over the epochs of one arm, mean and interval over its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bn_study.analysis.axis import Axes
from bn_study.analysis.frame import columns_of
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval, mean_interval


@dataclass(frozen=True)
class Curve:
    """Four columns of one length, one entry an epoch.

    `seconds` is the mean over seeds of the training time since the start: nothing is interpolated. An epoch
    that only some seeds reached has a smaller n in its interval.
    """

    arm: str
    axes: Axes
    variant: Mapping[str, str]
    metric: str
    epochs: tuple[int, ...]
    seconds: tuple[float, ...]
    intervals: tuple[Interval, ...]


def mean_curves(results: Results, metric: str) -> tuple[Curve, ...]:
    """One curve an arm and grid point with a finished run, in the order of the plan.

    `metric` is one of `config.metric.EPOCH_METRICS`. Raises KeyError for a metric that the table lacks.
    """
    curves = []
    for group in results.groups:
        columns = columns_of(group.finished_epochs, ("epoch", metric, "seconds"))
        values, seconds = (_by_epoch(columns["epoch"], columns[name]) for name in (metric, "seconds"))
        if values:
            intervals = tuple(mean_interval(of_epoch) for of_epoch in values.values())
            means = tuple(mean_interval(of_epoch).mean for of_epoch in seconds.values())
            curves.append(Curve(group.arm, group.axes, group.variant, metric, tuple(values), means, intervals))
    return tuple(curves)


def _by_epoch(epochs: Sequence[float], column: Sequence[float]) -> dict[int, list[float]]:
    values: dict[int, list[float]] = {}
    for epoch, value in zip(epochs, column, strict=True):
        values.setdefault(int(epoch), []).append(value)
    return dict(sorted(values.items()))
