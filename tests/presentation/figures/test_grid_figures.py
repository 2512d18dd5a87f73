"""The computed part of heat maps, gaps, step times and parallel coordinates, against numbers counted by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from drawn_studies import charts_of, three_axes, with_arms, with_study
from matplotlib.colors import to_rgb
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.config.figure import AxisFigure, GapFigure, HeatmapFigure, ParallelFigure, StepTimeFigure
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.drawing.heat_colors import heat_color
from bn_study.presentation.drawing.style import PALETTE, text_on
from bn_study.presentation.figures.bar_chart import BarChart
from bn_study.presentation.figures.gap_chart import GapChart
from bn_study.presentation.figures.heat_chart import HeatChart, color_range
from bn_study.presentation.figures.parallel_chart import ParallelChart
from bn_study.presentation.findings import Found

HEAT = HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",))
SIZES = "grid.training.batch_size=[32, 64]"


def _two_axes() -> Plan:
    return with_study(with_arms(plan_of("paper", "seeds=[0, 1]", LEARNING_RATES, SIZES), "plain", "bn"), published=())


def _by_hand(point: Point) -> dict[str, Any]:
    """Accuracy 0.2, 0.3, 0.4 by rate, 0.05 more at batch 64, 0.1 more with BN; plain diverges at 0.1, 32."""
    rate, size = point.axes["training.learning_rate.initial"], point.axes["training.batch_size"]
    if (point.arm, rate, size) == ("plain", 0.1, 32):
        return {"status": "diverged", "validation": [None]}
    value = {0.001: 0.2, 0.01: 0.3, 0.1: 0.4}[rate] + 0.05 * (size == 64) + 0.1 * (point.arm == "bn")
    return {"validation": [value]}


def test_cells_stand_at_their_values_with_their_numbers_and_divergences() -> None:
    (chart,) = charts_of(_two_axes(), HEAT, end=_by_hand)
    assert isinstance(chart, HeatChart)
    assert (chart.x_ticks, chart.y_ticks) == (("0.001", "0.01", "0.1"), ("32", "64"))
    plain, bn = chart.panels
    assert [[cell.text for cell in row] for row in plain.rows] == [["20.0", "30.0", ""], ["25.0", "35.0", "45.0"]]
    assert [[cell.text for cell in row] for row in bn.rows] == [["30.0", "40.0", "50.0"], ["35.0", "45.0", "55.0"]]
    assert [(cell.planned, cell.diverged) for cell in plain.rows[0]] == [(2, 0), (2, 0), (2, 2)]
    assert color_range(chart) == pytest.approx((20.0, 55.0))


def test_the_axes_of_a_heat_map_can_be_chosen() -> None:
    turned = HEAT.model_copy(update={"axes": ("training.batch_size", "training.learning_rate.initial")})
    (chart,) = charts_of(_two_axes(), turned, end=_by_hand)
    assert isinstance(chart, HeatChart)
    assert [[cell.text for cell in row] for row in chart.panels[0].rows] == [
        ["20.0", "25.0"], ["30.0", "35.0"], ["", "45.0"],
    ]  # fmt: skip


def test_a_third_axis_makes_a_chart_a_value_and_an_axis_that_is_fixed_makes_bars() -> None:
    titles = [chart.title for chart in charts_of(three_axes(), HEAT)]
    start = "Validation accuracy, last epoch, over learning rate and widths: activation"
    assert titles == [f"{start} {name}" for name in ("relu", "sigmoid", "tanh")]
    assert isinstance(charts_of(with_study(plan_of("paper", "seeds=[0]"), published=()), HEAT)[0], BarChart)


def test_colours_run_from_low_to_high_and_carry_their_numbers() -> None:
    shades = [heat_color(value, 0.0, 1.0) for value in (0.0, 0.5, 1.0)]
    assert len(set(shades)) == 3
    assert heat_color(3.0, 3.0, 3.0) == shades[1]


@pytest.mark.parametrize("color", [*PALETTE, *(heat_color(step, 0.0, 10.0) for step in range(11))])
def test_text_on_a_colour_is_the_better_read_of_black_and_white(color: str) -> None:
    """Contrast as WCAG 2 defines it: at least 4.5, which black or white always has."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color)]
    luminance = sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    black, white = (luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)
    assert {"#000000": black, "#ffffff": white}[text_on(color)] == max(black, white) >= 4.5


def test_the_gap_is_training_minus_validation_run_by_run() -> None:
    def end(point: Point) -> dict[str, Any]:
        return {"validation": [0.5 + 0.1 * point.seed], "train_accuracy_at_the_end": 0.7 + 0.14 * point.seed}

    plan = with_study(plan_of("paper", "seeds=[0, 1]"), published=())
    (chart,) = charts_of(plan, GapFigure(kind="gap"), end=end)
    assert isinstance(chart, GapChart)
    for row in chart.panels[0].rows:
        assert (row.train.mean, row.validation.mean, row.gap.mean) == pytest.approx((77.0, 55.0, 22.0))
        # gaps of 20 and 24: s = 2.828, t(0.975, 1) = 12.706: half = 12.706 * 2.828 / sqrt(2)
        assert row.gap.half == pytest.approx(12.7062 * 2.0, rel=1e-4)
        assert row.text == "22.0 ± 25.4"


