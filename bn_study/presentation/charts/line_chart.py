"""LineChart: everything that a figure of lines shows, computed. `line_drawing` only draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.statistics import Interval


@dataclass(frozen=True)
class Line:
    """`x` and `values` have one length; values are in the unit that is shown."""

    label: str
    arm_index: int
    x: tuple[float, ...]
    values: tuple[Interval, ...]


@dataclass(frozen=True)
class LinePanel:
    """One frame. Without lines it says `empty` instead."""

    title: str
    x_label: str
    y_label: str
    y_range: str
    """panels that name the same one have one range, so that a glance across them compares"""
    lines: tuple[Line, ...]
    whole_x: bool = False
    """x are whole numbers: no ticks between them"""
    zero_x: bool = False
    """the x axis begins at zero"""
    empty: str = ""


@dataclass(frozen=True)
class LineChart:
    """Panels stand in rows of `columns`."""

    name: str
    title: str
    panels: tuple[LinePanel, ...]
    columns: int
    caption: tuple[str, ...]
    run_ids: tuple[str, ...] = ()
    """of the finished runs that it is drawn from"""
    kind: Literal["lines"] = "lines"
