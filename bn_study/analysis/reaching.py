"""Reaching: the first epoch, step or second at which validation accuracy is high enough."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.axis import Axes
from bn_study.analysis.frame import columns_of
from bn_study.analysis.group import Group
from bn_study.analysis.statistics import Number

Measure = Literal["epochs", "steps", "seconds", "cpu_seconds"]
MEASURES: tuple[Measure, ...] = ("epochs", "steps", "seconds")
_COLUMNS = ("seed", "validation_accuracy", "epoch", "steps_total", "seconds", "cpu_seconds_total")


@dataclass(frozen=True)
class Reached:
    """Where a run first reached the accuracy: counted from the start of training to that epoch's end."""

    epochs: int
    steps: int
    seconds: float
    cpu_seconds: Number = math.nan


@dataclass(frozen=True)
class Reaching:
    """Seed → where it reached `accuracy`, over finished and diverged runs; None = not in its epochs.

    Such a run is censored: all that is known is that it takes longer. So there is no mean over the others in
    its place, but a median in which it counts as later than all.
    """

    arm: str
    axes: Axes
    variant: Mapping[str, str]
    accuracy: float
    by_seed: Mapping[int, Reached | None]

    @property
    def n(self) -> int:
        """How many runs were looked at."""
        return len(self.by_seed)

    @property
    def not_reached(self) -> int:
        """How many of them never got there."""
        return sum(reached is None for reached in self.by_seed.values())

    def values(self, measure: Measure) -> dict[int, float]:
        """Seed → epochs, steps or seconds, of the runs that reached it."""
        return {seed: float(getattr(reached, measure)) for seed, reached in self.by_seed.items() if reached}

    def median(self, measure: Measure) -> float | None:
        """None when half of the runs or more did not reach it, or there are none."""
        values = [*self.values(measure).values(), *[math.inf] * self.not_reached]
        middle = statistics.median(values) if values else math.inf
        return middle if math.isfinite(middle) else None

    @property
    def note(self) -> str:
        """'not reached by 2 of 5', or empty when all did."""
        return f"not reached by {self.not_reached} of {self.n}" if self.not_reached else ""


def first_reaching(validation_accuracies: Iterable[float | None], accuracy: float) -> int | None:
    """Index of the first epoch with at least `accuracy`, else None. NaN and None reach nothing."""
    for index, value in enumerate(validation_accuracies):
        if value is not None and value >= accuracy:
            return index
    return None


def reaching(group: Group, accuracy: float) -> Reaching:
    """Of all its runs that ended; n = 0 where none has yet."""
    rows: dict[int, list[tuple[float, ...]]] = {}
    columns = columns_of(group.epochs, _COLUMNS)
    for seed, *row in zip(*columns.values(), strict=True):
        rows.setdefault(int(seed), []).append(tuple(row))
    ended = group.runs[group.runs["status"].isin(["finished", "diverged"])]
    by_seed = {seed: _reached(rows.get(seed, ()), accuracy) for seed in map(int, ended["seed"])}
    return Reaching(group.arm, group.axes, group.variant, accuracy, by_seed)


def _reached(rows: Sequence[tuple[float, ...]], accuracy: float) -> Reached | None:
    """`rows`: (validation accuracy, epoch, steps, seconds, CPU seconds) of each epoch of a run."""
    index = first_reaching((row[0] for row in rows), accuracy)
    if index is None:
        return None
    _, epoch, steps, seconds, cpu_seconds = rows[index]
    return Reached(int(epoch), int(steps), seconds, cpu_seconds)
