"""Learning curves: metrics against epoch or training time, mean and interval over seeds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from bn_study.analysis.curve import Curve, mean_curves
from bn_study.analysis.results import Results
from bn_study.config.figure import CurvesFigure
from bn_study.config.metric import EpochMetricName
from bn_study.presentation.figures.grid_point import GridPoint, Page, columns_for, grid_points, pages
from bn_study.presentation.figures.marks import AnyMark, Band, Line, Look
from bn_study.presentation.figures.panel import Axis, Figure, Panel, log_span, span
from bn_study.presentation.words.caption import caption, why_absent
from bn_study.presentation.words.number import bounds, in_full, scale_of
from bn_study.presentation.words.wording import arm_index, arm_label, enumeration, label_of, sentence, with_unit


def curves(results: Results, figure: CurvesFigure) -> Iterator[Figure]:
    """Without a grid: one panel a metric. With two or three grid points: two metrics a figure, one above the other.

    With more: one metric a figure, six grid points each.
    """
    points = grid_points(results.plan)
    together = len(figure.metrics) if len(points) == 1 else 2 if len(points) <= 3 else 1
    for first in range(0, len(figure.metrics), together):
        metrics = figure.metrics[first : first + together]
        drawn = {metric: mean_curves(results, metric) for metric in metrics}
        for page in pages(points):
            yield _figure(results, figure, drawn, page)


def _figure(
    results: Results, figure: CurvesFigure, drawn: Mapping[EpochMetricName, tuple[Curve, ...]], page: Page
) -> Figure:
    seconds = figure.against == "seconds"
    labels = enumeration([label_of(metric, "epoch") for metric in drawn])
    panels = tuple(_panel(results, figure, metric, drawn[metric], point) for metric in drawn for point in page.points)
    alone = 1 in (len(page.points), len(drawn))
    return Figure(
        form="Line chart",
        name=page.named("_".join(("curves", *drawn, *(["against_seconds"] if seconds else [])))),
        title=page.titled(figure.title or sentence(f"{labels} against {'training time' if seconds else 'epoch'}")),
        panels=panels,
        columns=columns_for(len(panels)) if alone else len(page.points),
        caption=caption(results, page.remarks),
    )


def _panel(results: Results, figure: CurvesFigure, metric: str, drawn: Sequence[Curve], point: GridPoint) -> Panel:
    """All grid points have the same axes, so that a glance across them compares."""
    here = [curve for curve in drawn if curve.axes == point.axes and _has_values(curve)]
    counts = (one.counts for one in results.summaries if one.axes == point.axes)
    arms = [curve.arm for curve in here]
    return Panel(
        title=point.title,
        x=_x_axis(figure, drawn),
        y=_y_axis(figure, metric, drawn),
        marks=tuple(
            mark
            for rank, curve in enumerate(here)
            for mark in _marks(results, figure, curve, "hollow" if curve.arm in arms[:rank] else "full")
        ),
        empty="" if here else why_absent(counts),
    )


def _y_axis(figure: CurvesFigure, metric: str, drawn: Sequence[Curve]) -> Axis:
    scale, log = scale_of(metric), figure.y_scale == "log"
    ends = (end for curve in drawn for value in curve.intervals for end in (value.mean, value.low, value.high))
    shown = [end * scale.factor for end in ends]
    low, high = figure.y_range or (log_span(shown) if log else span(shown, *bounds(metric)))
    return Axis(with_unit(label_of(metric, "epoch"), metric), low, high, log=log)


def _has_values(curve: Curve) -> bool:
    return any(math.isfinite(value.mean) for value in curve.intervals)


def _x(figure: CurvesFigure, curve: Curve) -> tuple[float, ...]:
    return curve.seconds if figure.against == "seconds" else tuple(map(float, curve.epochs))


def _x_axis(figure: CurvesFigure, drawn: Sequence[Curve]) -> Axis:
    """Time begins at zero, epochs at the first."""
    ends = [end for curve in drawn for end in _x(figure, curve)]
    if figure.against == "seconds":
        return Axis("training time (s)", *span([0.0, *ends], least=0.0))
    return Axis("epoch", *span(ends), whole=True)


def _marks(results: Results, figure: CurvesFigure, curve: Curve, look: Look) -> Iterator[AnyMark]:
    """The mean over its interval; a second curve of one arm, which mixed results keep apart, has hollow markers."""
    scale, x = scale_of(curve.metric), _x(figure, curve)
    plan = results.plan
    arm, label = arm_index(plan, curve.arm), arm_label(plan.source.study.label(curve.arm), curve.variant)
    values = [scale.interval(value) for value in curve.intervals]
    low, high = tuple(value.low for value in values), tuple(value.high for value in values)
    if any(map(math.isfinite, low)):
        yield Band(arm=arm, label=label, x=x, low=low, high=high)
    where = [f"{at:.4g} s" if figure.against == "seconds" else f"epoch {at:.0f}" for at in x]
    hovers = [f"{label}, {at}: {in_full(value, scale)}" for at, value in zip(where, curve.intervals, strict=True)]
    means = tuple(value.mean for value in values)
    yield Line(arm=arm, label=label, look=look, x=x, y=means, hovers=tuple(hovers))
