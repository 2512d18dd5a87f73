"""Learning curves: metrics against epoch or training time, mean and interval over seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bn_study.analysis.axis import axis_paths
from bn_study.analysis.curve import Curve, mean_curves
from bn_study.analysis.results import Results
from bn_study.config.figure import CurvesFigure
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.axis_chart import AxisChart
from bn_study.presentation.charts.combination import (
    MOST_COLUMNS,
    MOST_PANELS,
    Combination,
    columns_for,
    combinations,
)
from bn_study.presentation.charts.line_chart import Line, LineChart, LinePanel
from bn_study.presentation.charts.quantity import Placed
from bn_study.presentation.charts.sweep import LAST_EPOCH, Layout, Swept, sweep_chart
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import scale_of
from bn_study.presentation.words.wording import arm_index, arm_label, enumeration, label_of, sentence, with_unit

_AGAINST = {"epoch": "epoch", "seconds": "training time (s)"}


def curve_charts(results: Results, figure: CurvesFigure) -> tuple[LineChart | AxisChart, ...]:
    """The figure as one chart or more.

    Without a grid: one panel a metric. With two or three grid points: two metrics a chart, one above the
    other; with up to six: one. With more: the last epoch's value against the first axis (`sweep`).
    """
    places = combinations(results.plan)
    if len(places) > MOST_PANELS:
        return tuple(_sweep(results, figure, metric) for metric in figure.metrics)
    together = len(figure.metrics) if len(places) == 1 else 2 if len(places) <= MOST_COLUMNS else 1
    return tuple(
        _chart(results, figure, figure.metrics[first : first + together])
        for first in range(0, len(figure.metrics), together)
    )


def _chart(results: Results, figure: CurvesFigure, metrics: Sequence[str]) -> LineChart:
    places = combinations(results.plan)
    panels = [panel for metric in metrics for panel in _row(results, figure, metric)]
    columns = columns_for(len(panels)) if 1 in (len(places), len(metrics)) else len(places)
    labels = enumeration([label_of(metric, "epoch") for metric in metrics])
    against = "training time" if figure.against == "seconds" else "epoch"
    return LineChart(
        name="_".join(("curves", *metrics, *(("against_seconds",) if figure.against == "seconds" else ()))),
        title=figure.title or sentence(f"{labels} against {against}"),
        panels=tuple(panels),
        columns=columns,
        caption=caption(results),
    )


def _row(results: Results, figure: CurvesFigure, metric: str) -> list[LinePanel]:
    curves = mean_curves(results, metric)
    return [_panel(results.plan, figure, place, metric, curves) for place in combinations(results.plan)]


def _panel(plan: Plan, figure: CurvesFigure, place: Combination, metric: str, curves: Sequence[Curve]) -> LinePanel:
    drawn = [curve for curve in curves if curve.axes == place.axes and _is_visible(curve)]
    return LinePanel(
        title=place.title,
        x_label=_AGAINST[figure.against],
        y_label=with_unit(label_of(metric, "epoch"), metric),
        y_range=metric if place.axes else scale_of(metric).unit or metric,
        lines=tuple(_line(plan, figure, curve) for curve in drawn),
        whole_x=figure.against == "epoch",
        zero_x=figure.against == "seconds",
        empty="no finished run yet",
    )


def _is_visible(curve: Curve) -> bool:
    return any(math.isfinite(value.mean) for value in curve.intervals)


def _line(plan: Plan, figure: CurvesFigure, curve: Curve) -> Line:
    x = curve.seconds if figure.against == "seconds" else tuple(map(float, curve.epochs))
    values = tuple(map(scale_of(curve.metric).interval, curve.intervals))
    return Line(arm_label(curve.arm, curve.variant), arm_index(plan, curve.arm), x, values)


def _sweep(results: Results, figure: CurvesFigure, metric: str) -> AxisChart:
    values = tuple(
        Placed(curve.arm, curve.axes, arm_label(curve.arm, curve.variant), curve.intervals[-1])
        for curve in mean_curves(results, metric)
    )
    swept = Swept(metric, f"{label_of(metric, 'epoch')}, {LAST_EPOCH}", values)
    layout = Layout(f"curves_{metric}", figure.title, axis_paths(results.plan)[0])
    return sweep_chart(results, layout, swept)
