"""BarChart: everything that a figure of bars shows, computed. `bar_drawing` only draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.statistics import Interval

Tone = Literal["full", "light", "hatched"]


@dataclass(frozen=True)
class Bar:
    """`value` in the unit that is shown, `text` at its end; `hatched` is what a source published."""

    arm_index: int
    tone: Tone
    value: Interval
    text: str


@dataclass(frozen=True)
class BarGroup:
    """Bars side by side under one label."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class BarPanel:
    """One frame: groups from top to bottom."""

    title: str
    groups: tuple[BarGroup, ...]


@dataclass(frozen=True)
class BarChart:
    """Panels share both axes. `tones` explains the tones, `arms` the colours where groups are not arms."""

    name: str
    title: str
    value_label: str
    panels: tuple[BarPanel, ...]
    caption: tuple[str, ...]
    tones: tuple[tuple[Tone, str], ...] = ()
    arms: tuple[tuple[int, str], ...] = ()
