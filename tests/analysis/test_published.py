"""Published and measured numbers meet only where they speak of the same thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from synthetic_study import plan_of, realistic

from bn_study.analysis.frame import csv_text
from bn_study.analysis.published import (
    OTHER_DATA,
    OTHER_MACHINE,
    OTHER_SIZE,
    beside_published,
    published_gaps,
    published_table,
)
from bn_study.analysis.results import Results, results_of
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan, Point

PLAN = plan_of("paper", "seeds=[0, 1, 2]")


def _with(plan: Plan, *published: dict[str, Any]) -> Plan:
    numbers = tuple(Published(**{"id": "x", "arm": "bn", "value": 0.5, **one}) for one in published)
    study = plan.source.study.model_copy(update={"published": numbers})
    return replace(plan, source=replace(plan.source, study=study))


def _results(plan: Plan, end: Any = lambda point: {}) -> Results:
    records = realistic(plan, end)
    return results_of(plan, records)


def _flat(point: Point) -> dict[str, object]:
    """Seeds 0, 1, 2 end at 0.49, 0.50, 0.51: t · s · √(1 + 1/3) is 0.0497."""
    last = 0.49 + 0.01 * point.seed
    return {"validation": [0.3, last], "train": [0.2, 0.6]}


def test_every_published_number_of_the_study_has_its_line() -> None:
    beside = beside_published(_results(PLAN))
    assert [one.published for one in beside] == list(PLAN.source.study.published)
    assert {one.note for one in beside} == {OTHER_DATA}
    assert {one.inside for one in beside} == {None}
    assert {one.measured.n for one in beside} == {3}


def test_the_number_of_an_epoch_meets_the_measurement_of_that_epoch() -> None:
    plan = _with(PLAN, {"metric": "train_accuracy", "epoch": 1}, {"metric": "train_accuracy"})
    first, last = beside_published(_results(plan, _flat))
    assert (first.measured.mean, last.measured.mean) == pytest.approx((0.2, 0.6))


@pytest.mark.parametrize(
    ("value", "uncertainty", "inside"),
    [(0.549, 0.0, True), (0.551, 0.0, False), (0.449, 0.0, False), (0.555, 0.01, True)],
)
def test_inside_means_that_both_ranges_meet(value: float, uncertainty: float, inside: bool) -> None:
    number = {"metric": "last_validation_accuracy", "value": value, "uncertainty": uncertainty}
    (one,) = beside_published(_results(_with(PLAN, number), _flat))
    assert one.inside is inside
    assert one.note == ""


SCORED = {"metric": "last_validation_accuracy", "value": 0.5}


def test_a_number_of_the_same_data_is_scored_at_the_size_of_the_source_alone() -> None:
    """Shown and said at any other: another profile, or a run that --set changes."""
    sizes = {
        True: [plan_of("paper"), plan_of("paper", "seeds=[0, 1, 2]")],
        False: [plan_of("laptop"), plan_of("paper", "training.batch_size=64")],
    }
    for scored, plans in sizes.items():
        for plan in plans:
            (one,) = beside_published(_results(_with(plan, SCORED), _flat))
            assert one.measured.n >= 3
            assert (one.inside is None, OTHER_SIZE in one.note) == (not scored, not scored)


@pytest.mark.parametrize("metric", ["train_seconds", "step_seconds"])
def test_a_time_of_another_machine_is_never_scored(metric: str) -> None:
    (one,) = beside_published(_results(_with(PLAN, {"metric": metric, "value": 8.0})))
    assert (one.inside, one.note) == (None, OTHER_MACHINE)


@pytest.mark.parametrize("number", [SCORED, {"metric": "validation_accuracy", "epoch": 2}])
@pytest.mark.parametrize(("value", "inside"), [(0.1, True), (0.12, False)])
def test_a_cell_that_diverged_is_compared_at_chance(number: dict[str, Any], value: float, inside: bool) -> None:
    """The source's 10 % of ten classes is our diverged run."""
    diverged = _results(
        _with(PLAN, {**number, "value": value}), lambda point: {"validation": [0.3, None], "status": "diverged"}
    )
    (one,) = beside_published(diverged)
    assert (one.measured.mean, one.measured.n, one.inside) == (pytest.approx(0.1), 3, inside)
    assert one.note == "3 of 3 diverged, counted as chance"


