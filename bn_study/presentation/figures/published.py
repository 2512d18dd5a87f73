"""What the source printed beside what was measured at the same epochs, for metrics that no other figure shows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from bn_study.analysis.axis import axes_text, axis_value
from bn_study.analysis.published import OTHER_DATA, BesidePublished, beside_published
from bn_study.analysis.results import Results
from bn_study.config.figure import AxisFigure, BarsFigure
from bn_study.config.metric import ALL_METRICS
from bn_study.config.study import Published, Study
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.bars import MOST_ROWS, LyingBar, lying_axis, lying_panel, published_bar
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.number import bounds, in_full, number, scale_of
from bn_study.presentation.words.wording import arm_index, label_of, sentence, with_unit


def published(results: Results) -> Iterator[Figure]:
    """One figure a metric: the published numbers in the left panel, ours in the right, arms side by side.

    Left and right are not one panel, for where the data differ only the gaps between arms compare.
    """
    beside = beside_published(results)
    for metric in _metrics_not_drawn(results.plan.source.study):
        yield _figure(results, metric, [one for one in beside if one.published.metric == metric])


def _metrics_not_drawn(study: Study) -> list[str]:
    drawn = {metric for figure in study.figures if isinstance(figure, (BarsFigure, AxisFigure)) and figure.published
             for metric in figure.metrics}  # fmt: skip
    metrics = dict.fromkeys(published.metric for published in study.published)
    return [metric for metric in metrics if metric not in drawn and not ALL_METRICS[metric].needs]


def _figure(results: Results, metric: str, beside: Sequence[BesidePublished]) -> Figure:
    groups: dict[str, list[BesidePublished]] = {}
    for one in beside:
        groups.setdefault(_group_label(one.published), []).append(one)
    shown = _last_that_fit(groups)
    remarks = [f"Drawn: the last {len(shown)} of {len(groups)}; published.csv has all."] * (len(shown) < len(groups))
    other = any(not one.published.same_data for one in beside)
    remarks += [sentence(f"published on {OTHER_DATA}.")] * other
    label = label_of(metric, "run" if all(one.published.epoch is None for one in beside) else "epoch")
    said = {name: [published_bar(results.plan, one.published, name) for one in own] for name, own in shown.items()}
    ours = {name: [_measured(results.plan, one, name) for one in own] for name, own in shown.items()}
    axis = lying_axis(with_unit(label, metric), (said, ours), bounds(metric))
    return Figure(
        form="Bar chart",
        name=f"published_{metric}",
        title=sentence(f"{label}: published{' (other data)' if other else ''} and measured here"),
        panels=(
            lying_panel(f"published{', other data' if other else ''}", said, axis),
            lying_panel("measured here", ours, axis),
        ),
        columns=2,
        caption=caption(results, remarks),
    )


def _last_that_fit(groups: dict[str, list[BesidePublished]]) -> dict[str, list[BesidePublished]]:
    """Where the source printed more epochs than can be read, the last ones: they are what it argues with."""
    keep = max(1, MOST_ROWS // max(map(len, groups.values())))
    return dict(list(groups.items())[-keep:])


def _measured(plan: Plan, one: BesidePublished, where: str) -> LyingBar:
    scale, arm = scale_of(one.published.metric), one.published.arm
    label = plan.source.study.label(arm)
    known = math.isfinite(one.measured.mean)
    said = number(one.measured.mean, scale) if known else one.note.removesuffix(f"; {OTHER_DATA}")
    hover = f"{label}, {where}: {in_full(one.measured, scale) if known else said}"
    return LyingBar(arm_index(plan, arm), label, scale.interval(one.measured), said, hover)


def _group_label(published: Published) -> str:
    at = axes_text({path: axis_value(value) for path, value in published.at.items()})
    if published.epoch is not None:
        return ", ".join(filter(None, (at, f"epoch {published.epoch}")))
    return at or ("all epochs" if ALL_METRICS[published.metric].unit == "s" else "last epoch")
