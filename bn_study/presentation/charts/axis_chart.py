"""AxisChart: everything that a figure against one axis of the grid shows, computed. `axis_drawing` only draws it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.statistics import Interval

_MOST_MARKS = 32  # along the width of a figure
NO_VALUE = Interval(math.nan, math.nan, math.nan, 0)


@dataclass(frozen=True)
class AxisPoint:
    """An arm at one value of the axis, in the unit that is shown; NaN where there is none.

    `value` is of the `value.n` finished runs of those `planned`; `text` is its number as written. `published` is
    the source's number, ± its uncertainty.
    """

    place: int
    """index into the chart's `ticks`"""
    value: Interval
    text: str
    planned: int
    diverged: int
    published: Interval = NO_VALUE


@dataclass(frozen=True)
class AxisSeries:
    """One arm from left to right; also where it has no value."""

    label: str
    arm_index: int
    points: tuple[AxisPoint, ...]


@dataclass(frozen=True)
class AxisPanel:
    """One frame; `second` are the series on the right axis. Without any value or divergence it says `empty`."""

    title: str
    series: tuple[AxisSeries, ...]
    second: tuple[AxisSeries, ...] = ()
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        points = (point for series in self.series for point in series.points)
        return not any(point.diverged or ends(point) for point in points)


@dataclass(frozen=True)
class AxisChart:
    """Panels share all axes. `positions` are the values where they are numbers, else 0, 1, 2, …"""

    name: str
    title: str
    mark: Literal["lines", "bars"]
    x_label: str
    y_label: str
    second_label: str
    ticks: tuple[str, ...]
    positions: tuple[float, ...]
    log_x: bool
    panels: tuple[AxisPanel, ...]
    columns: int
    caption: tuple[str, ...]
    run_ids: tuple[str, ...] = ()
    """of the finished runs that it is drawn from"""
    kind: Literal["axis"] = "axis"

    @property
    def is_dense(self) -> bool:
        """So many values that marks of neighbours would cover each other: intervals are drawn as bands."""
        return self.mark == "lines" and len(self.ticks) * self.columns > _MOST_MARKS


def ends(point: AxisPoint) -> list[float]:
    """Every finite number that the axis has to reach for this point."""
    values = (point.value, point.published)
    return [end for one in values for end in (one.mean, one.low, one.high) if math.isfinite(end)]


def limits(chart: AxisChart, which: Literal["series", "second"]) -> tuple[float, float]:
    """Least and greatest number of all panels; from zero for bars, and for durations on the right."""
    found = [
        end for panel in chart.panels for series in getattr(panel, which) for p in series.points for end in ends(p)
    ]
    if which == "second" or chart.mark == "bars":
        found.append(0.0)
    return (min(found), max(found)) if found else (0.0, 1.0)


def diverged_points(panel: AxisPanel) -> Iterator[tuple[int, AxisSeries, AxisPoint]]:
    """(how many diverged series stand at the same place before it, series, point)."""
    before: dict[int, int] = {}
    for series in panel.series:
        for point in series.points:
            if point.diverged:
                rank = before.setdefault(point.place, 0)
                before[point.place] += 1
                yield rank, series, point


def has_published(chart: AxisChart) -> bool:
    """Whether any point stands beside a number of the source."""
    points = (p for panel in chart.panels for series in panel.series for p in series.points)
    return any(math.isfinite(point.published.mean) for point in points)


def has_diverged(chart: AxisChart) -> bool:
    """Whether any run of it diverged."""
    return any(point.diverged for panel in chart.panels for series in panel.series for point in series.points)
