"""What the source printed beside what was measured at the same epochs, for metrics that no bars show."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from bn_study.analysis.axis import axes_text, axis_value
from bn_study.analysis.published import OTHER_DATA, BesidePublished, beside_published
from bn_study.analysis.results import Results
from bn_study.config.figure import AxisFigure, BarsFigure
from bn_study.config.metric import ALL_METRICS
from bn_study.config.study import Published, Study
from bn_study.planning.expansion import Plan
from bn_study.presentation.charts.bar_chart import Bar, BarChart, panel_of
from bn_study.presentation.charts.bars import MOST_ROWS
from bn_study.presentation.charts.printed import printed_value
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import arm_index, label_of, sentence, with_unit


def published_charts(results: Results) -> tuple[BarChart, ...]:
    """One chart a metric: the published numbers in the left panel, ours in the right, arms side by side.

    Left and right are not one panel, for where the data differ only the gaps between arms compare.
    """
    beside = beside_published(results)
    return tuple(
        _chart(results, metric, [one for one in beside if one.published.metric == metric])
        for metric in _metrics_not_drawn(results.plan.source.study)
    )


def _metrics_not_drawn(study: Study) -> list[str]:
    drawn = {metric for figure in study.figures if isinstance(figure, (BarsFigure, AxisFigure)) and figure.published
             for metric in figure.metrics}  # fmt: skip
    metrics = dict.fromkeys(published.metric for published in study.published)
    return [metric for metric in metrics if metric not in drawn and not ALL_METRICS[metric].needs]


def _chart(results: Results, metric: str, beside: Sequence[BesidePublished]) -> BarChart:
    groups: dict[str, list[BesidePublished]] = {}
    for one in beside:
        groups.setdefault(_group_label(one.published), []).append(one)
    shown = _last_that_fit(groups)
    remarks = [f"Drawn: the last {len(shown)} of {len(groups)}; published.csv has all."] * (len(shown) < len(groups))
    other = any(not one.published.same_data for one in beside)
    remarks += [sentence(f"published on {OTHER_DATA}.")] * other
    label = label_of(metric, "run" if all(one.published.epoch is None for one in beside) else "epoch")
    return BarChart(
        name=f"published_{metric}",
        title=sentence(f"{label}: published{' (other data)' if other else ''} and measured here"),
        value_label=with_unit(label, metric),
        panels=(
            panel_of(f"published{', other data' if other else ''}", _bars(results.plan, shown, _published)),
            panel_of("measured here", _bars(results.plan, shown, _measured)),
        ),
        caption=caption(results, remarks),
        arms=_arms(results.plan, beside),
    )


def _last_that_fit(groups: dict[str, list[BesidePublished]]) -> dict[str, list[BesidePublished]]:
    """Where the source printed more epochs than can be read, the last ones: they are what it argues with."""
    widest = max(map(len, groups.values()))
    keep = max(1, MOST_ROWS // widest)
    return dict(list(groups.items())[-keep:])


def _bars(
    plan: Plan,
    groups: dict[str, list[BesidePublished]],
    bar: Callable[[Plan, BesidePublished], Bar],
) -> list[tuple[str, list[Bar]]]:
    return [(label, [bar(plan, one) for one in beside]) for label, beside in groups.items()]


def _published(plan: Plan, one: BesidePublished) -> Bar:
    return Bar(arm_index(plan, one.published.arm), "hatched", *printed_value(one.published))


def _measured(plan: Plan, one: BesidePublished) -> Bar:
    scale, arm = scale_of(one.published.metric), arm_index(plan, one.published.arm)
    text = number(one.measured.mean, scale) if math.isfinite(one.measured.mean) else one.note
    return Bar(arm, "full", scale.interval(one.measured), text.removesuffix(f"; {OTHER_DATA}"))


def _group_label(published: Published) -> str:
    at = axes_text({path: axis_value(value) for path, value in published.at.items()})
    if published.epoch is not None:
        return ", ".join(filter(None, (at, f"epoch {published.epoch}")))
    return at or ("all epochs" if ALL_METRICS[published.metric].unit == "s" else "last epoch")


def _arms(plan: Plan, beside: Sequence[BesidePublished]) -> tuple[tuple[int, str], ...]:
    names = dict.fromkeys(one.published.arm for one in beside)
    return tuple((arm_index(plan, name), name) for name in names)
