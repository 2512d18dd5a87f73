"""GridPoint: one value for every axis of the grid, that is one panel of a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bn_study.analysis.axis import Axes, axis_name, axis_value, fits
from bn_study.planning.expansion import Plan
from bn_study.presentation.words.wording import value_label

MOST_PANELS = 6
MOST_COLUMNS = 3
MOST_PAGES = 2


@dataclass(frozen=True)
class GridPoint:
    """The only point of a study without a grid has no axes."""

    axes: Axes

    @property
    def title(self) -> str:
        """'learning rate 0.01, batch size 128'; empty without a grid."""
        return ", ".join(f"{axis_name(path)} {value_label(value)}" for path, value in self.axes.items())


@dataclass(frozen=True)
class Page:
    """The grid points of one figure, of the `count` figures that small multiples are spread over."""

    points: tuple[GridPoint, ...]
    place: int = 0
    count: int = 1
    left_out: int = 0

    def named(self, name: str) -> str:
        """'bars_step_seconds_2' for the second of several."""
        return f"{name}_{self.place + 1}" if self.place else name

    def titled(self, title: str) -> str:
        """'Step time (2 of 3)' where there are several."""
        return f"{title} ({self.place + 1} of {self.count})" if self.count > 1 else title

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence about what is not drawn, if anything is not."""
        if not self.left_out:
            return ()
        drawn = MOST_PANELS * self.count
        return (f"Panels: the first {drawn} of {drawn + self.left_out}; table.csv has all.",)


def grid_points(plan: Plan, at: Mapping[str, Any] = MappingProxyType({})) -> tuple[GridPoint, ...]:
    """Every grid point of the plan once, in its order; of those that have these values."""
    found: dict[tuple[object, ...], GridPoint] = {}
    for point in (point for point in plan.points if fits(point, at)):
        axes = {path: axis_value(value) for path, value in point.axes.items()}
        found.setdefault(tuple(axes.values()), GridPoint(axes))
    return tuple(found.values())


def pages(points: Sequence[GridPoint]) -> Iterator[Page]:
    """Up to six grid points a figure, about equally many, and two figures at most."""
    drawn = points[: MOST_PANELS * MOST_PAGES]
    count = -(-len(drawn) // MOST_PANELS)
    each = -(-len(drawn) // max(1, count))
    for place in range(count):
        yield Page(tuple(drawn[place * each : (place + 1) * each]), place, count, len(points) - len(drawn))


def columns_for(panels: int) -> int:
    """How many panels stand in a row: up to three, four as two by two."""
    return 2 if panels == 4 else max(1, min(panels, MOST_COLUMNS))
