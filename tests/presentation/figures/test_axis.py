"""The computed part of figures against an axis: intervals, published points, divergences, panels."""

from __future__ import annotations

import math
from typing import Any

import pytest
from drawn_studies import (
    BATCH_SIZES,
    SEVEN_RATES,
    charts_of,
    three_axes,
    two_arms_at_five_batch_sizes,
    two_arms_at_seven_rates,
    with_study,
)
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.config.figure import AxisFigure
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.drawing.axis_drawing import draw_axis
from bn_study.presentation.drawing.style import DARK, LIGHT, figure_style
from bn_study.presentation.figures.axis_chart import AxisChart, limits
from bn_study.presentation.figures.bar_chart import BarChart
from bn_study.presentation.words.wording import brief, value_label

LAST = AxisFigure(kind="axis", metrics=("last_validation_accuracy",))


def _one(plan: Plan, figure: AxisFigure, **more: Any) -> AxisChart:
    chart = charts_of(plan, figure, **more)[0]
    assert isinstance(chart, AxisChart)
    return chart


def _by_hand(point: Point) -> dict[str, Any]:
    """Accuracies 0.40, 0.42 and 0.44 by seed at rate 0.001; one of three diverges at 0.01; all do at 0.1."""
    rate = point.axes["training.learning_rate.initial"]
    if rate == 0.1 or (rate == 0.01 and point.seed == 2):
        return {"status": "diverged", "validation": [0.1, None]}
    return {"validation": [0.3, 0.40 + 0.02 * point.seed]}


def test_a_point_holds_mean_interval_and_divergences_counted_by_hand() -> None:
    chart = _one(plan_of("paper", "seeds=[0, 1, 2]", LEARNING_RATES), LAST, end=_by_hand)
    assert (chart.ticks, chart.positions, chart.log_x) == (("0.001", "0.01", "0.1"), (0.001, 0.01, 0.1), True)
    for series in chart.panels[0].series:
        first, second, third = series.points
        # t(0.975, 2) = 4.302653, s = 0.02: half = 4.302653 * 0.02 / sqrt(3)
        half = 100 * 4.302653 * 0.02 / math.sqrt(3)
        assert (first.value.mean, first.value.low, first.value.high) == pytest.approx((42.0, 42.0 - half, 42.0 + half))
        assert (first.text, first.value.n, first.planned, first.diverged) == ("42.0", 3, 3, 0)
        assert second.value.mean == pytest.approx(41.0)  # of the two that finished
        assert (second.value.n, second.planned, second.diverged) == (2, 3, 1)
        assert math.isnan(third.value.mean)
        assert (third.text, third.planned, third.diverged) == ("", 3, 3)
    assert "20 of 45 runs diverged" in " ".join(chart.caption)


def test_published_numbers_stand_at_their_arm_and_value_and_of_this_metric_alone() -> None:
    chart = _one(two_arms_at_seven_rates(), AxisFigure(kind="axis", metrics=("best_validation_accuracy",)))
    points = {series.label: series.points for series in chart.panels[0].series}
    assert [point.published.mean for point in points["bn"]] == pytest.approx([31, 49, 71, 87, 92, 70, 10])
    assert (points["plain"][3].published.low, points["plain"][3].published.high) == pytest.approx((65, 67))
    for other in (LAST, AxisFigure(kind="axis", metrics=("best_validation_accuracy",), published=False)):
        chart = _one(two_arms_at_seven_rates(), other)
        drawn = (point for series in chart.panels[0].series for point in series.points)
        assert all(math.isnan(point.published.mean) for point in drawn)


def test_a_metric_with_published_numbers_is_drawn_once() -> None:
    figure = AxisFigure(kind="axis", metrics=("best_validation_accuracy",))
    assert len(charts_of(two_arms_at_seven_rates(), figure)) == 1
    assert len(charts_of(two_arms_at_seven_rates(), LAST)) == 2  # the published ones have a chart of their own


def test_the_second_metric_stands_on_an_axis_of_its_own_from_zero() -> None:
    figure = AxisFigure(kind="axis", metrics=("last_validation_accuracy",), mark="bars", second_metric="train_seconds")
    chart = _one(two_arms_at_five_batch_sizes(), figure, end=lambda point: {"epoch_seconds": 2.0})
    assert chart.second_label == "training time (s)"
    assert [p.value.mean for p in chart.panels[0].second[1].points] == pytest.approx([8.0] * 5)  # four epochs of 2 s
    assert limits(chart, "second") == (0.0, 8.0)
    assert limits(chart, "series")[0] == 0.0
    with figure_style():
        assert len(draw_axis(chart).axes) == 2


