"""Probing: what probes saw in the nets of one arm at one grid point, by look and layer, over its seeds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bn_study.analysis.axis import Axes
from bn_study.analysis.frame import Table, texts
from bn_study.analysis.group import Group
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval, mean_interval
from bn_study.config.probes import ProbeQuantity


@dataclass(frozen=True, eq=False)
class Probing:
    """`values` is (runs, looks, layers), of log₁₀ where the quantity spans decades; NaN for what is not defined.

    `of` names the layers from the input up. Runs that diverged are among them: their looks are of before.
    """

    arm: str
    axes: Axes
    variant: Mapping[str, str]
    quantity: ProbeQuantity
    of: tuple[str, ...]
    epochs: tuple[int, ...]
    """0 within the first epoch, else the one that had just ended"""
    steps: tuple[int, ...]
    """steps done until then"""
    values: NDArray[np.float64]

    def at(self, look: int, layer: int) -> Interval:
        """Over the runs; both count from 0, or from the end as -1."""
        return mean_interval(self.values[:, look, layer].tolist())

    def over_layers(self) -> tuple[Interval, ...]:
        """One a look: the layers' mean, their largest, or the slope over them, run by run."""
        over = _OVER[self.quantity.over_layers]
        by_look = self.values.transpose(1, 0, 2).tolist()
        return tuple(mean_interval(map(over, runs)) for runs in by_look)


def probings(results: Results, quantity: ProbeQuantity) -> tuple[Probing, ...]:
    """One an arm and grid point of which some run was probed, in the order of the plan."""
    table = results.probes
    rows = table[(table["probe"] == quantity.probe) & (table["quantity"] == quantity.quantity)]
    by_run = {str(run_id): own for run_id, own in rows.groupby("run_id", sort=False)}
    found = (_probing(group, quantity, by_run) for group in results.groups)
    return tuple(one for one in found if one is not None)


def _probing(group: Group, quantity: ProbeQuantity, by_run: Mapping[str, Table]) -> Probing | None:
    runs = [by_run[run_id] for run_id in texts(group.runs, "run_id") if run_id in by_run]
    if not runs:
        return None
    pairs = {pair for run in runs for pair in zip(*(map(int, run[name]) for name in ("step", "epoch")), strict=True)}
    times = dict(sorted(pairs))
    of = list(dict.fromkeys(name for run in runs for name in run["of"]))
    looks, layers = ({name: place for place, name in enumerate(names)} for names in (times, of))
    values = np.full((len(runs), len(looks), len(layers)), np.nan)
    for place, run in enumerate(runs):
        values[place, run["step"].map(looks).astype(int), run["of"].map(layers).astype(int)] = run["value"]
    if quantity.log:
        values = np.log10(values, out=np.full_like(values, np.nan), where=values > 0)
    epochs, steps = tuple(times.values()), tuple(times)
    return Probing(group.arm, group.axes, group.variant, quantity, tuple(of), epochs, steps, values)


def _mean(layers: Sequence[float]) -> float:
    """Over the layers where it is defined, as the metrics of probes have it."""
    known = [value for value in layers if math.isfinite(value)]
    return statistics.fmean(known) if known else math.nan


def _largest(layers: Sequence[float]) -> float:
    return max((value for value in layers if math.isfinite(value)), default=math.nan)


def _slope(layers: Sequence[float]) -> float:
    """Of log₁₀ over depth, by least squares; NaN where a layer has none."""
    if len(layers) < 2 or not all(value > 0 for value in layers):
        return math.nan
    return statistics.linear_regression(range(len(layers)), list(map(math.log10, layers))).slope


_OVER: dict[str, Callable[[Sequence[float]], float]] = {"mean": _mean, "largest": _largest, "slope": _slope}
