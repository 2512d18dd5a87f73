"""Combination: one point of the grid, that is one panel of a figure as long as there are few."""

from __future__ import annotations

from dataclasses import dataclass

from bn_study.analysis.axis import Axes, axes_text, axis_value
from bn_study.planning.expansion import Plan

MOST_PANELS = 6
MOST_COLUMNS = 3


def columns_for(panels: int) -> int:
    """How many panels stand in a row: up to three, four as two by two."""
    return 2 if panels == 4 else min(panels, MOST_COLUMNS)


@dataclass(frozen=True)
class Combination:
    """A value for every axis; the only combination of a study without a grid has none."""

    axes: Axes

    @property
    def title(self) -> str:
        """'learning rate 0.01, batch size 128'; empty without a grid."""
        return axes_text(self.axes)


def combinations(plan: Plan) -> tuple[Combination, ...]:
    """Every grid point of the plan once, in its order."""
    found: dict[tuple[object, ...], Combination] = {}
    for point in plan.points:
        axes = {path: axis_value(value) for path, value in point.axes.items()}
        found.setdefault(tuple(axes.values()), Combination(axes))
    return tuple(found.values())
