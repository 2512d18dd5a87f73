"""GapChart: training and validation accuracy as the two ends of a bar, by arm; computed. `gap_drawing` draws it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.gap import GapEnds, gap_ends
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import GapFigure
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.combination import MOST_PANELS, Combination, columns_for, combinations
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import arm_index, arm_label, brief

_GAP = "generalization_gap"


@dataclass(frozen=True)
class GapRow:
    """An arm, in percent; `text` is the gap with half of its interval."""

    label: str
    arm_index: int
    train: Interval
    validation: Interval
    gap: Interval
    text: str


@dataclass(frozen=True)
class GapPanel:
    """One frame: arms from top to bottom."""

    title: str
    rows: tuple[GapRow, ...]
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether no arm has a value."""
        return not any(math.isfinite(row.gap.mean) for row in self.rows)


@dataclass(frozen=True)
class GapChart:
    """Panels share the axis of accuracies."""

    name: str
    title: str
    x_label: str
    panels: tuple[GapPanel, ...]
    columns: int
    caption: tuple[str, ...]
    run_ids: tuple[str, ...] = ()
    """of the finished runs that it is drawn from"""
    kind: Literal["gap"] = "gap"


def gap_charts(results: Results, figure: GapFigure) -> tuple[GapChart, ...]:
    """One panel a grid point, up to six; the caption says what is not drawn."""
    ends, places = gap_ends(results), combinations(results.plan)
    drawn = places[:MOST_PANELS]
    left_out = [f"Panels: the first {len(drawn)} of {len(places)} grid points; table.csv has all."]
    return (
        GapChart(
            name="gap",
            title=figure.title or "Training and validation accuracy at the end, and the gap between them",
            x_label="accuracy (%)",
            panels=tuple(_panel(results.plan, place, ends) for place in drawn),
            columns=columns_for(len(drawn)),
            caption=caption(results, ["Both in inference mode.", *(left_out if len(drawn) < len(places) else ())]),
        ),
    )


def _panel(plan: Plan, place: Combination, ends: tuple[GapEnds, ...]) -> GapPanel:
    rows = tuple(_row(plan, one) for one in ends if one.axes == place.axes)
    return GapPanel(brief(place.title), rows, "no finished run yet")


def _row(plan: Plan, one: GapEnds) -> GapRow:
    scale = scale_of(_GAP)
    train, validation, gap = (scale.interval(interval) for interval in (one.train, one.validation, one.gap))
    half = f" ± {number(one.gap.half, scale)}" if math.isfinite(one.gap.half) else ""
    text = f"{number(one.gap.mean, scale)}{half}" if math.isfinite(one.gap.mean) else "no finished run"
    return GapRow(arm_label(one.arm, one.variant), arm_index(plan, one.arm), train, validation, gap, text)
