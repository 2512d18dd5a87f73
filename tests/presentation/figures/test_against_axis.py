"""Figures against an axis as marks: intervals, published points, divergences, panels."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from drawn_studies import (
    BATCH_SIZES,
    SEVEN_RATES,
    drawn,
    marks_of,
    three_axes,
    two_arms_at_five_batch_sizes,
    two_arms_at_seven_rates,
    with_divergence,
    with_study,
)
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.config.figure import AxisFigure, HeatmapFigure
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.figures.marks import Band, Bar, Cross, Dot, Line, Text, Whisker
from bn_study.presentation.figures.panel import Axis, Figure
from bn_study.presentation.words.wording import brief, value_label

LAST = AxisFigure(kind="axis", metrics=("last_validation_accuracy",))
BEST = AxisFigure(kind="axis", metrics=("best_validation_accuracy",))


def _one(plan: Plan, figure: AxisFigure, end: Any = with_divergence) -> Figure:
    return drawn(plan, figure, end=end)[0]


def _ticks(axis: Axis) -> list[str]:
    return [tick.said for tick in axis.ticks or ()]


def _by_hand(point: Point) -> dict[str, Any]:
    """Accuracies 0.40, 0.42 and 0.44 by seed at rate 0.001; one of three diverges at 0.01; all do at 0.1."""
    rate = point.axes["training.learning_rate.initial"]
    if rate == 0.1 or (rate == 0.01 and point.seed == 2):
        return {"status": "diverged", "validation": [0.1, None]}
    return {"validation": [0.3, 0.40 + 0.02 * point.seed]}


def test_a_point_holds_mean_interval_and_divergences_counted_by_hand() -> None:
    figure = _one(plan_of("paper", "seeds=[0, 1, 2]", LEARNING_RATES), LAST, _by_hand)
    (panel,) = figure.panels
    assert panel.x.ticks is not None
    assert [(tick.at, tick.said) for tick in panel.x.ticks] == [(-3, "0.001"), (-2, "0.01"), (-1, "0.1")]
    # t(0.975, 2) = 4.302653, s = 0.02: half = 4.302653 * 0.02 / sqrt(3)
    half = 100 * 4.302653 * 0.02 / math.sqrt(3)
    for line in marks_of(panel, Line):
        assert line.y == pytest.approx((42.0, 41.0))  # 41 of the two that finished; none at 0.1
        first = marks_of(panel, Whisker, line.label)[0]
        assert (first.low, first.high) == pytest.approx((42.0 - half, 42.0 + half))
        low, high = f"{42 - half:.2f}", f"{42 + half:.2f}"
        assert line.hovers[0] == f"{line.label}, learning rate 0.001: 42.00 % ({low} to {high}), n = 3"
        assert line.hovers[1].endswith("n = 2; 1 of 3 runs diverged")
        crosses = marks_of(panel, Cross, line.label)
        assert [(cross.x, cross.said) for cross in crosses] == [(-2, "1/3"), (-1, "3/3")]
        assert crosses[1].hover == f"{line.label}, learning rate 0.1: all runs diverged; 3 of 3 runs diverged"
    assert "20 of 45 runs diverged" in " ".join(figure.caption)


def test_published_numbers_stand_at_their_arm_and_value_and_of_this_metric_alone() -> None:
    panel = _one(two_arms_at_seven_rates(), BEST).panels[0]
    dots = marks_of(panel, Dot, "bn")
    assert [dot.y for dot in dots] == pytest.approx([31, 49, 71, 87, 92, 70, 10])
    assert {(dot.shape, dot.look, dot.meaning) for dot in dots} == {("diamond", "hollow", "published")}
    assert dots[0].hover == "published: bn, learning rate 1e-5: 31.0 ± 1.0 %"
    for other in (LAST, BEST.model_copy(update={"published": False})):
        assert marks_of(_one(two_arms_at_seven_rates(), other).panels[0], Dot) == []


def test_a_metric_with_published_numbers_is_drawn_once() -> None:
    assert len(drawn(two_arms_at_seven_rates(), BEST)) == 1
    assert len(drawn(two_arms_at_seven_rates(), LAST)) == 2  # the published ones have a figure of their own


def test_bars_stand_side_by_side_at_equal_steps_with_their_numbers_above_all_else() -> None:
    panel = _one(two_arms_at_seven_rates(), BEST.model_copy(update={"mark": "bars"})).panels[0]
    for place in range(7):
        here = [bar for bar in marks_of(panel, Bar) if abs(bar.at - place) < 0.5]
        assert all(a.at + a.width / 2 <= b.at - b.width / 2 for a, b in itertools.pairwise(here))
    for text in marks_of(panel, Text):
        (bar,) = [bar for bar in marks_of(panel, Bar) if bar.at == text.x]
        assert f"{bar.end:.1f}" == text.said
        assert text.y >= max(
            [bar.end, *(w.high for w in marks_of(panel, Whisker) if w.at == text.x and w.low < bar.end)]
        )


def test_the_second_metric_stands_on_an_axis_of_its_own_from_zero() -> None:
    figure = LAST.model_copy(update={"mark": "bars", "second_metric": "train_seconds"})
    (panel,) = _one(two_arms_at_five_batch_sizes(), figure, lambda point: {"epoch_seconds": 2.0}).panels
    second = [line for line in marks_of(panel, Line, "bn") if line.right]
    assert [line.y for line in second] == [pytest.approx([8.0] * 5)]  # four epochs of 2 s
    assert {(line.look, line.meaning) for line in second} == {("hollow", "training time (s), right axis")}
    assert second[0].hovers[0] == "bn, training time, batch size 5: 8.000 s (8.000 to 8.000), n = 3"
    assert panel.right
    assert (panel.right.label, panel.right.low) == ("training time (s)", 0.0)
    assert panel.right.high > 8.0
    assert panel.y.low == 0.0


def test_each_metric_is_a_figure_whose_title_tells_it_apart() -> None:
    figure = AxisFigure(kind="axis", metrics=("last_validation_accuracy", "step_seconds"), title="Mine")
    titles = [one.title for one in drawn(two_arms_at_five_batch_sizes(), figure)]
    assert titles == ["Mine: validation accuracy, last epoch", "Mine: median time of a training step"]


def test_the_x_axis_can_be_any_axis_and_the_others_are_panels() -> None:
    figure = _one(three_axes(), LAST)
    assert (figure.panels[0].x.label, len(figure.panels), figure.columns) == ("learning rate", 6, 3)
    assert figure.panels[0].title == "widths 2 × 256, activation relu"
    against = _one(three_axes(), LAST.model_copy(update={"against": "model.activation"}))
    assert (against.panels[0].x.label, _ticks(against.panels[0].x)) == ("activation", ["relu", "sigmoid", "tanh"])
    assert (len(against.panels), against.columns) == (6, 2)  # three rates, two widths across
    assert len({panel.y for panel in against.panels}) == len({panel.x for panel in against.panels}) == 1


def test_every_value_of_a_panel_is_of_its_own_grid_point() -> None:
    def marked(point: Point) -> dict[str, Any]:
        rate, activation = point.axes["training.learning_rate.initial"], point.axes["model.activation"]
        deep = len(point.axes["model.widths"]) == 6
        value = {0.001: 0.1, 0.01: 0.2, 0.1: 0.3}[rate] + {"relu": 0, "sigmoid": 0.03, "tanh": 0.06}[activation]
        return {"validation": [value + 0.01 * deep]}

    figure = _one(three_axes(), LAST.model_copy(update={"against": "model.activation"}), marked)
    assert [marks_of(panel, Line)[0].y for panel in figure.panels] == [
        pytest.approx([10 * rate + deep, 10 * rate + deep + 3, 10 * rate + deep + 6])
        for rate in (1, 2, 3)
        for deep in (0, 1)
    ]


def test_an_axis_that_is_fixed_on_the_command_line_leaves_bars_and_a_sentence() -> None:
    plan = with_study(plan_of("paper", "seeds=[0]"), published=())
    (figure,) = drawn(plan, LAST.model_copy(update={"against": "training.batch_size"}))
    assert figure.form == "Bar chart"
    assert "Batch size has one value here, so there is no axis of it." in figure.caption
    (heat,) = drawn(plan, HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",)))
    assert "A heat map needs two axes with several values; here are bars." in heat.caption


@pytest.mark.parametrize(
    ("end", "said"),
    [({"missing": True}, "no finished run yet"), ({"step_seconds": None}, "not measured")],
)
def test_a_panel_without_a_number_says_why(end: dict[str, object], said: str) -> None:
    figure = AxisFigure(kind="axis", metrics=("step_seconds",))
    (panel,) = _one(two_arms_at_seven_rates(), figure, lambda point: end).panels
    assert (panel.marks, panel.empty) == ((), said)


def test_a_second_metric_that_was_not_measured_leaves_the_first_alone() -> None:
    figure = LAST.model_copy(update={"second_metric": "step_seconds"})
    (panel,) = _one(two_arms_at_five_batch_sizes(), figure, lambda point: {"step_seconds": None}).panels
    assert [line.right for line in marks_of(panel, Line)] == [False, False]
    assert panel.right
    assert panel.right.low < panel.right.high


@pytest.mark.parametrize("mark", ["lines", "bars"])
def test_crosses_have_a_strip_of_their_own_below_every_number(mark: Any) -> None:
    (panel,) = _one(two_arms_at_seven_rates(), BEST.model_copy(update={"mark": mark})).panels
    crosses = marks_of(panel, Cross)
    assert [(cross.label, cross.said) for cross in crosses] == [
        ("plain", "1/3"), ("plain", "3/3"), ("plain", "3/3"), ("bn", "3/3"),
    ]  # fmt: skip
    assert panel.y.ticked
    assert all(panel.y.low < cross.y < panel.y.ticked[0] for cross in crosses)
    assert len({(cross.x, cross.y) for cross in crosses}) == 4
    whiskers = marks_of(panel, Whisker)
    assert min(whisker.low for whisker in whiskers) > panel.y.ticked[0] - 1e-9


@pytest.mark.parametrize(("mark", "kind"), [("lines", Dot), ("bars", Bar)])
def test_a_mean_of_the_runs_that_got_there_alone_is_hollow(mark: Any, kind: type[Any]) -> None:
    def slow(point: Point) -> dict[str, object]:
        return {"validation": [0.3, 0.3] if point.arm == "bn" and point.seed == 0 else [0.3, 0.6]}

    figure = AxisFigure(kind="axis", metrics=("epochs_to_accuracy",), mark=mark)
    (one, *_) = drawn(plan_of("paper", "seeds=[0, 1, 2]", LEARNING_RATES), figure, end=slow)
    hollow = [some for some in marks_of(one.panels[0], kind) if some.look == "hollow"]
    assert [(some.label, some.meaning) for some in hollow] == [("bn", "mean of the runs that got there")] * 3
    assert "bn: 3 of 9 did not" in " ".join(one.caption)


def test_many_values_have_bands_for_intervals() -> None:
    rates = f"grid.training.learning_rate.initial=[{', '.join(f'{1e-4 * 1.2**n:.6f}' for n in range(40))}]"
    (panel,) = _one(plan_of("paper", "seeds=[0, 1]", rates), LAST, lambda point: {}).panels
    assert len(marks_of(panel, Band)) == 5
    assert marks_of(panel, Whisker) == []


def test_values_are_as_short_as_they_can_be_read() -> None:
    assert [value_label(value) for value in (1e-5, 2.5e-4, 0.001, 0.1, 10, "relu")] == [
        "1e-5", "2.5e-4", "0.001", "0.1", "10", "relu",
    ]  # fmt: skip
    assert brief("widths [256 256 256], activation relu") == "widths 3 × 256, activation relu"
    assert brief("[512 256] and [8]") == "[512 256] and [8]"


def test_ticks_are_the_tested_values() -> None:
    rates = _one(plan_of("paper", "seeds=[0]", SEVEN_RATES), LAST).panels[0].x
    assert _ticks(rates) == ["1e-5", "1e-4", "0.001", "0.01", "0.1", "1", "10"]
    sizes = _one(plan_of("paper", "seeds=[0]", BATCH_SIZES), LAST).panels[0].x
    assert [round(10**tick.at) for tick in sizes.ticks or ()] == [5, 10, 50, 100, 250]
