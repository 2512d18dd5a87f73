"""The chance of being decided is that of the rule, by a pilot that knows its effect and spread only so well."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.prospect import Prospect, all_needed, prospects
from bn_study.analysis.results import results_of
from bn_study.config.claim import Claim

BN_HIGHER = {"arm": "bn", "with": "plain", "expect": "higher"}
LAST = {"metric": "last_validation_accuracy", "compare": BN_HIGHER}
COUNTED = {"metric": "epochs_to_accuracy", "accuracy": 0.45, "compare": {**BN_HIGHER, "expect": "lower"}}
RATE = "training.learning_rate.initial"


def found(seeds: int, end: Any, *claims: dict[str, Any], grid: tuple[str, ...] = ()) -> tuple[Prospect, ...]:
    plan = plan_of("paper", f"seeds={list(range(seeds))}", *grid)
    asked = tuple(Claim.model_validate({"id": f"c{k}", "says": "so", **claim}) for k, claim in enumerate(claims))
    study = plan.source.study.model_copy(update={"claims": asked})
    plan = replace(plan, source=replace(plan.source, study=study))
    of_two = {"missing": True}
    records = realistic(plan, lambda point: end(point) if point.arm in ("bn", "plain") else of_two)
    return prospects(results_of(plan, records))


def ahead(effect: float, spread: float, seeds: int) -> Any:
    """bn ahead of plain by `effect` on average, with exactly this standard deviation over the seeds."""
    pattern = np.linspace(-1, 1, seeds)
    pattern *= spread / pattern.std(ddof=1)

    def end(point: Any) -> dict[str, Any]:
        return {"validation": [0.3, 0.5 + (effect + pattern[point.seed]) * (point.arm == "bn")]}

    return end


@pytest.mark.parametrize("n", [5, 8, 15])
def test_a_pilot_that_knows_all_gives_the_power_of_the_t_test(n: int) -> None:
    """200 seeds leave next to nothing open: power at 2.5 % on one side, by SciPy's noncentral t."""
    (one,) = found(200, ahead(0.01, 0.01, 200), LAST)
    power = stats.nct.sf(stats.t.ppf(0.975, n - 1), n - 1, math.sqrt(n))
    assert one.chances[n] == pytest.approx(power, abs=0.05)
    assert (one.effect, one.spread) == pytest.approx((0.01, 0.01))


def test_a_small_pilot_is_not_taken_at_its_word() -> None:
    """The same effect and spread, of 3 and of 100 seeds: three may have been lucky."""
    small, large = (found(seeds, ahead(0.03, 0.01, seeds), LAST)[0] for seeds in (3, 100))
    assert large.chances[10] > 0.99
    assert 0.5 < small.chances[10] < 0.97


def test_holm_over_the_study_costs_seeds() -> None:
    end = ahead(0.012, 0.01, 60)
    alone = found(60, end, LAST)[0]
    among = found(60, end, *[LAST] * 6)
    assert alone.needed is not None
    assert all(one.needed is not None and one.needed > alone.needed for one in among)
    assert all_needed(among) == max(one.needed or 0 for one in among)


def test_chances_begin_at_the_least_n_of_the_rule_and_a_nearer_margin_is_harder() -> None:
    end = ahead(0.03, 0.005, 30)
    claims = [{**LAST, "compare": {**BN_HIGHER, "margin": margin}} for margin in (0.0, 0.027)]
    easy, hard = found(30, end, *claims)
    assert easy.needed == 5
    assert easy.chances[6] > 0.99
    assert hard.chances[15] < easy.chances[15]


def test_signs_need_what_holm_lets_them() -> None:
    def end(point: Any) -> dict[str, Any]:
        return {"validation": [0.3, 0.5] if point.arm == "bn" else [0.3, 0.3, 0.5]}

    (one,) = found(60, end, COUNTED)
    assert (one.test, one.needed) == ("sign", 6)
    four = found(60, end, *[COUNTED] * 4)
    assert [each.needed for each in four] == [7] * 4
    assert all(each.chances[6] == 0.0 for each in four)


def test_each_point_is_harder_than_one_of_them() -> None:
    every, some = {**LAST, "at_every": RATE}, {**LAST, "at_least": {"points": 1}}
    (hard,), (easy,) = (found(40, ahead(0.012, 0.01, 40), form, grid=(LEARNING_RATES,)) for form in (every, some))
    assert hard.needed is not None
    assert easy.needed is not None
    assert hard.needed > easy.needed


def test_a_value_against_a_number_is_as_hard_as_against_an_arm_and_between_two_is_harder() -> None:
    """plain has 0.5 in every run."""
    value = {"metric": "last_validation_accuracy", "value": {"arm": "bn", "expect": "higher", "than": 0.5}}
    between = {**value, "value": {"arm": "bn", "between": (0.5, 0.522)}}
    forms = [found(60, ahead(0.01, 0.01, 60), claim)[0].chances[8] for claim in (LAST, value, between)]
    assert forms[0] == pytest.approx(forms[1], abs=0.02)
    assert forms[2] < forms[1] - 0.1


@pytest.mark.parametrize(
    ("seeds", "end", "why"),
    [(1, ahead(0.01, 0.0, 2), "one pair has no spread"), (3, lambda point: {"missing": True}, "bn has no value")],
)
def test_what_a_pilot_cannot_know_is_said(seeds: int, end: Any, why: str) -> None:
    (one,) = found(seeds, end, LAST)
    assert one.why.startswith(why)
    assert (one.chances, one.needed) == ({}, None)


def test_a_claim_that_no_affordable_number_decides_is_open() -> None:
    (one,) = found(100, ahead(0.0002, 0.01, 100), LAST)
    assert one.needed is None
    assert all_needed([one]) is None
