"""The computed part of learning curves and sweeps."""

from __future__ import annotations

from typing import Any

import pytest
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.analysis.statistics import mean_interval
from bn_study.config.figure import CurvesFigure
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.drawing.line_drawing import labels_are_apart
from bn_study.presentation.figures.axis_chart import AxisChart
from bn_study.presentation.figures.curves import curve_charts
from bn_study.presentation.figures.sweep import suits_log

ACCURACIES = CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy"))
TIMED = CurvesFigure(kind="curves", metrics=("validation_accuracy",), against="seconds", title="My title")
THREE_SEEDS = "seeds=[0, 1, 2]"


def _charts(plan: Plan, figure: CurvesFigure, end: object = None) -> tuple[Any, ...]:
    records = realistic(plan, end) if end else realistic(plan)  # type: ignore[arg-type]
    return curve_charts(results_of(plan, records), figure)


def test_without_a_grid_there_is_one_panel_a_metric_on_one_scale() -> None:
    plan = plan_of("paper", THREE_SEEDS)
    (chart,) = _charts(plan, ACCURACIES)
    assert chart.name == "curves_train_accuracy_validation_accuracy"
    assert [panel.y_label for panel in chart.panels] == ["training accuracy (%)", "validation accuracy (%)"]
    assert len({panel.y_range for panel in chart.panels}) == 1
    for panel in chart.panels:
        assert [line.label for line in panel.lines] == list(plan.source.study.arms)
        assert [line.arm_index for line in panel.lines] == [0, 1, 2, 3, 4]


def test_a_line_holds_the_interval_of_its_seeds_at_every_epoch_in_percent() -> None:
    plan = plan_of("paper", THREE_SEEDS)
    results = results_of(plan, realistic(plan))
    epochs = results.epochs
    (chart,) = curve_charts(results, ACCURACIES)
    line = chart.panels[1].lines[1]
    assert line.x == (1.0, 2.0, 3.0, 4.0)
    for epoch, value in zip(line.x, line.values, strict=True):
        here = epochs[(epochs["arm"] == "bn") & (epochs["epoch"] == epoch)]["validation_accuracy"]
        expected = mean_interval(here)
        assert (value.mean, value.low, value.high) == pytest.approx(
            (100 * expected.mean, 100 * expected.low, 100 * expected.high)
        )
        assert value.n == 3


def test_against_seconds_x_is_the_mean_time_since_the_start() -> None:
    plan = plan_of("paper", THREE_SEEDS)

    def paced(point: Point) -> dict[str, object]:
        return {"epoch_seconds": 1.0 + point.seed}

    (chart,) = _charts(plan, TIMED, paced)
    assert (chart.title, chart.name) == ("My title", "curves_validation_accuracy_against_seconds")
    assert all(line.x == (2.0, 4.0, 6.0, 8.0) for line in chart.panels[0].lines)
    assert chart.panels[0].x_label == "training time (s)"


def test_colours_do_not_move_when_an_arm_is_missing() -> None:
    plan = plan_of("paper", THREE_SEEDS)
    (chart,) = _charts(plan, TIMED, lambda point: {"missing": point.arm in ("plain", "bn_after")})
    assert [(line.label, line.arm_index) for line in chart.panels[0].lines] == [
        ("bn", 1), ("dropout", 3), ("bn_dropout", 4),
    ]  # fmt: skip
    assert "6 of 15 runs not done yet (plain: all 3; bn_after: all 3)." in chart.caption


def test_only_finished_runs_are_in_a_mean_and_the_caption_names_the_rest() -> None:
    plan = plan_of("paper", THREE_SEEDS)

    def end(point: Point) -> dict[str, object]:
        if (point.arm, point.seed) == ("bn", 1):
            return {"status": "diverged", "validation": [0.9, None]}
        return {}

    (chart,) = _charts(plan, TIMED, end)
    bn = next(line for line in chart.panels[0].lines if line.label == "bn")
    assert [value.n for value in bn.values] == [2, 2, 2, 2]
    assert "1 of 15 runs diverged (bn: seed 1)." in chart.caption
    assert "Mean and 95 % t-interval over 2 to 3 seeds." in chart.caption


