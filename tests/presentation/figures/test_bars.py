"""The computed part of bars: what stands beside what, and what may not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.config.figure import BarsFigure
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.drawing.figures import charts
from bn_study.presentation.figures.axis_chart import AxisChart
from bn_study.presentation.figures.bar_chart import BarChart
from bn_study.presentation.figures.bars import bar_charts
from bn_study.presentation.figures.published_bars import published_charts

LAST_AND_BEST = BarsFigure(kind="bars", metrics=("last_validation_accuracy", "best_validation_accuracy"))
LAST = BarsFigure(kind="bars", metrics=("last_validation_accuracy",))
PLAN = plan_of("paper", "seeds=[0, 1, 2]")


def _with(plan: Plan, **changes: Any) -> Plan:
    study = plan.source.study.model_copy(update=changes)
    return replace(plan, source=replace(plan.source, study=study))


def _bars(plan: Plan, figure: BarsFigure, end: Any = None) -> tuple[BarChart | AxisChart, ...]:
    records = realistic(plan, end) if end else realistic(plan)
    return bar_charts(results_of(plan, records), figure)


def _one(plan: Plan, figure: BarsFigure, end: Any = None) -> BarChart:
    (chart,) = _bars(plan, figure, end)
    assert isinstance(chart, BarChart)
    return chart


def _rising(point: Point) -> dict[str, object]:
    """Best in the second epoch, worse in the last."""
    return {"validation": [0.3, 0.5 + 0.01 * point.seed, 0.4 + 0.01 * point.seed]}


def test_last_and_best_stand_side_by_side_for_every_arm() -> None:
    chart = _one(PLAN, LAST_AND_BEST, _rising)
    assert (chart.name, chart.title) == (
        "bars_last_validation_accuracy_best_validation_accuracy",
        "Validation accuracy: last epoch and best epoch",
    )
    (panel,) = chart.panels
    assert [group.label for group in panel.groups] == list(PLAN.source.study.arms)
    for group in panel.groups:
        assert [bar.text for bar in group.bars] == ["41.0", "51.0"]
        assert [bar.value.mean for bar in group.bars] == pytest.approx([41.0, 51.0])
        assert [bar.tone for bar in group.bars] == ["full", "light"]
    assert "Best epochs were chosen on test data: optimistic." in chart.caption


def test_published_numbers_of_the_same_metric_stand_beside_hatched() -> None:
    published = (
        Published(id="k", arm="bn", metric="last_validation_accuracy", value=0.87, uncertainty=0.01),
        Published(id="l", arm="plain", metric="train_loss", epoch=4, value=0.3),
    )
    plan = _with(PLAN, published=published)
    groups = {group.label: group.bars for group in _one(plan, LAST).panels[0].groups}
    assert [bar.tone for bar in groups["bn"]] == ["full", "hatched"]
    assert (groups["bn"][1].value.low, groups["bn"][1].value.high) == pytest.approx((86.0, 88.0))
    assert [bar.tone for bar in groups["plain"]] == ["full"]  # its number is of another metric
    unasked = _one(plan, LAST.model_copy(update={"published": False}))
    assert {bar.tone for group in unasked.panels[0].groups for bar in group.bars} == {"full"}


def test_a_published_number_of_another_epoch_is_not_mixed_in() -> None:
    number = Published(id="k", arm="bn", metric="last_validation_accuracy", epoch=30, value=0.87)
    chart = _one(_with(PLAN, published=(number,)), LAST)
    assert {bar.tone for group in chart.panels[0].groups for bar in group.bars} == {"full"}


def test_what_the_source_printed_of_other_metrics_has_a_chart_of_its_own() -> None:
    records = realistic(PLAN)
    drawn = {chart.name: chart for chart in published_charts(results_of(PLAN, records))}
    assert set(drawn) == {"published_train_loss", "published_train_accuracy"}
    published, measured = drawn["published_train_accuracy"].panels
    assert published.title == "published, other data"
    assert [group.label for group in published.groups] == [f"epoch {n}" for n in (1, 2, 3, 4)]
    assert [bar.text for bar in published.groups[0].bars] == ["76.2", "78.0"]
    assert {bar.tone for group in published.groups for bar in group.bars} == {"hatched"}
    assert {bar.tone for group in measured.groups for bar in group.bars} == {"full"}
    assert [bar.arm_index for bar in measured.groups[0].bars] == [1, 3]
    assert "Published on other data: compare sign and gap only." in drawn["published_train_accuracy"].caption


def test_a_source_of_many_epochs_shows_the_last_and_says_so() -> None:
    numbers = [
        Published(id=f"{arm}{n}", arm=arm, metric="train_loss", epoch=n, value=1 / n)
        for n in range(1, 16)
        for arm in ("bn", "plain")
    ]
    plan = _with(plan_of("laptop", "seeds=[0]"), published=tuple(numbers))
    records = realistic(plan)
    (chart,) = published_charts(results_of(plan, records))
    assert [group.label for group in chart.panels[0].groups] == [f"epoch {n}" for n in range(9, 16)]
    assert "Drawn: the last 7 of 15; published.csv has all." in chart.caption


def test_why_nothing_stands_beside_a_published_number_is_said_once() -> None:
    plan = plan_of("paper", "seeds=[0]", LEARNING_RATES)
    records = realistic(plan)
    chart = published_charts(results_of(plan, records))[0]
    assert chart.panels[1].empty == "no single grid point is named: 3 of this plan fit"


def test_arms_without_a_finished_run_keep_their_place_and_say_so() -> None:
    chart = _one(PLAN, LAST_AND_BEST, lambda point: {"missing": point.arm == "bn"})
    groups = {group.label: group.bars for group in chart.panels[0].groups}
    assert list(groups) == list(PLAN.source.study.arms)
    assert [bar.text for bar in groups["bn"]] == ["no finished run"]
    assert math.isnan(groups["bn"][0].value.mean)


def test_a_bar_of_runs_that_did_not_all_reach_it_has_no_interval_and_says_how_many() -> None:
    def slow(point: Point) -> dict[str, object]:
        return {"validation": [0.3, 0.3] if point.arm == "bn" and point.seed == 0 else [0.3, 0.6]}

    chart = _one(PLAN, BarsFigure(kind="bars", metrics=("epochs_to_accuracy",)), slow)
    groups = {group.label: group.bars[0] for group in chart.panels[0].groups}
    assert groups["plain"].text == "2.0"
    assert groups["bn"].text == "2.0 (not reached by 1 of 3)"
    assert math.isnan(groups["bn"].value.half)
    said = "Epochs to 50 % validation accuracy: means over runs that got there; bn: 1 of 3 did not."
    assert said in chart.caption


def test_metrics_of_different_units_do_not_share_an_axis() -> None:
    figure = BarsFigure(kind="bars", metrics=("step_seconds", "generalization_gap"), title="Cost and gap")
    titles = [chart.title for chart in _bars(PLAN, figure)]
    assert titles == [
        "Cost and gap: median time of a training step",
        "Cost and gap: training minus validation accuracy at the end, both in inference mode",
    ]


def test_two_metrics_part_where_their_bars_have_no_room() -> None:
    six = plan_of("paper", "seeds=[0]", LEARNING_RATES, "grid.training.batch_size=[64, 128]")
    assert [chart.name for chart in _bars(six, LAST_AND_BEST)] == [
        "bars_last_validation_accuracy", "bars_best_validation_accuracy",
    ]  # fmt: skip
    many = plan_of("paper", "seeds=[0]", LEARNING_RATES, "grid.training.batch_size=[16, 32, 64]")
    assert all(isinstance(chart, AxisChart) for chart in _bars(many, LAST_AND_BEST))


def test_every_chart_of_a_study_has_a_name_of_its_own_and_none_is_drawn_twice() -> None:
    again = LAST.model_copy(update={"title": "Once more"})
    plan = _with(PLAN, figures=(LAST, again, LAST), published=())
    records = realistic(plan)
    drawn = charts(results_of(plan, records))
    assert [(chart.name, chart.title) for chart in drawn] == [
        ("bars_last_validation_accuracy", "Validation accuracy, last epoch"),
        ("bars_last_validation_accuracy_2", "Once more"),
    ]


def test_a_study_that_names_no_figures_gets_six() -> None:
    plan = _with(PLAN, figures=(), published=())
    records = realistic(plan)
    drawn = charts(results_of(plan, records))
    assert [chart.name for chart in drawn] == [
        "curves_train_accuracy_validation_accuracy",
        "curves_train_loss_validation_loss",
        "curves_validation_accuracy_against_seconds",
        "bars_last_validation_accuracy_best_validation_accuracy",
        "gap",
        "step_time",
    ]
