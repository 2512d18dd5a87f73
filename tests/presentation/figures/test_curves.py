"""Learning curves as marks: means and intervals counted from the tables, small multiples, axes."""

from __future__ import annotations

import math

import pytest
from drawn_studies import drawn, marks_of, with_study
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.analysis.statistics import mean_interval
from bn_study.config.figure import CurvesFigure
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.figures.marks import Band, Line
from bn_study.presentation.figures.panel import Figure, arms_of

ACCURACIES = CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy"))
TIMED = CurvesFigure(kind="curves", metrics=("validation_accuracy",), against="seconds", title="My title")
THREE_SEEDS = "seeds=[0, 1, 2]"


def _all_finish(point: Point) -> dict[str, object]:
    return {}


def _curves(plan: Plan, figure: CurvesFigure, end: object = _all_finish) -> tuple[Figure, ...]:
    return drawn(with_study(plan, published=()), figure, end=end)


def test_without_a_grid_there_is_one_panel_a_metric_with_a_range_of_its_own() -> None:
    plan = plan_of("paper", THREE_SEEDS)
    (figure,) = _curves(plan, ACCURACIES)
    assert figure.name == "curves_train_accuracy_validation_accuracy"
    assert [panel.y.label for panel in figure.panels] == ["training accuracy (%)", "validation accuracy (%)"]
    assert figure.panels[0].x == figure.panels[1].x
    for panel in figure.panels:
        lines = marks_of(panel, Line)
        assert [(line.arm, line.label) for line in lines] == list(enumerate(plan.source.study.arms))
        ends = [y for line in lines for y in line.y]
        assert panel.y.low < min(ends) < max(ends) < panel.y.high <= 100


def test_a_line_holds_the_interval_of_its_seeds_at_every_epoch_in_percent() -> None:
    plan = plan_of("paper", THREE_SEEDS)
    epochs = results_of(plan, realistic(plan)).epochs
    panel = _curves(plan, ACCURACIES)[0].panels[1]
    (line,), (band,) = marks_of(panel, Line, "bn"), marks_of(panel, Band, "bn")
    assert line.x == band.x == (1.0, 2.0, 3.0, 4.0)
    for epoch, mean, low, high, hover in zip(line.x, line.y, band.low, band.high, line.hovers, strict=True):
        here = epochs[(epochs["arm"] == "bn") & (epochs["epoch"] == epoch)]["validation_accuracy"]
        expected = mean_interval(here)
        assert (mean, low, high) == pytest.approx((100 * expected.mean, 100 * expected.low, 100 * expected.high))
        assert hover == f"bn, epoch {epoch:.0f}: {mean:.2f} % ({low:.2f} to {high:.2f}), n = 3"


def test_against_seconds_x_is_the_mean_time_since_the_start() -> None:
    (figure,) = _curves(plan_of("paper", THREE_SEEDS), TIMED, lambda point: {"epoch_seconds": 1.0 + point.seed})
    assert (figure.title, figure.name) == ("My title", "curves_validation_accuracy_against_seconds")
    assert all(line.x == (2.0, 4.0, 6.0, 8.0) for line in marks_of(figure.panels[0], Line))
    assert (figure.panels[0].x.label, figure.panels[0].x.low) == ("training time (s)", 0.0)


def test_colours_do_not_move_when_an_arm_is_missing() -> None:
    plan = plan_of("paper", THREE_SEEDS)
    (figure,) = _curves(plan, TIMED, lambda point: {"missing": point.arm in ("plain", "bn_after")})
    assert arms_of(figure) == ((1, "bn"), (3, "dropout"), (4, "bn_dropout"))
    assert "6 of 15 runs not done yet (plain: all 3; bn_after: all 3)." in figure.caption


def test_only_finished_runs_are_in_a_mean_and_the_caption_names_the_rest() -> None:
    def end(point: Point) -> dict[str, object]:
        lost = (point.arm, point.seed) == ("bn", 1)
        return {"status": "diverged", "validation": [0.9, None]} if lost else {}

    (figure,) = _curves(plan_of("paper", THREE_SEEDS), TIMED, end)
    (line,) = marks_of(figure.panels[0], Line, "bn")
    assert [hover.rpartition(", ")[2] for hover in line.hovers] == ["n = 2"] * 4
    assert "1 of 15 runs diverged (bn: seed 1)." in figure.caption
    assert "Mean and 95 % t-interval over 2 to 3 seeds." in figure.caption


def test_one_seed_has_no_interval_and_says_so() -> None:
    (figure,) = _curves(plan_of("paper", "seeds=[7]"), TIMED)
    assert figure.caption[0] == "One seed: no interval."
    assert marks_of(figure.panels[0], Band) == []


