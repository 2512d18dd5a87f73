"""Seeds one by one: what is asked for and what is decided is a function of the runs, whatever the way to them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from synthetic_study import LEARNING_RATES, plan_of, realistic, until_decided

from bn_study.analysis.decision import DECIDED
from bn_study.analysis.e_process import DECISIVE, e_holm, t_e_process
from bn_study.analysis.results import Results, results_of
from bn_study.analysis.rounds import Course, course_of
from bn_study.analysis.verdict import judge
from bn_study.config.claim import Claim
from bn_study.planning.expansion import Plan, Point

BN_HIGHER = {"arm": "bn", "with": "plain", "expect": "higher"}
LAST = {"metric": "last_validation_accuracy"}
RATE = "training.learning_rate.initial"
FIRST, MOST = 4, 12


def until_plan(*claims: dict[str, Any], grid: Sequence[str] = ()) -> Plan:
    """Of the dense study, with other claims and 4 to 12 seeds."""
    plan = plan_of("paper", f"seeds={list(range(MOST))}", *grid)
    asked = tuple(Claim.model_validate({"id": f"c{k}", "says": "so", **claim}) for k, claim in enumerate(claims))
    study = plan.source.study.model_copy(update={"claims": asked})
    return until_decided(replace(plan, source=replace(plan.source, study=study)), FIRST)


def whole(end: Any, *claims: dict[str, Any], grid: Sequence[str] = ()) -> Results:
    """With the runs of all seeds that there may be."""
    plan = until_plan(*claims, grid=grid)
    return results_of(plan, realistic(plan, end))


def course(end: Any, *claims: dict[str, Any], grid: Sequence[str] = ()) -> Course:
    return course_of(whole(end, *claims, grid=grid))


def against(*arms: str) -> list[dict[str, Any]]:
    return [{**LAST, "compare": {**BN_HIGHER, "arm": arm}} for arm in arms]


def by_arm(means: Mapping[str, float], seed: int = 0, spread: float = 0.01) -> Any:
    """Accuracies of each arm around its mean, by seed; plain is 0.5 always."""
    noise = {arm: np.random.default_rng([seed, place]).normal(size=MOST) for place, arm in enumerate(means)}

    def end(point: Point) -> dict[str, Any]:
        if point.arm not in means:
            return {"validation": [0.3, 0.5]}
        return {"validation": [0.3, 0.5 + means[point.arm] + spread * float(noise[point.arm][point.seed])]}

    return end


SOON_LATE_NEVER = {"bn": 0.05, "dropout": 0.02, "bn_after": 0.0}


def test_arms_get_seeds_until_their_claims_are_decided() -> None:
    found = course(by_arm(SOON_LATE_NEVER), *against(*SOON_LATE_NEVER))
    soon, late, never = found.claims
    assert (soon.outcome, late.outcome, never.outcome) == ("supported", "supported", "undecided")
    seeds = {arm: sum(point.arm == arm for point in found.points) for arm in (*SOON_LATE_NEVER, "plain", "bn_dropout")}
    assert seeds["bn"] == soon.looks[-1].seeds < seeds["dropout"] == late.looks[-1].seeds < MOST
    assert seeds["plain"] == seeds["bn_after"] == MOST == found.seeds
    assert seeds["bn_dropout"] == FIRST  # of which no claim speaks


@pytest.mark.parametrize("seed", range(5))
def test_each_look_is_the_process_and_e_holm_that_were_simulated(seed: int) -> None:
    """What test_e_process finds in 10,000 studies is found of these verdicts: they are the same function."""
    means = {"bn": 0.012, "dropout": 0.01, "bn_after": 0.0, "bn_dropout": -0.015}
    results = whole(by_arm(means, seed), *against(*means))
    table = results.runs.pivot(index="arm", columns="seed", values="last_validation_accuracy")
    differences = np.array([table.loc[arm] - table.loc["plain"] for arm in means])
    evidence = {"supported": t_e_process(differences), "contradicted": t_e_process(-differences)}
    stopped = dict.fromkeys(range(len(means)), MOST)
    found = course_of(results)
    for n in range(FIRST, found.seeds + 1):
        now = {
            outcome: e_holm(np.array([process[k, min(n, stopped[k]) - 1] for k in stopped]))
            for outcome, process in evidence.items()
        }
        for k, one in enumerate(found.claims):
            if n > stopped[k]:
                continue
            look = one.looks[n - FIRST]
            assert look.seeds == n
            assert [look.evidence[outcome] for outcome in evidence] == pytest.approx([v[k] for v in now.values()])  # type: ignore[index]
            if any(values[k] >= DECISIVE for values in now.values()):
                stopped[k] = n
    for k, one in enumerate(found.claims):
        assert len(one.looks) == stopped[k] - FIRST + 1
        assert (one.outcome != "undecided") == any(one.looks[-1].evidence[way] >= DECISIVE for way in DECIDED)


def test_what_is_not_asked_for_changes_nothing() -> None:
    results = whole(by_arm(SOON_LATE_NEVER), *against(*SOON_LATE_NEVER))
    found = course_of(results)
    narrow = results.of(found.points)
    assert len(narrow.plan.points) < len(results.plan.points)
    again = course_of(narrow)
    assert (again.points, again.seeds) == (found.points, found.seeds)
    assert [(one.looks, one.outcome) for one in again.claims] == [(one.looks, one.outcome) for one in found.claims]


@pytest.mark.parametrize("seed", range(3))
def test_runs_in_any_order_killed_at_any_time_come_to_the_same(seed: int) -> None:
    """Some of what is asked for is trained, in any order, until nothing more is asked for."""
    plan, chance = until_plan(*against("bn", "dropout")), random.Random(seed)
    records = realistic(plan, by_arm(SOON_LATE_NEVER))
    end = course_of(results_of(plan, records))
    done: dict[str, Any] = {}
    while todo := [p for p in course_of(results_of(plan, done)).points if p.fingerprint not in done]:
        for point in chance.sample(todo, chance.randint(1, len(todo))):
            done[point.fingerprint] = records[point.fingerprint]
    found = course_of(results_of(plan, done))
    assert found.points == end.points
    assert judge(results_of(plan, done).of(found.points)) == judge(results_of(plan, records).of(end.points))


def test_a_seed_counts_when_all_its_runs_have_ended() -> None:
    """One run of the fifth of the first seeds is missing in another arm: nobody looks beyond."""

    def end(point: Point) -> dict[str, Any]:
        return {**by_arm(SOON_LATE_NEVER)(point), "missing": (point.arm, point.seed) == ("bn_after", 2)}

    results = whole(end, *against(*SOON_LATE_NEVER))
    found = course_of(results)
    assert (found.seeds, {point.seed for point in found.points}) == (2, set(range(FIRST)))
    assert [(one.n, one.least_n, one.outcome) for one in judge(results.of(found.points))] == [(2, 4, "undecided")] * 3


def test_before_any_seed_is_whole_there_is_nothing_to_judge() -> None:
    found = judge(whole(lambda point: {"missing": point.seed == 0}, *against("bn")))
    assert [one.why for one in found] == ["no seed has all its runs yet"]


def test_a_diverged_run_ends_its_seed_and_has_no_partner() -> None:
    def end(point: Point) -> dict[str, Any]:
        lost = {"status": "diverged", "validation": [0.1, None]}
        return lost if (point.arm, point.seed) == ("bn", 1) else by_arm(SOON_LATE_NEVER)(point)

    results = whole(end, *against("bn"))
    found = course_of(results)
    assert found.claims[0].outcome == "supported"
    (verdict,) = judge(results.of(found.points))
    assert verdict.n == found.seeds - 1
    assert "1 diverged" in verdict.cautions[0]


def test_of_what_nothing_can_be_judged_no_more_is_asked_for() -> None:
    """It stays in the family, with no evidence: who is judged beside it needs twice as much."""
    nowhere = {**LAST, "compare": BN_HIGHER, "at": {RATE: 5.0}}
    found = course(by_arm(SOON_LATE_NEVER), *against("dropout"), nowhere, grid=(LEARNING_RATES,))
    judged, other = found.claims
    assert isinstance(other.hearing.decision, str)
    assert judged.looks[-1].evidence["supported"] == pytest.approx(
        min(judged.hearing.decision.e_values["supported"], (judged.hearing.decision.e_values["supported"] + 1) / 2)  # type: ignore[union-attr]
    )
    assert {point.seed for point in found.points if point.arm == "bn"} == set(range(FIRST))


def test_verdicts_of_listed_seeds_are_written_as_ever() -> None:
    """Nothing new stands in them, not even that there is none."""
    plan = plan_of("paper", "seeds=[0, 1, 2, 3, 4, 5]")
    written = [json.loads(one.model_dump_json()) for one in judge(results_of(plan, realistic(plan)))]
    assert all(one.keys().isdisjoint({"evidence", "looks"}) for one in written)
    results = whole(by_arm(SOON_LATE_NEVER), *against("bn"))
    (verdict,) = judge(results.of(course_of(results).points))
    kept = json.loads(verdict.model_dump_json())
    assert kept["evidence"] == kept["looks"][-1]["evidence"]["supported"] >= DECISIVE
    assert (kept["p_value"], kept["p_holm"]) == (None, None)
