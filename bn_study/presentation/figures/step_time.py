"""Step time by arm as a BarChart, with the ratio to the first arm written at each bar."""

from __future__ import annotations

import math

from bn_study.analysis.comparison import ArmDifference, compare_with_first_arm
from bn_study.analysis.point import PointSummary
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import StepTimeFigure
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.bar_chart import Bar, BarChart, BarPanel, panel_of
from bn_study.presentation.figures.combination import MOST_PANELS, Combination, combinations
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import arm_index, arm_label, brief, label_of, sentence, with_unit

_METRIC = "step_seconds"


def step_time_charts(results: Results, figure: StepTimeFigure) -> tuple[BarChart, ...]:
    """One panel a grid point, up to six; the caption says what is not drawn."""
    places = combinations(results.plan)
    drawn, first = places[:MOST_PANELS], next(iter(results.plan.source.study.arms))
    remarks = [f"In brackets: ratio to {first}, geometric mean over seeds that both have."]
    if len(drawn) < len(places):
        remarks.append(f"Panels: the first {len(drawn)} of {len(places)} grid points; table.csv has all.")
    summaries = results.summaries
    ratios = {_key(one): one.ratios[_METRIC] for one in compare_with_first_arm(results)}
    return (
        BarChart(
            name="step_time",
            title=figure.title or sentence(label_of(_METRIC)),
            value_label=with_unit(label_of(_METRIC), _METRIC),
            panels=tuple(_panel(results.plan, place, summaries, ratios) for place in drawn),
            caption=caption(results, remarks),
        ),
    )


def _key(one: PointSummary | ArmDifference) -> tuple[object, ...]:
    return (one.arm, *one.axes.values(), *one.variant.values())


def _panel(
    plan: Plan, place: Combination, summaries: tuple[PointSummary, ...], ratios: dict[tuple[object, ...], Interval]
) -> BarPanel:
    here = [one for one in summaries if one.axes == place.axes]
    groups = [(arm_label(one.arm, one.variant), [_bar(plan, one, ratios.get(_key(one)))]) for one in here]
    return panel_of(brief(place.title), groups)


def _bar(plan: Plan, one: PointSummary, ratio: Interval | None) -> Bar:
    value, scale = one.intervals[_METRIC], scale_of(_METRIC)
    absent = "not measured" if one.counts["finished"] else "no finished run"
    times = f" ({ratio.mean:.2f}×)" if ratio and math.isfinite(ratio.mean) else ""
    text = f"{number(value.mean, scale)}{times}" if math.isfinite(value.mean) else absent
    return Bar(arm_index(plan, one.arm), "full", scale.interval(value), text)