def test_results_that_are_mixed_are_two_lines_of_one_arm_the_second_with_hollow_markers() -> None:
    def mixed(point: Point) -> dict[str, object]:
        return {"precision": "mixed_bfloat16"} if point.arm == "bn" and point.seed == 2 else {}

    (figure,) = _curves(plan_of("paper", THREE_SEEDS), TIMED, mixed)
    lines = [line for line in marks_of(figure.panels[0], Line) if line.arm == 1]
    assert [(line.label, line.look) for line in lines] == [("bn [float32]", "full"), ("bn [mixed_bfloat16]", "hollow")]


def test_three_grid_points_make_three_columns_of_two_metrics_on_one_scale_each() -> None:
    (figure,) = _curves(plan_of("paper", THREE_SEEDS, LEARNING_RATES), ACCURACIES)
    assert (len(figure.panels), figure.columns) == (6, 3)
    titles = ["learning rate 0.001", "learning rate 0.01", "learning rate 0.1"]
    assert [panel.title for panel in figure.panels] == 2 * titles
    assert len({panel.y for panel in figure.panels}) == 2
    assert all(len(marks_of(panel, Line)) == 5 for panel in figure.panels)


def test_six_grid_points_make_one_figure_a_metric() -> None:
    figures = _curves(plan_of("paper", "seeds=[0]", LEARNING_RATES, "grid.training.batch_size=[64, 128]"), ACCURACIES)
    assert [figure.name for figure in figures] == ["curves_train_accuracy", "curves_validation_accuracy"]
    assert [(len(figure.panels), figure.columns) for figure in figures] == [(6, 3), (6, 3)]


def test_more_grid_points_are_curves_too_six_a_figure() -> None:
    plan = plan_of("paper", "seeds=[0]", LEARNING_RATES, "grid.training.batch_size=[32, 64, 128, 256]")
    figures = _curves(plan, ACCURACIES)
    assert [(figure.name, len(figure.panels)) for figure in figures] == [
        ("curves_train_accuracy", 6), ("curves_train_accuracy_2", 6),
        ("curves_validation_accuracy", 6), ("curves_validation_accuracy_2", 6),
    ]  # fmt: skip
    assert figures[1].title == "Training accuracy against epoch (2 of 2)"
    assert {figure.form for figure in figures} == {"Line chart"}


def test_small_multiples_are_spread_evenly() -> None:
    sizes = f"grid.training.batch_size={[16 * n for n in range(1, 8)]}"
    figures = _curves(plan_of("paper", "seeds=[0]", sizes), TIMED)
    assert [(len(figure.panels), figure.columns) for figure in figures] == [(4, 2), (3, 3)]
    titles = [panel.title for figure in figures for panel in figure.panels]
    assert titles == [f"batch size {16 * n}" for n in range(1, 8)]


def test_what_has_no_room_on_two_figures_is_named() -> None:
    sizes = f"grid.training.batch_size={[16 * n for n in range(1, 6)]}"
    figures = _curves(plan_of("paper", "seeds=[0]", LEARNING_RATES, sizes), TIMED)
    assert [len(figure.panels) for figure in figures] == [6, 6]
    assert all("Panels: the first 12 of 15; table.csv has all." in figure.caption for figure in figures)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ({"missing": True}, "no finished run yet"),
        ({"status": "diverged", "validation": [None]}, "all runs diverged"),
        ({"validation": [None, None]}, "not measured"),
    ],
)
def test_a_panel_without_a_number_says_why(end: dict[str, object], said: str) -> None:
    (figure,) = _curves(plan_of("paper", THREE_SEEDS), TIMED, lambda point: end)
    assert [(panel.marks, panel.empty) for panel in figure.panels] == [((), said)]


def test_the_y_axis_can_be_asked_for() -> None:
    loss = CurvesFigure(kind="curves", metrics=("train_loss",), y_scale="log")
    (logarithmic,) = _curves(plan_of("paper", "seeds=[0]"), loss)
    axis, ends = logarithmic.panels[0].y, [y for line in marks_of(logarithmic.panels[0], Line) for y in line.y]
    assert axis.log
    assert axis.low < min(ends) < max(ends) < axis.high
    assert math.log10(axis.high / max(ends)) == pytest.approx(0.05 * math.log10(max(ends) / min(ends)))
    (own,) = _curves(plan_of("paper", "seeds=[0]"), ACCURACIES.model_copy(update={"y_range": (0.0, 100.0)}))
    assert {(panel.y.low, panel.y.high) for panel in own.panels} == {(0.0, 100.0)}
