"""What was measured where a source printed a number: the same arm, grid point, metric and epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bn_study.analysis.axis import Axes, axis_value, fits
from bn_study.analysis.frame import Table, numbers
from bn_study.analysis.group import Group
from bn_study.analysis.observation import METRICS
from bn_study.analysis.results import Results
from bn_study.config.metric import ALL_METRICS, EPOCH_METRICS
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan


@dataclass(frozen=True)
class Measured:
    """Seed → value over finished runs, and over diverged ones where the metric is an accuracy: they are at chance.

    `note` says why there is none, or that some diverged; `variant` keeps mixed results apart.
    """

    variant: Mapping[str, str]
    by_seed: Mapping[int, float]
    note: str = ""


def measured_at(results: Results, published: Published) -> tuple[Measured, ...]:
    """At least one; several only where results of one point may not be mixed."""
    place = place_of(results.plan, published)
    if isinstance(place, str):
        return (Measured({}, {}, place),)
    here = (group for group in results.groups if group.arm == published.arm and group.axes == place)
    return tuple(_measured(group, published) for group in here)


def _measured(group: Group, published: Published) -> Measured:
    of_run = _is_of_run(published)
    finished = group.by_seed(published.metric) if of_run else _of_epoch(group.finished_epochs, published)
    diverged = group.at_chance() if ALL_METRICS[published.metric].is_accuracy else {}
    by_seed = finished | diverged
    if not any(map(math.isfinite, by_seed.values())):
        return Measured(group.variant, by_seed, "not measured" if len(group.finished) else "no finished run")
    note = f"{len(diverged)} of {len(group.states)} diverged, counted as chance" if diverged else ""
    return Measured(group.variant, by_seed, note)


def _of_epoch(epochs: Table, published: Published) -> dict[int, float]:
    """Seed → the metric in the published epoch; in the last one where the source names none."""
    if published.epoch is not None:
        epochs = epochs[epochs["epoch"] == published.epoch]
    return dict(zip(map(int, epochs["seed"]), numbers(epochs, published.metric), strict=True))


def place_of(plan: Plan, published: Published) -> Axes | str:
    """The grid point that a published number speaks of; or, as text, why it has nothing to stand beside."""
    if ALL_METRICS[published.metric].needs:
        return "it does not say which accuracy is to be reached"
    fitting = [point for point in plan.points if point.arm == published.arm and fits(point, published.at)]
    if not fitting:
        return "not in this plan"
    places = {tuple((path, axis_value(value)) for path, value in point.axes.items()) for point in fitting}
    if len(places) > 1:
        return f"no single grid point is named: {len(places)} of this plan fit"
    trained, said = fitting[0].spec.training.total_epochs, published.epoch
    if said is not None and (trained != said if _is_of_run(published) else trained < said):
        return f"it is of epoch {said}; here {trained} are trained"
    return dict(*places)


def _is_of_run(published: Published) -> bool:
    """`train_seconds` is a metric of a run and of an epoch: a number of it that names an epoch is of that."""
    return published.metric in METRICS and (published.epoch is None or published.metric not in EPOCH_METRICS)
