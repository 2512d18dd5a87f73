"""Group: the runs that may be averaged, that is one arm at one grid point over its seeds, and their epochs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from bn_study.analysis.axis import Axes, axis_paths
from bn_study.analysis.frame import Table, columns_of, texts
from bn_study.analysis.mixing import Kept
from bn_study.planning.expansion import Plan

_Place: TypeAlias = tuple[Any, ...]  # arm, then one value an axis
_Variant: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Group:
    """Rows of the tables of runs and of epochs.

    `variant` tells results apart that must not be averaged; it is empty when nothing is mixed.
    """

    arm: str
    axes: Axes
    variant: Mapping[str, str]
    runs: Table
    epochs: Table

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for the same grid point and variant in another arm."""
        return (*self.axes.values(), *self.variant.values())

    @cached_property
    def finished(self) -> Table:
        """The rows of finished runs: the only ones that means are taken of."""
        return _finished(self.runs)

    @cached_property
    def finished_epochs(self) -> Table:
        """The epochs of finished runs."""
        return _finished(self.epochs)

    @property
    def states(self) -> list[str]:
        """How each of its runs ended, or `missing`."""
        return texts(self.runs, "status")

    def by_seed(self, metric: str) -> dict[int, float]:
        """Seed → value over the finished runs; NaN where it was not measured."""
        columns = columns_of(self.finished, ("seed", metric))
        return dict(zip(map(int, columns["seed"]), columns[metric], strict=True))

    def at_chance(self) -> dict[int, float]:
        """Seed → 1 / classes over the diverged runs, but for those of which it is not known how many classes."""
        columns = columns_of(self.runs[self.runs["status"] == "diverged"], ("seed", "classes"))
        pairs = zip(map(int, columns["seed"]), columns["classes"], strict=True)
        return {seed: 1 / classes for seed, classes in pairs if classes == classes}


def _finished(table: Table) -> Table:
    finished = table["status"] == "finished"
    return table if finished.all() else table[finished]


def grouped(plan: Plan, runs: Table, epochs: Table, apart: tuple[Kept, ...]) -> tuple[Group, ...]:
    """All rows by arm, axes and what is kept `apart`, in the order of the plan.

    A row without results belongs to the first variant of its point, so that the runs planned at a point are
    counted once.
    """
    paths = axis_paths(plan)
    of_runs, of_epochs = (_members(table, ("arm", *paths), apart) for table in (runs, epochs))
    return tuple(
        Group(
            arm=arm,
            axes=dict(zip(paths, axes, strict=True)),
            variant=dict(zip(apart, variant, strict=True)),
            runs=_rows(runs, rows),
            epochs=_rows(epochs, of_epochs.get(((arm, *axes), variant), [])),
        )
        for ((arm, *axes), variant), rows in of_runs.items()
    )


def _members(
    table: Table, columns: tuple[str, ...], apart: tuple[Kept, ...]
) -> dict[tuple[_Place, _Variant], list[int]]:
    """Variants of one point side by side, points in the order of the table."""
    places = list(zip(*(table[column] for column in columns), strict=True))
    members: dict[tuple[_Place, _Variant], list[int]] = {}
    for row, key in enumerate(zip(places, _variants(table, places, apart), strict=True)):
        members.setdefault(key, []).append(row)
    order = {where: rank for rank, where in enumerate(dict.fromkeys(places))}
    return dict(sorted(members.items(), key=lambda item: order[item[0][0]]))


def _variants(table: Table, places: list[_Place], apart: tuple[Kept, ...]) -> list[_Variant]:
    if not apart:
        return [()] * len(places)
    variants: list[_Variant] = list(zip(*(texts(table, column) for column in apart), strict=True))
    first: dict[_Place, _Variant] = {}
    for where, variant in zip(places, variants, strict=True):
        if all(variant):
            first.setdefault(where, variant)
    return [v if all(v) else first.get(where, v) for where, v in zip(places, variants, strict=True)]


def _rows(table: Table, rows: list[int]) -> Table:
    """Rows that follow each other, as those of a plan do, as a view: 20 times faster than a copy of 40 columns."""
    first, after = (rows[0], rows[-1] + 1) if rows else (0, 0)
    return table.iloc[first:after] if after - first == len(rows) else table.iloc[rows]
