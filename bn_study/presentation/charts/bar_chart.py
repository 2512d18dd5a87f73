"""BarChart: everything that a figure of bars shows, computed. `bar_drawing` only draws it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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
    """Bars one above the other under one label."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class BarPanel:
    """One frame: groups from top to bottom; `empty` is said over a panel whose bars all lack a value."""

    title: str
    groups: tuple[BarGroup, ...]
    empty: str = ""


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
    run_ids: tuple[str, ...] = ()
    """of the finished runs that it is drawn from"""
    kind: Literal["bars"] = "bars"


def panel_of(title: str, groups: Iterable[tuple[str, Sequence[Bar]]]) -> BarPanel:
    """What all bars of a panel, or of a group, lack for the same reason is said once."""
    named = [(label, tuple(bars)) for label, bars in groups]
    reasons = {bar.text if _absent(bar) else "" for _, bars in named for bar in bars}
    if len(reasons) == 1 and (empty := reasons.pop()):
        return BarPanel(title, tuple(BarGroup(label, ()) for label, _ in named), empty)
    return BarPanel(title, tuple(BarGroup(label, _once(bars)) for label, bars in named))


def _once(bars: tuple[Bar, ...]) -> tuple[Bar, ...]:
    alike = len(bars) > 1 and all(map(_absent, bars)) and len({bar.text for bar in bars}) == 1
    return bars[:1] if alike else bars


def _absent(bar: Bar) -> bool:
    return not math.isfinite(bar.value.mean)
