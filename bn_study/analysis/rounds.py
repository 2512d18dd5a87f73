"""Rounds: in a study until decided, seed after seed for the arms and grid points of the claims that are still open.

Claims are looked at after each whole round: when all runs of a seed that open claims need have ended. So what is
decided, and after how many seeds, is a function of the runs, whatever the order in which they end, and whatever
was killed. A claim is judged by the first look at which it is decided; what comes after changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from bn_study.analysis.any_time import at_any_time
from bn_study.analysis.axis import fits
from bn_study.analysis.decision import DECIDED, Decided, Outcome
from bn_study.analysis.e_process import DECISIVE, e_holm
from bn_study.analysis.frame import texts
from bn_study.analysis.hearing import Hearing, hearings
from bn_study.analysis.results import Results, results_of
from bn_study.analysis.statistics import Number
from bn_study.config.claim import Claim
from bn_study.planning.expansion import Plan, Point
from bn_study.store.store import Store

UNDECIDED: Outcome = "undecided"


@dataclass(frozen=True)
class AfterSeeds:
    """The evidence of each outcome of a claim after so many seeds, adjusted over the study's claims."""

    seeds: int
    evidence: Mapping[Decided, Number]


@dataclass(frozen=True)
class Followed:
    """A claim as it was heard when it was decided, or last; and what every look at it gave."""

    hearing: Hearing
    looks: tuple[AfterSeeds, ...] = ()
    outcome: Outcome = "undecided"

    @property
    def is_open(self) -> bool:
        """Whether more seeds may decide it; not where nothing can be judged."""
        return self.outcome == "undecided" and not isinstance(self.hearing.decision, str)


@dataclass(frozen=True)
class Course:
    """`points`: those of the plan that are asked for so far. `seeds`: how many have all the runs that were needed."""

    claims: tuple[Followed, ...]
    points: tuple[Point, ...]
    seeds: int


def asked_for(plan: Plan, store: Store) -> Plan:
    """What a study asks for by now; all of the plan where its seeds are listed."""
    if plan.source.study.until is None:
        return plan
    return replace(plan, points=course_so_far(plan, store).points)


def course_so_far(plan: Plan, store: Store) -> Course:
    """By the records that there are."""
    return course_of(results_of(plan, store.records(plan.runs)))


def course_of(results: Results) -> Course:
    """Of a study until decided. Points of the plan that are not asked for may have results: they change nothing."""
    plan, study = results.plan, results.plan.source.study
    until = study.until
    assert until is not None
    ended = {
        point.run_id
        for point, status in zip(plan.points, texts(results.runs, "status"), strict=True)
        if status in ("finished", "diverged")
    }
    first = until.all[: until.first]
    asked = {point.run_id for point in plan.points if point.seed in first}
    rounds = [_needed(plan, study.claims, seed) for seed in first]
    whole = sum(1 for _ in takewhile(ended.issuperset, rounds))
    claims = _looked_at((), _at(results, asked, until.all[:whole] or first), whole)
    while until.first <= whole < until.most and (still := [one.hearing.claim for one in claims if one.is_open]):
        needed = _needed(plan, still, until.all[whole])
        asked |= needed
        if not needed <= ended:
            break
        whole += 1
        claims = _looked_at(claims, _at(results, asked, until.all[:whole]), whole)
    return Course(claims, tuple(point for point in plan.points if point.run_id in asked), whole)


def _needed(plan: Plan, claims: Iterable[Claim], seed: int) -> set[str]:
    """The runs of a seed that the claims are about."""
    arms = plan.source.study.arms
    about = [(claim.arms or tuple(arms), claim.at) for claim in claims]
    return {
        point.run_id
        for point in plan.points
        if point.seed == seed and any(point.arm in arms and fits(point, at) for arms, at in about)
    }


def _at(results: Results, asked: set[str], seeds: Sequence[int]) -> Results:
    return results.of([point for point in results.plan.points if point.run_id in asked and point.seed in seeds])


def _looked_at(before: Sequence[Followed], results: Results, whole: int) -> tuple[Followed, ...]:
    """The claims after one more look; those that were decided before stay as they were."""
    until = results.plan.source.study.until
    assert until is not None
    claims = [Followed(_at_any_time(hearing, whole)) for hearing in hearings(results)]
    if before:
        claims = [
            replace(now, looks=old.looks) if old.outcome == "undecided" else old
            for now, old in zip(claims, before, strict=True)
        ]
    found = []
    for one, evidence in zip(claims, _adjusted(claims), strict=True):
        if one.outcome == "undecided" and not isinstance(one.hearing.decision, str):
            shown = [outcome for outcome in DECIDED if evidence[outcome] >= DECISIVE and whole >= until.first]
            one = replace(one, looks=(*one.looks, AfterSeeds(whole, evidence)), outcome=(*shown, UNDECIDED)[0])
        found.append(one)
    return tuple(found)


def _at_any_time(hearing: Hearing, whole: int) -> Hearing:
    claim, _, decision = hearing
    if isinstance(decision, str):
        return hearing
    return hearing._replace(decision=at_any_time(claim, decision) if whole else "no seed has all its runs yet")


def _adjusted(claims: Sequence[Followed]) -> list[dict[Decided, float]]:
    """e-Holm over all claims of the study: one of which nothing can be judged has no evidence, which is 1.

    To leave it out until something can be judged would make the family depend on what was measured.
    """
    decisions = [one.hearing.decision for one in claims]
    e_values = np.array(
        [[1.0 if isinstance(one, str) else one.e_values[outcome] for one in decisions] for outcome in DECIDED]
    )
    return [dict(zip(DECIDED, map(float, of_claim), strict=True)) for of_claim in e_holm(e_values).T]
