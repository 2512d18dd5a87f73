"""Published and measured numbers meet only where they speak of the same thing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from synthetic_study import plan_of, realistic

from bn_study.analysis.frame import csv_text
from bn_study.analysis.published import OTHER_DATA, beside_published, published_gaps, published_table
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
    """Seeds 0, 1, 2 end at 0.49, 0.50, 0.51: the t interval is 0.475 … 0.525."""
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
    ("value", "uncertainty", "inside"), [(0.52, 0.0, True), (0.53, 0.0, False), (0.53, 0.01, True)]
)
def test_inside_means_that_both_ranges_meet(value: float, uncertainty: float, inside: bool) -> None:
    number = {"metric": "last_validation_accuracy", "value": value, "uncertainty": uncertainty}
    (one,) = beside_published(_results(_with(PLAN, number), _flat))
    assert one.inside is inside
    assert one.note == ""


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
    [({}, ""), ({"validation": [0.5, None]}, "not measured"), ({"status": "diverged"}, "no finished run")],
)
def test_where_there_is_no_number_beside_a_published_one_it_says_why(end: dict[str, Any], note: str) -> None:
    plan = _with(PLAN, {"metric": "last_validation_accuracy", "value": 0.5})
    (one,) = beside_published(_results(plan, lambda point: end))
    assert one.note == note
    assert (one.measured.n == 0) == bool(note)