def test_an_arm_without_a_finished_run_keeps_its_row_in_the_gap() -> None:
    plan = with_study(plan_of("paper", "seeds=[0]"), published=())
    (chart,) = charts_of(plan, GapFigure(kind="gap"), end=lambda point: {"missing": point.arm == "bn"})
    assert [(row.label, row.text) for row in chart.panels[0].rows][1] == ("bn", "no finished run")  # type: ignore[union-attr]
    assert not chart.panels[0].is_empty  # type: ignore[union-attr]


def test_step_times_carry_their_ratio_to_the_first_arm() -> None:
    times = {"plain": 0.010, "bn": 0.0125, "bn_after": 0.012, "dropout": 0.010, "bn_dropout": 0.02}

    def end(point: Point) -> dict[str, Any]:
        return {"step_seconds": times[point.arm] * (1 + point.seed)}

    plan = with_study(plan_of("paper", "seeds=[0, 1]"), published=())
    (chart,) = charts_of(plan, StepTimeFigure(kind="step_time"), end=end)
    assert isinstance(chart, BarChart)
    texts = {group.label: group.bars[0].text for group in chart.panels[0].groups}
    assert texts == {"plain": "15.0", "bn": "18.8 (1.25×)", "bn_after": "18.0 (1.20×)", "dropout": "15.0 (1.00×)",
                     "bn_dropout": "30.0 (2.00×)"}  # fmt: skip


def test_parallel_lines_pass_through_their_values() -> None:
    figure = ParallelFigure(kind="parallel", metrics=("last_validation_accuracy",))
    (chart,) = charts_of(_two_axes(), figure, end=_by_hand)
    assert isinstance(chart, ParallelChart)
    assert [one.label for one in chart.coordinates] == [
        "learning rate", "batch size", "validation accuracy, last epoch (%)",
    ]  # fmt: skip
    assert chart.coordinates[2].ticks == ((0.0, "20.0"), (0.5, "37.5"), (1.0, "55.0"))
    lines = {line.text: line for line in chart.panels[0].lines}
    assert len(lines) == 12
    first = lines["plain, learning rate 0.001, batch size 32: validation accuracy, last epoch 20.0"]
    assert first.heights == pytest.approx((0.0, 0.0, 0.0))
    middle = lines["bn, learning rate 0.01, batch size 64: validation accuracy, last epoch 45.0"]
    assert middle.heights == pytest.approx((0.5, 1.0, 25 / 35))
    diverged = lines["plain, learning rate 0.1, batch size 32: 2 of 2 runs diverged"]
    assert (diverged.diverged, diverged.planned) == (2, 2)
    assert math.isnan(diverged.heights[2])


@pytest.mark.parametrize(
    ("grid", "kinds"),
    [
        ((), ["lines", "lines", "lines", "bars", "gap", "bars"]),
        ((LEARNING_RATES,), ["axis", "lines", "gap", "bars"]),
        ((LEARNING_RATES, SIZES), ["heat", "axis", "lines", "lines"]),
        ((LEARNING_RATES, SIZES, "grid.model.activation=[relu, tanh]"), ["axis", "heat", "heat"]),
        ((LEARNING_RATES, SIZES, "grid.model.activation=[relu, tanh]", "grid.model.dropout.rate=[0.1, 0.2]"),
         ["parallel", "axis"]),
    ],
)  # fmt: skip
def test_a_study_that_names_no_figures_gets_what_suits_its_grid(grid: tuple[str, ...], kinds: list[str]) -> None:
    plan = with_study(with_arms(plan_of("paper", "seeds=[0]", *grid), "plain", "bn"), published=())
    assert [chart.kind for chart in charts_of(plan, end=lambda point: {"missing": True})] == kinds


def test_an_axis_figure_that_names_no_axis_takes_the_first() -> None:
    (chart,) = charts_of(_two_axes(), AxisFigure(kind="axis", metrics=("last_validation_accuracy",)), end=_by_hand)
    assert chart.x_label == "learning rate"  # type: ignore[union-attr]


class _Holder(Found):
    """As findings.json holds it."""

    chart: ParallelChart


def test_a_line_without_a_value_is_read_back_from_json() -> None:
    (chart,) = charts_of(_two_axes(), ParallelFigure(kind="parallel", metrics=("step_seconds",)), end=_by_hand)
    assert isinstance(chart, ParallelChart)
    text = _Holder(chart=chart).model_dump_json()
    assert "null" in text
    assert _Holder.model_validate_json(text).model_dump_json() == text
