"""Which figures a study gets: those it names, what suits its grid, each with a name of its own."""

from __future__ import annotations

import pytest
from drawn_studies import drawn, with_arms, with_study
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.config.figure import BarsFigure, GapFigure
from bn_study.presentation.figures.choose import _KINDS, default_figures

LAST = BarsFigure(kind="bars", metrics=("last_validation_accuracy",))
SIZES = "grid.training.batch_size=[32, 64]"
ACTIVATIONS = "grid.model.activation=[relu, tanh]"


def test_every_figure_of_a_study_has_a_name_of_its_own_and_none_is_drawn_twice() -> None:
    plan = with_study(plan_of("paper", "seeds=[0]"), published=())
    found = drawn(plan, LAST, LAST.model_copy(update={"title": "Once more"}), LAST)
    assert [(one.name, one.title) for one in found] == [
        ("bars_last_validation_accuracy", "Validation accuracy, last epoch"),
        ("bars_last_validation_accuracy_2", "Once more"),
    ]


def test_a_figure_names_the_finished_runs_that_it_rests_on() -> None:
    plan = plan_of("paper", "seeds=[0, 1]")
    found = drawn(plan, GapFigure(kind="gap"), end=lambda point: {"missing": point.seed == 1})
    assert {run_id for one in found for run_id in one.run_ids} == {p.run_id for p in plan.points if p.seed == 0}


@pytest.mark.parametrize(
    ("grid", "kinds"),
    [
        ((), ["curves", "curves", "curves", "bars", "gap", "step_time"]),
        ((LEARNING_RATES,), ["axis", "axis", "curves", "gap", "step_time"]),
        ((LEARNING_RATES, SIZES), ["heatmap", "axis", "curves"]),
        (("grid.training.batch_size=[8, 16, 32, 64, 128, 256, 512]",), ["axis", "axis"]),
        ((LEARNING_RATES, SIZES, ACTIVATIONS), ["axis", "heatmap"]),
        ((LEARNING_RATES, SIZES, ACTIVATIONS, "grid.model.dropout.rate=[0.1, 0.2]"), ["parallel", "axis"]),
    ],
)
def test_a_study_that_names_no_figures_gets_what_suits_its_grid(grid: tuple[str, ...], kinds: list[str]) -> None:
    """Small multiples only where one figure holds them; no second axis, whose dashes would mean something else."""
    plan = with_arms(plan_of("paper", "seeds=[0]", *grid), "plain", "bn")
    assert [figure.kind for figure in default_figures(plan)] == kinds
    names = [one.name for one in drawn(with_study(plan, published=()), end=lambda point: {"missing": True})]
    assert [name for name in names if not name.startswith(tuple(kinds))] == []


def test_every_kind_that_a_study_may_name_can_be_drawn() -> None:
    import typing

    from bn_study.config.figure import FigureSpec

    union = typing.get_args(FigureSpec)[0]
    assert set(typing.get_args(union)) == set(_KINDS)
