"""Bars as marks: what stands beside what, and what may not."""

from __future__ import annotations

from typing import Any

import pytest
from drawn_studies import drawn, marks_of, with_study
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.config.figure import BarsFigure, StepTimeFigure
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.figures.marks import Bar, Text, Whisker
from bn_study.presentation.figures.panel import Figure, Panel

LAST_AND_BEST = BarsFigure(kind="bars", metrics=("last_validation_accuracy", "best_validation_accuracy"))
LAST = BarsFigure(kind="bars", metrics=("last_validation_accuracy",))
PLAN = plan_of("paper", "seeds=[0, 1, 2]")


def _all_finish(point: Point) -> dict[str, object]:
    return {}


def _bars(plan: Plan, figure: BarsFigure, end: Any = _all_finish) -> tuple[Figure, ...]:
    found = drawn(plan, figure, end=end)
    return tuple(one for one in found if not one.name.startswith("published"))


def _one(plan: Plan, figure: BarsFigure, end: Any = _all_finish) -> Figure:
    (found,) = _bars(plan, figure, end)
    return found


def _names(panel: Panel) -> list[str]:
    return [tick.said for tick in panel.y.ticks or ()]


def _texts(panel: Panel, label: str) -> list[str]:
    return [text.said for text in marks_of(panel, Text, label)]


def _rising(point: Point) -> dict[str, object]:
    """Best in the second epoch, worse in the last."""
    return {"validation": [0.3, 0.5 + 0.01 * point.seed, 0.4 + 0.01 * point.seed]}


def test_last_and_best_stand_side_by_side_for_every_arm() -> None:
    figure = _one(PLAN, LAST_AND_BEST, _rising)
    assert (figure.name, figure.title) == (
        "bars_last_validation_accuracy_best_validation_accuracy",
        "Validation accuracy: last epoch and best epoch",
    )
    (panel,) = figure.panels
    assert _names(panel) == list(PLAN.source.study.arms)
    for arm, name in enumerate(PLAN.source.study.arms):
        last, best = marks_of(panel, Bar, name)
        assert _texts(panel, name) == ["41.0", "51.0"]
        assert (last.end, best.end) == pytest.approx((41.0, 51.0))
        assert [(bar.look, bar.meaning) for bar in (last, best)] == [("full", "last epoch"), ("pale", "best epoch")]
        assert arm - 0.5 < last.at - last.width / 2 < last.at + last.width / 2 < best.at - best.width / 2 < arm + 0.5
        assert len(marks_of(panel, Whisker, name)) == 2
    assert "Best epochs were chosen on test data: optimistic." in figure.caption


def test_the_axis_begins_at_zero_for_a_bar_is_as_long_as_its_number_and_ends_at_a_hundred() -> None:
    axis = _one(PLAN, LAST, lambda point: {"validation": [0.995 + 0.001 * point.seed]}).panels[0].x
    assert (axis.low, axis.high) == (0.0, 100.0)
    gap = BarsFigure(kind="bars", metrics=("generalization_gap",))
    below = _one(PLAN, gap, lambda point: {"validation": [0.5], "train_accuracy_at_the_end": 0.4}).panels[0]
    assert [bar.end for bar in marks_of(below, Bar)] == pytest.approx([-10.0] * 5)
    assert below.x.low < -10.0 < 0.0 < below.x.high


def test_published_numbers_of_the_same_metric_stand_beside_hatched() -> None:
    published = (
        Published(id="k", arm="bn", metric="last_validation_accuracy", value=0.87, uncertainty=0.01),
        Published(id="l", arm="plain", metric="train_loss", epoch=4, value=0.3),
    )
    plan = with_study(PLAN, published=published)
    panel = _one(plan, LAST).panels[0]
    bars = marks_of(panel, Bar, "bn")
    assert [(bar.look, bar.meaning) for bar in bars] == [
        ("full", "validation accuracy, last epoch"),
        ("hatched", "published"),
    ]
    assert bars[1].hover == "published: bn: 87.0 ± 1.0 %"
    whisker = marks_of(panel, Whisker, "bn")[1]
    assert (whisker.low, whisker.high) == pytest.approx((86.0, 88.0))
    assert [bar.look for bar in marks_of(panel, Bar, "plain")] == ["full"]  # its number is of another metric
    unasked = _one(plan, LAST.model_copy(update={"published": False})).panels[0]
    assert {bar.look for bar in marks_of(unasked, Bar)} == {"full"}


def test_a_published_number_of_another_epoch_is_not_mixed_in() -> None:
    number = Published(id="k", arm="bn", metric="last_validation_accuracy", epoch=30, value=0.87)
    panel = _one(with_study(PLAN, published=(number,)), LAST).panels[0]
    assert {bar.look for bar in marks_of(panel, Bar)} == {"full"}


def test_what_the_source_printed_of_other_metrics_has_a_figure_of_its_own() -> None:
    found = {one.name: one for one in drawn(PLAN, LAST, end=_all_finish)}
    assert set(found) == {"bars_last_validation_accuracy", "published_train_loss", "published_train_accuracy"}
    published, measured = found["published_train_accuracy"].panels
    assert published.title == "published, other data"
    assert _names(published) == _names(measured) == [f"epoch {n}" for n in (1, 2, 3, 4)]
    assert [text.said for text in marks_of(published, Text)][:2] == ["76.2", "78.0"]
    assert {bar.look for bar in marks_of(published, Bar)} == {"hatched"}
    assert {bar.look for bar in marks_of(measured, Bar)} == {"full"}
    assert [bar.arm for bar in marks_of(measured, Bar)][:2] == [1, 3]
    assert published.x == measured.x
    assert "Published on other data: compare sign and gap only." in found["published_train_accuracy"].caption


