"""Heat maps as marks, against numbers counted by hand."""

from __future__ import annotations

import math

import pytest
from drawn_studies import by_hand, drawn, marks_of, three_axes, two_small_axes

from bn_study.config.figure import HeatmapFigure
from bn_study.presentation.figures.marks import Cell
from bn_study.presentation.figures.panel import Figure, Panel

HEAT = HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",))


def _rows(panel: Panel) -> list[list[str]]:
    """Texts from the lowest row to the highest, each from left to right."""
    cells = {(cell.y, cell.x): " ".join(cell.said) for cell in marks_of(panel, Cell)}
    rows = sorted({y for y, _ in cells})
    return [[cells[place] for place in sorted(cells) if place[0] == row] for row in rows]


def _ticks(figure: Figure) -> tuple[list[str], list[str]]:
    panel = figure.panels[0]
    return [tick.said for tick in panel.x.ticks or ()], [tick.said for tick in panel.y.ticks or ()]


def test_cells_stand_at_their_values_with_their_numbers_and_divergences() -> None:
    (figure,) = drawn(two_small_axes(), HEAT, end=by_hand)
    assert _ticks(figure) == (["0.001", "0.01", "0.1"], ["32", "64"])
    plain, bn = figure.panels
    assert (plain.title, bn.title) == ("plain", "bn")
    assert _rows(plain) == [["20.0", "30.0", "✕ 2/2"], ["25.0", "35.0", "45.0"]]
    assert _rows(bn) == [["30.0", "40.0", "50.0"], ["35.0", "45.0", "55.0"]]
    (lost,) = [cell for cell in marks_of(plain, Cell) if math.isnan(cell.value)]
    assert (lost.look, lost.short) == ("hatched", "✕")
    assert lost.hover == "plain, learning rate 0.1, batch size 32: all runs diverged; 2 of 2 runs diverged"
    assert figure.colors
    assert (figure.colors.low, figure.colors.high) == pytest.approx((20.0, 55.0))


def test_the_caption_claims_no_interval_for_none_is_drawn() -> None:
    (figure,) = drawn(two_small_axes(), HEAT, end=by_hand)
    assert figure.caption[0] == "Means over 2 seeds."
    assert "interval" not in " ".join(figure.caption)


def test_the_axes_of_a_heat_map_can_be_chosen() -> None:
    turned = HEAT.model_copy(update={"axes": ("training.batch_size", "training.learning_rate.initial")})
    (figure,) = drawn(two_small_axes(), turned, end=by_hand)
    assert _rows(figure.panels[0]) == [["20.0", "25.0"], ["30.0", "35.0"], ["✕ 2/2", "45.0"]]


def test_a_third_axis_makes_a_figure_a_value() -> None:
    start = "Validation accuracy, last epoch, over learning rate and widths: activation"
    titles = [figure.title for figure in drawn(three_axes(), HEAT)]
    assert titles == [f"{start} {name}" for name in ("relu", "sigmoid", "tanh")]


@pytest.mark.parametrize(
    ("end", "said"), [({"missing": True}, "no finished run yet"), ({"step_seconds": None}, "not measured")]
)
def test_a_panel_without_a_number_says_why(end: dict[str, object], said: str) -> None:
    (figure,) = drawn(two_small_axes(), HEAT.model_copy(update={"metrics": ("step_seconds",)}), end=lambda point: end)
    assert [(panel.marks, panel.empty) for panel in figure.panels] == [((), said)] * 2
    assert figure.colors is None
