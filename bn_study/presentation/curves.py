"""Learning curves: metrics against epoch or training time, mean and interval over seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bn_study.analysis.curve import Curve, mean_curves
from bn_study.analysis.frame import Table
from bn_study.config.study import CurvesFigure
from bn_study.planning.expansion import Plan
from bn_study.presentation.caption import NO_FINISHED_RUN, caption
from bn_study.presentation.combination import MOST_PANELS, Combination, combinations
from bn_study.presentation.line_chart import Line, LineChart, LinePanel, Stroke
from bn_study.presentation.number import scale_of
from bn_study.presentation.quantity import Placed
from bn_study.presentation.sweep import Swept, sweep_chart
from bn_study.presentation.wording import (
    arm_index,
    arm_label,
    enumeration,
    label_of,
    sentence,
    shared_label_of,
    with_unit,
)

_AGAINST = {"epoch": "epoch", "seconds": "training time (s)"}


def curve_charts(plan: Plan, runs: Table, epochs: Table, figure: CurvesFigure) -> tuple[LineChart, ...]:
    """The figure as one chart or more.

    Without a grid: one panel a metric. With up to six grid points: one panel each, in charts of at most two
    metrics of one unit, the first of them dashed. With more: the last epoch against the first axis (`sweep`).
    """
    curves: dict[str, tuple[Curve, ...]] = {
        metric: mean_curves(plan, runs, epochs, metric) for metric in figure.metrics
    }
    places = combinations(plan)
    if len(places) == 1:
        panels = [_panel(plan, figure, places[0], [metric], curves) for metric in figure.metrics]
        return (_chart(plan, runs, figure, figure.metrics, panels),)
    if len(places) > MOST_PANELS:
        return tuple(_sweep(plan, runs, figure, metric, curves[metric]) for metric in figure.metrics)
    return tuple(
        _chart(plan, runs, figure, pair, [_panel(plan, figure, place, pair, curves) for place in places])
        for pair in _pairs(figure.metrics)
    )


def _pairs(metrics: Sequence[str]) -> list[tuple[str, ...]]:
    """Two neighbours of one unit share a chart: training and validation accuracy, say."""
    pairs: list[tuple[str, ...]] = []
    for metric in metrics:
        if pairs and len(pairs[-1]) == 1 and scale_of(pairs[-1][0]).unit == scale_of(metric).unit:
            pairs[-1] = (*pairs[-1], metric)
        else:
            pairs.append((metric,))
    return pairs


def _panel(
    plan: Plan,
    figure: CurvesFigure,
    place: Combination,
    metrics: Sequence[str],
    curves: Mapping[str, Sequence[Curve]],
) -> LinePanel:
    strokes: tuple[Stroke, ...] = ("own",) if len(metrics) == 1 else ("dashed", "solid")
    lines = [
        _line(plan, figure, curve, stroke)
        for metric, stroke in zip(metrics, strokes, strict=True)
        for curve in curves[metric]
        if curve.axes == place.axes and any(math.isfinite(value.mean) for value in curve.intervals)
    ]
    return LinePanel(
        place.title,
        _AGAINST[figure.against],
        with_unit(shared_label_of(metrics), metrics[0]),
        scale_of(metrics[0]).unit or metrics[0],
        tuple(lines),
        whole_x=figure.against == "epoch",
        empty=NO_FINISHED_RUN,
    )


def _line(plan: Plan, figure: CurvesFigure, curve: Curve, stroke: Stroke) -> Line:
    x = curve.seconds if figure.against == "seconds" else tuple(map(float, curve.epochs))
    values = tuple(map(scale_of(curve.metric).interval, curve.intervals))
    return Line(arm_label(curve.arm, curve.variant), arm_index(plan, curve.arm), stroke, x, values)


def _chart(
    plan: Plan, runs: Table, figure: CurvesFigure, metrics: Sequence[str], panels: Sequence[LinePanel]
) -> LineChart:
    labels = [label_of(metric, "epoch") for metric in metrics]
    against = "training time" if figure.against == "seconds" else "epoch"
    title = figure.title or sentence(f"{enumeration(labels)} against {against}")
    name = "_".join(("curves", *metrics, *(("against_seconds",) if figure.against == "seconds" else ())))
    two = any(line.stroke != "own" for panel in panels for line in panel.lines)
    strokes: tuple[tuple[Stroke, str], ...] = (("dashed", labels[0]), ("solid", labels[1])) if two else ()
    return LineChart(name, title, tuple(panels), caption(plan, runs), strokes)


def _sweep(plan: Plan, runs: Table, figure: CurvesFigure, metric: str, curves: Sequence[Curve]) -> LineChart:
    values = tuple(
        Placed(curve.arm, curve.axes, arm_label(curve.arm, curve.variant), curve.intervals[-1])
        for curve in curves
    )
    swept = Swept(metric, f"{label_of(metric, 'epoch')}, last epoch", values)
    return sweep_chart(plan, runs, swept, f"curves_{metric}", figure.title)