def test_a_source_of_many_epochs_shows_the_last_and_says_so() -> None:
    numbers = [
        Published(id=f"{arm}{n}", arm=arm, metric="train_loss", epoch=n, value=1 / n)
        for n in range(1, 16)
        for arm in ("bn", "plain")
    ]
    plan = with_study(plan_of("laptop", "seeds=[0]"), published=tuple(numbers))
    (figure,) = [one for one in drawn(plan, LAST, end=_all_finish) if one.name == "published_train_loss"]
    assert _names(figure.panels[0]) == [f"epoch {n}" for n in range(9, 16)]
    assert "Drawn: the last 7 of 15; published.csv has all." in figure.caption


def test_why_nothing_stands_beside_a_published_number_is_said_once() -> None:
    found = drawn(plan_of("paper", "seeds=[0]", LEARNING_RATES), LAST, end=_all_finish)
    measured = next(one for one in found if one.name.startswith("published")).panels[1]
    assert (measured.marks, measured.empty) == ((), "no single grid point is named: 3 of this plan fit")


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ({"missing": True}, "no finished run yet"),
        ({"status": "failed"}, "all runs failed"),
        ({"step_seconds": None}, "not measured"),
    ],
)
def test_an_arm_without_a_number_keeps_its_place_and_says_why(end: dict[str, object], said: str) -> None:
    figure = BarsFigure(kind="bars", metrics=("step_seconds",))
    panel = _one(PLAN, figure, lambda point: end if point.arm == "bn" else {}).panels[0]
    assert _names(panel) == list(PLAN.source.study.arms)
    (text,) = [text for text in marks_of(panel, Text) if text.arm is None]
    assert (text.said, text.x, text.y) == (said, 0.0, pytest.approx(1.0))
    assert marks_of(panel, Bar, "bn") == []


def test_a_bar_of_runs_that_did_not_all_reach_it_is_hollow_has_no_interval_and_says_how_many() -> None:
    def slow(point: Point) -> dict[str, object]:
        return {"validation": [0.3, 0.3] if point.arm == "bn" and point.seed == 0 else [0.3, 0.6]}

    figure = _one(PLAN, BarsFigure(kind="bars", metrics=("epochs_to_accuracy",)), slow)
    (panel,) = figure.panels
    assert _texts(panel, "plain") == ["2.0"]
    assert _texts(panel, "bn") == ["2.0 (not reached by 1 of 3)"]
    assert [bar.look for bar in marks_of(panel, Bar, "bn")] == ["hollow"]
    assert marks_of(panel, Whisker, "bn") == []
    said = "Epochs to 50 % validation accuracy: means over runs that got there; bn: 1 of 3 did not."
    assert said in figure.caption


def test_metrics_of_different_units_do_not_share_an_axis() -> None:
    figure = BarsFigure(kind="bars", metrics=("step_seconds", "generalization_gap"), title="Cost and gap")
    assert [one.title for one in _bars(PLAN, figure)] == [
        "Cost and gap: median time of a training step",
        "Cost and gap: training minus validation accuracy at the end, both in inference mode",
    ]


def test_two_metrics_part_where_their_bars_have_no_room_and_more_grid_points_are_bars_too() -> None:
    six = plan_of("paper", "seeds=[0]", LEARNING_RATES, "grid.training.batch_size=[64, 128]")
    assert [one.name for one in _bars(six, LAST_AND_BEST)] == [
        "bars_last_validation_accuracy", "bars_best_validation_accuracy",
    ]  # fmt: skip
    nine = _bars(plan_of("paper", "seeds=[0]", LEARNING_RATES, "grid.training.batch_size=[16, 32, 64]"), LAST)
    assert [(one.name, len(one.panels)) for one in nine] == [
        ("bars_last_validation_accuracy", 5), ("bars_last_validation_accuracy_2", 4),
    ]  # fmt: skip
    assert {one.form for one in nine} == {"Bar chart"}


def test_step_times_carry_their_ratio_to_the_first_arm() -> None:
    times = {"plain": 0.010, "bn": 0.0125, "bn_after": 0.012, "dropout": 0.010, "bn_dropout": 0.02}
    plan = with_study(plan_of("paper", "seeds=[0, 1]"), published=())
    end = lambda point: {"step_seconds": times[point.arm] * (1 + point.seed)}  # noqa: E731
    (figure,) = drawn(plan, StepTimeFigure(kind="step_time"), end=end)
    assert {text.label: text.said for text in marks_of(figure.panels[0], Text)} == {
        "plain": "15.0", "bn": "18.8 (1.25×)", "bn_after": "18.0 (1.20×)", "dropout": "15.0 (1.00×)",
        "bn_dropout": "30.0 (2.00×)",
    }  # fmt: skip
    assert [bar.end for bar in marks_of(figure.panels[0], Bar, "bn")] == pytest.approx([18.75])
