"""Gaps as marks, against numbers counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from drawn_studies import drawn, marks_of, with_study
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.config.figure import GapFigure
from bn_study.planning.expansion import Point
from bn_study.presentation.figures.marks import Dot, Line, Text, Whisker

GAP = GapFigure(kind="gap")


def test_the_gap_is_training_minus_validation_run_by_run() -> None:
    def end(point: Point) -> dict[str, Any]:
        return {"validation": [0.5 + 0.1 * point.seed], "train_accuracy_at_the_end": 0.7 + 0.14 * point.seed}

    (figure,) = drawn(with_study(plan_of("paper", "seeds=[0, 1]"), published=()), GAP, end=end)
    (panel,) = figure.panels
    for place, arm in enumerate(["plain", "bn", "bn_after", "dropout", "bn_dropout"]):
        validation, train = marks_of(panel, Dot, arm)
        assert (validation.x, train.x) == pytest.approx((55.0, 77.0))
        assert (validation.y, train.y, validation.look, train.look) == (place, place, "hollow", "full")
        assert (validation.meaning, train.meaning) == ("validation", "training")
        (between,) = marks_of(panel, Line, arm)
        assert between.x == pytest.approx((55.0, 77.0))
        # gaps of 20 and 24: s = 2.828, t(0.975, 1) = 12.706: half = 12.706 * 2.828 / sqrt(2) = 25.4
        assert [text.said for text in marks_of(panel, Text, arm)] == ["22.0 ± 25.4"]
        assert between.hover == f"{arm}, gap: 22.00 % (−3.41 to 47.41), n = 2"
        assert len(marks_of(panel, Whisker, arm)) == 2


def test_accuracies_end_at_a_hundred() -> None:
    end = {"validation": [0.99], "train_accuracy_at_the_end": 0.999}
    (figure,) = drawn(with_study(plan_of("paper", "seeds=[0]"), published=()), GAP, end=lambda point: end)
    assert figure.panels[0].x.high == 100.0


def test_an_arm_without_a_finished_run_keeps_its_row_and_says_why() -> None:
    plan = with_study(plan_of("paper", "seeds=[0]"), published=())
    (figure,) = drawn(plan, GAP, end=lambda point: {"missing": point.arm == "bn"})
    (panel,) = figure.panels
    assert [tick.said for tick in panel.y.ticks or ()][1] == "bn"
    assert [(text.said, text.y) for text in marks_of(panel, Text) if text.arm is None] == [("no finished run yet", 1.0)]


def test_grid_points_are_panels_on_one_scale_and_those_without_a_number_say_why() -> None:
    plan = with_study(plan_of("paper", "seeds=[0]", LEARNING_RATES), published=())
    (figure,) = drawn(plan, GAP, end=lambda point: {"missing": 0.1 in point.axes.values()})
    assert [(panel.title, panel.empty) for panel in figure.panels] == [
        ("learning rate 0.001", ""), ("learning rate 0.01", ""), ("learning rate 0.1", "no finished run yet"),
    ]  # fmt: skip
    assert len({panel.x for panel in figure.panels}) == 1
