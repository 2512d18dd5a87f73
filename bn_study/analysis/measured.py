"""What was measured where a source printed a number: the same arm, grid point, metric and epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bn_study.analysis.axis import axis_value
from bn_study.analysis.frame import Table, numbers
from bn_study.analysis.group import Group, grouped
from bn_study.analysis.observation import METRICS
from bn_study.config.metric import EPOCH_METRICS
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan, Point


@dataclass(frozen=True)
class Measured:
    """Seed → value over finished runs; `note` says why there is none, `variant` keeps mixed results apart."""

    variant: Mapping[str, str]
    by_seed: Mapping[int, float]
    note: str = ""


class Measurements:
    """Looks up measured values by published number; groups the tables once."""

    def __init__(self, plan: Plan, runs: Table, epochs: Table) -> None:
        self._plan = plan
        self._groups = grouped(plan, runs)
        self._epochs = {(group.arm, group.key): group for group in grouped(plan, runs, epochs)}

    def of(self, published: Published) -> tuple[Measured, ...]:
        """At least one; several only where results of one point may not be mixed."""
        if published.metric not in METRICS and published.metric not in EPOCH_METRICS:
            return (Measured({}, {}, "it does not say which accuracy is to be reached"),)
        places = _places(self._plan, published)
        if len(places) != 1:
            many = (
                f"`at` fits {len(places)} grid points of this plan, not one" if places else "not in this plan"
            )
            return (Measured({}, {}, many),)
        return tuple(
            self._measured(group, published)
            for group in self._groups
            if group.arm == published.arm and tuple(group.axes.values()) == places[0]
        )

    def _measured(self, group: Group, published: Published) -> Measured:
        by_seed = self._by_seed(group, published)
        if by_seed:
            return Measured(group.variant, by_seed)
        why = f"epoch {published.epoch} was not trained" if len(group.finished) else "no finished run"
        return Measured(group.variant, {}, why)

    def _by_seed(self, group: Group, published: Published) -> dict[int, float]:
        if published.metric in METRICS:
            return group.by_seed(published.metric)
        epochs = self._epochs.get((group.arm, group.key))
        return _of_epoch(epochs.finished, published) if epochs else {}


def _of_epoch(epochs: Table, published: Published) -> dict[int, float]:
    """Seed → the metric in the published epoch; in the last one where the source names none."""
    if published.epoch is not None:
        epochs = epochs[epochs["epoch"] == published.epoch]
    return dict(zip(map(int, epochs["seed"]), numbers(epochs, published.metric), strict=True))


def _places(plan: Plan, published: Published) -> list[tuple[Any, ...]]:
    fitting = [point for point in plan.points if point.arm == published.arm and _fits(point, published.at)]
    return list(dict.fromkeys(tuple(map(axis_value, point.axes.values())) for point in fitting))


def _fits(point: Point, at: Mapping[str, Any]) -> bool:
    return all(axis_value(_value(point, path)) == axis_value(wanted) for path, wanted in at.items())


def _value(point: Point, path: str) -> Any:
    if path in point.axes:
        return point.axes[path]
    value: Any = point.spec.model_dump()
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