def test_one_seed_has_no_interval_and_says_so() -> None:
    (chart,) = _charts(plan_of("paper", "seeds=[7]"), TIMED)
    assert chart.caption[0] == "One seed: no interval."


def test_without_results_there_are_frames_that_say_so() -> None:
    (chart,) = _charts(plan_of("paper"), ACCURACIES, lambda point: {"missing": True})
    assert [(panel.lines, panel.empty) for panel in chart.panels] == [((), "no finished run yet")] * 2


def test_three_grid_points_make_three_columns_of_two_metrics() -> None:
    (chart,) = _charts(plan_of("paper", THREE_SEEDS, LEARNING_RATES), ACCURACIES)
    assert (len(chart.panels), chart.columns) == (6, 3)
    assert [panel.title for panel in chart.panels[:3]] == [
        "learning rate 0.001", "learning rate 0.01", "learning rate 0.1",
    ]  # fmt: skip
    assert all(len(panel.lines) == 5 for panel in chart.panels)


def test_six_grid_points_make_one_chart_a_metric() -> None:
    charts = _charts(plan_of("paper", "seeds=[0]", LEARNING_RATES, "grid.training.batch_size=[64, 128]"), ACCURACIES)
    assert [chart.name for chart in charts] == ["curves_train_accuracy", "curves_validation_accuracy"]
    assert [(len(chart.panels), chart.columns) for chart in charts] == [(6, 3), (6, 3)]


def test_more_grid_points_are_drawn_against_the_first_axis() -> None:
    plan = plan_of("paper", "seeds=[0]", LEARNING_RATES, "grid.training.batch_size=[32, 64, 128, 256]")
    charts = _charts(plan, ACCURACIES)
    chart = charts[1]
    assert [panel.title for panel in chart.panels] == [f"batch size {size}" for size in (32, 64, 128, 256)]
    assert isinstance(chart, AxisChart)
    assert (chart.log_x, chart.x_label, chart.positions) == (True, "learning rate", (0.001, 0.01, 0.1))
    assert all(len(series.points) == 3 for panel in chart.panels for series in panel.series)


def test_panels_that_have_no_room_are_named_not_dropped_in_silence() -> None:
    sizes = "grid.training.batch_size=[16, 32, 64, 128, 256, 512, 1024]"
    (chart,) = _charts(plan_of("paper", "seeds=[0]", LEARNING_RATES, sizes), TIMED)
    assert len(chart.panels) == 6
    assert "Panels: the first 6 of 7 combinations of the other axes; table.csv has all." in chart.caption


def test_an_axis_of_names_stands_side_by_side() -> None:
    activations = "grid.model.activation=[relu, tanh, elu, selu, gelu, swish, sigmoid]"
    (chart,) = _charts(plan_of("paper", "seeds=[0]", activations), TIMED)
    assert isinstance(chart, AxisChart)
    assert chart.ticks == ("relu", "tanh", "elu", "selu", "gelu", "swish", "sigmoid")
    assert chart.positions == (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)


@pytest.mark.parametrize(
    ("values", "log"),
    [
        ((0.001, 0.1), True),
        ((0.01, 0.1), True),
        ((32, 256), False),
        ((0, 100), False),
        ((-1, 100), False),
        (("relu", 100), False),
    ],
)
def test_logarithmic_from_a_decade_of_positive_numbers(values: tuple[float | str, ...], log: bool) -> None:
    assert suits_log(values) is log


def test_labels_collide_when_closer_than_a_line_of_text() -> None:
    assert labels_are_apart([0.5, 0.6], (0.0, 1.0), panel_points=300)
    assert not labels_are_apart([0.6, 0.5, 0.55], (0.0, 1.0), panel_points=300)
    assert labels_are_apart([], (0.0, 1.0), panel_points=300)
