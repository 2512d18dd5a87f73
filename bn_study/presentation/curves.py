"""Learning curves: metrics against epoch or training time, mean and interval over seeds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from bn_study.analysis.curve import Curve, mean_curves
from bn_study.analysis.frame import Table
from bn_study.config.study import CurvesFigure
from bn_study.planning.expansion import Plan
from bn_study.presentation.caption import NO_FINISHED_RUN, caption
from bn_study.presentation.combination import MOST_PANELS, Combination, combinations
from bn_study.presentation.line_chart import Line, LineChart, LinePanel
from bn_study.presentation.number import scale_of
from bn_study.presentation.sweep import Swept, sweep_charts
from bn_study.presentation.wording import arm_index, arm_label, axis_label_of, enumeration, label_of, sentence

_AGAINST = {"epoch": "epoch", "seconds": "training time (s)"}


def curve_charts(plan: Plan, runs: Table, epochs: Table, figure: CurvesFigure) -> tuple[LineChart, ...]:
    """The figure as one chart or more.

    Without a grid: one panel a metric. With up to six grid points: one panel each, and charts of at most two
    metrics of one unit, the first dashed. With more: the last epoch against the first axis (`sweep`).
    """
    curves = {metric: mean_curves(plan, runs, epochs, metric) for metric in figure.metrics}
    places = combinations(plan)
    if len(places) > MOST_PANELS:
        swept = [Swept(metric, tuple(map(_last, curves[metric])), "last epoch") for metric in figure.metrics]
        return sweep_charts(plan, runs, swept, figure.title)
    if len(places) == 1:
        return (_chart(plan, runs, figure, figure.metrics, _panel_a_metric(plan, figure, curves)),)
    return tuple(
        _chart(plan, runs, figure, metrics, _panel_a_place(plan, figure, metrics, places, curves))
        for metrics in _pairs(figure.metrics)
    )


def _pairs(metrics: Sequence[str]) -> list[tuple[str, ...]]:
    """Two neighbours of one unit share a chart: training and validation accuracy, say."""
    by_unit = itertools.groupby(metrics, key=lambda metric: scale_of(metric).unit)
    return [pair for _, same in by_unit for pair in itertools.batched(same, 2)]


def _panel_a_metric(plan: Plan, figure: CurvesFigure, curves: dict[str, tuple[Curve, ...]]) -> list[LinePanel]:
    return [
        _panel(figure, "", axis_label_of([metric]), [_line(plan, figure, curve, "own") for curve in curves[metric]])
        for metric in figure.metrics
    ]