def test_each_metric_is_a_chart_whose_title_tells_it_apart() -> None:
    figure = AxisFigure(kind="axis", metrics=("last_validation_accuracy", "step_seconds"), title="Mine")
    titles = [chart.title for chart in charts_of(two_arms_at_five_batch_sizes(), figure)]
    assert titles == ["Mine: validation accuracy, last epoch", "Mine: median time of a training step"]


def test_the_x_axis_can_be_any_axis_and_the_others_are_panels() -> None:
    chart = _one(three_axes(), LAST)
    assert (chart.x_label, len(chart.panels), chart.columns) == ("learning rate", 6, 3)
    assert chart.panels[0].title == "widths 2 × 256, activation relu"
    against = _one(three_axes(), LAST.model_copy(update={"against": "model.activation"}))
    assert (against.x_label, against.ticks, against.log_x) == ("activation", ("relu", "sigmoid", "tanh"), False)
    assert (len(against.panels), against.columns) == (6, 2)  # three rates, two widths across


def test_every_value_of_a_panel_is_of_its_own_grid_point() -> None:
    def marked(point: Point) -> dict[str, Any]:
        rate, activation = point.axes["training.learning_rate.initial"], point.axes["model.activation"]
        deep = len(point.axes["model.widths"]) == 6
        value = {0.001: 0.1, 0.01: 0.2, 0.1: 0.3}[rate] + {"relu": 0, "sigmoid": 0.03, "tanh": 0.06}[activation]
        return {"validation": [value + 0.01 * deep]}

    chart = _one(three_axes(), LAST.model_copy(update={"against": "model.activation"}), end=marked)
    means = [[point.value.mean for point in panel.series[0].points] for panel in chart.panels]
    assert means == [pytest.approx([10 * rate + deep, 10 * rate + deep + 3, 10 * rate + deep + 6])
                     for rate in (1, 2, 3) for deep in (0, 1)]  # fmt: skip


def test_an_axis_that_is_fixed_on_the_command_line_leaves_bars() -> None:
    plan = with_study(plan_of("paper", "seeds=[0]"), published=())
    (chart,) = charts_of(plan, LAST.model_copy(update={"against": "training.batch_size"}))
    assert isinstance(chart, BarChart)


def test_without_a_run_every_panel_says_so() -> None:
    chart = _one(two_arms_at_seven_rates(), LAST, end=lambda point: {"missing": True})
    assert [(panel.is_empty, panel.empty) for panel in chart.panels] == [(True, "no finished run yet")]


@pytest.mark.parametrize("mark", ["lines", "bars"])
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_crosses_have_a_strip_of_their_own_below_every_number(mark: Any, theme: Any) -> None:
    chart = _one(two_arms_at_seven_rates(), AxisFigure(kind="axis", metrics=("best_validation_accuracy",), mark=mark))
    with figure_style(theme):
        axes = draw_axis(chart).axes[0]
    crosses = [line for line in axes.lines if line.get_marker() == "x"]
    assert len(crosses) == 4  # plain at 0.1, 1 and 10; bn at 10
    low, high = axes.get_ylim()
    highest = max(low + float(line.get_ydata()[0]) * (high - low) for line in crosses)
    assert highest < limits(chart, "series")[0] + 1e-9
    assert {text.get_text() for text in axes.texts} >= {"1/3", "3/3"}
    assert min(axes.get_yticks()) >= 0


def test_values_are_as_short_as_they_can_be_read() -> None:
    assert [value_label(value) for value in (1e-5, 1.0000001e-5, 2.5e-4, 0.001, 0.1, 10, "relu")] == [
        "1e-5", "1.0000001e-5", "2.5e-4", "0.001", "0.1", "10", "relu",
    ]  # fmt: skip
    assert brief("widths [256 256 256], activation relu") == "widths 3 × 256, activation relu"
    assert brief("[512 256] and [8]") == "[512 256] and [8]"


def test_ticks_are_the_tested_values() -> None:
    rates = _one(plan_of("paper", "seeds=[0]", SEVEN_RATES), LAST)
    assert rates.ticks == ("1e-5", "1e-4", "0.001", "0.01", "0.1", "1", "10")
    sizes = _one(plan_of("paper", "seeds=[0]", BATCH_SIZES), LAST)
    assert (sizes.positions, sizes.log_x) == ((5.0, 10.0, 50.0, 100.0, 250.0), True)