def test_a_loss_that_diverged_has_no_chance_to_be_compared_at() -> None:
    plan = _with(PLAN, {"metric": "last_train_loss", "value": 2.3})
    (one,) = beside_published(_results(plan, lambda point: {"validation": [0.3, None], "status": "diverged"}))
    assert (one.measured.n, one.note) == (0, "no finished run")


def test_one_seed_cannot_say_whether_a_number_is_inside() -> None:
    plan = _with(plan_of("paper", "seeds=[0]"), {"metric": "last_validation_accuracy"})
    assert beside_published(_results(plan))[0].inside is None


@pytest.mark.parametrize(
    ("number", "note"),
    [
        ({"metric": "train_loss", "epoch": 30}, "it is of epoch 30; here 4 are trained"),
        ({"metric": "last_train_loss", "epoch": 3}, "it is of epoch 3; here 4 are trained"),
        ({"metric": "train_loss", "at": {"training.batch_size": 250}}, "not in this plan"),
        ({"metric": "epochs_to_accuracy"}, "it does not say which accuracy is to be reached"),
    ],
)
def test_what_cannot_be_compared_says_why(number: dict[str, Any], note: str) -> None:
    plan = _with(PLAN, number)
    (one,) = beside_published(_results(plan))
    assert one.note == note
    assert one.measured.n == 0
    assert one.inside is None


def test_at_picks_its_grid_point_and_without_it_several_are_not_averaged() -> None:
    plan = plan_of("paper", "grid.training.batch_size=[64, 128]")
    plan = _with(
        plan,
        {"metric": "last_validation_accuracy", "at": {"training.batch_size": 64, "training.epochs": 4}},
        {"metric": "last_validation_accuracy"},
    )
    at_64, unsaid = beside_published(_results(plan))
    assert at_64.measured.n == 6
    assert unsaid.note == "no single grid point is named: 2 of this plan fit"
    assert unsaid.measured.n == 0


def test_gaps_between_arms_are_paired_and_their_signs_compared() -> None:
    def bn_is_better(point: Point) -> dict[str, object]:
        train = {"bn": 0.6, "dropout": 0.5}.get(point.arm, 0.4) + 0.01 * point.seed
        return {"validation": [0.4] * 4, "train": [train] * 4}

    gaps = published_gaps(_results(PLAN, bn_is_better))
    accuracy = [gap for gap in gaps if gap.published[0].metric == "train_accuracy"]
    assert [(gap.published[0].arm, gap.published[1].arm) for gap in accuracy] == [("bn", "dropout")] * 4
    assert [gap.published[0].epoch for gap in accuracy] == [1, 2, 3, 4]
    # The source: 76.23 against 77.96 % after the first epoch, ahead in all later ones.
    assert [gap.sign for gap in accuracy] == ["opposite", "same", "same", "same"]
    assert accuracy[0].value == pytest.approx(-0.0173)
    assert accuracy[0].measured.mean == pytest.approx(0.1)


def test_a_gap_within_its_uncertainty_or_around_zero_is_undecided() -> None:
    numbers = [
        {
            "metric": "last_validation_accuracy",
            "same_data": False,
            "arm": arm,
            "value": value,
            "uncertainty": 0.01,
        }
        for arm, value in (("bn", 0.51), ("plain", 0.50), ("dropout", 0.60))
    ]
    plan = _with(PLAN, *numbers)
    gaps = published_gaps(_results(plan, _flat))  # all arms equal: every measured gap is zero
    assert len(gaps) == 3
    assert {gap.sign for gap in gaps} == {"undecided"}


def test_without_any_run_there_is_a_line_for_every_number() -> None:
    empty = results_of(PLAN, {})
    table = published_table(beside_published(empty))
    assert len(table) == len(PLAN.source.study.published)
    assert set(table["note"]) == {f"no finished run; {OTHER_DATA}"}
    assert csv_text(table).startswith("id,arm,at,metric,epoch,published")
    assert {gap.sign for gap in published_gaps(empty)} == {"undecided"}


@pytest.mark.parametrize(
    ("end", "note"),
    [({}, ""), ({"validation": [0.5, None]}, "not measured"), ({"status": "failed"}, "no finished run")],
)
def test_where_there_is_no_number_beside_a_published_one_it_says_why(end: dict[str, Any], note: str) -> None:
    plan = _with(PLAN, {"metric": "last_validation_accuracy", "value": 0.5})
    (one,) = beside_published(_results(plan, lambda point: end))
    assert one.note == note
    assert (one.measured.n == 0) == bool(note)
