"""Verdict: what a study's runs say of each of its claims. The rules are stated in `decision` and `any_time`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bn_study.analysis.clock import LEAST_CPU_SHARE, disturbed
from bn_study.analysis.decision import DECIDED, Decided, Decision, Outcome, Test, least_n
from bn_study.analysis.evidence import Evidence, Taken
from bn_study.analysis.hearing import Hearing, hearings
from bn_study.analysis.mixing import KEPT_APART
from bn_study.analysis.results import Results
from bn_study.analysis.rounds import AfterSeeds, Followed, course_of
from bn_study.analysis.statement import runs_taken
from bn_study.analysis.statistics import Number, holm
from bn_study.config.claim import Claim
from bn_study.config.metric import CLAIM_METRICS, DivergedAs

#: What a diverged run counts as, in words.
_COUNTED_AS: dict[DivergedAs | None, str] = {
    None: "",
    "chance": "chance",
    "last": "the last recorded value",
    "later": "later than all where it was not reached before",
    "largest": "larger than all",
}
#: Statuses of runs that may have no value, in the order in which they are named.
LEFT_OUT = ("diverged", "failed", "missing", "finished")


class PointEffect(BaseModel):
    """The effect at one of the grid points that a claim counts; p is that of the claim there, not adjusted."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")

    at: str
    effect: Number
    low: Number
    high: Number
    n: int
    p_value: Number


def _is_of_listed_seeds(value: object) -> bool:
    """Findings of studies that list their seeds do without what only others have."""
    return value in (None, ())


class Verdict(BaseModel):
    """One claim, judged. `effect` is the first arm minus the second (inside minus outside, for a peak; the value minus
    the number that is claimed, or how far inside of the nearer of two; the rank correlation).

    Numbers are in the metric's unit; NaN (null in JSON) where there is none, infinite (null, too) where a
    median pair has a run that never got there: `sentence` of the findings says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")

    claim: Claim
    outcome: Outcome
    unit: str
    test: Test | None
    effect: Number
    low: Number
    high: Number
    n: int = Field(description="pairs of runs (seeds) that the effect is over")
    n_planned: int
    least_n: int | None = Field(description="fewer pairs never decide")
    p_value: Number = Field(description="one-sided, of the outcome's opposite; of the claim's, if it is undecided")
    p_holm: Number = Field(description="the same, adjusted over the claims of the study")
    sign_flip_p: Number = Field(description="exact, two-sided, of no difference at all")
    why: str = Field(description="why nothing could be judged; empty where something was")
    cautions: tuple[str, ...] = Field(description="what the number hides: runs left out, choices made on test data")
    run_ids: tuple[str, ...]
    at: str = Field("", description="the grid point whose effect decides, where the claim counts several")
    points: tuple[PointEffect, ...] = Field((), description="each of those grid points by itself")
    evidence: Number | None = Field(
        None,
        exclude_if=_is_of_listed_seeds,
        description="in the place of p, where seeds are added until claims are decided; adjusted over the claims",
    )
    looks: tuple[AfterSeeds, ...] = Field((), exclude_if=_is_of_listed_seeds, description="and after each round")


def judge(results: Results) -> tuple[Verdict, ...]:
    """One verdict a claim, in the order of the study; p or evidence adjusted over the claims."""
    if results.plan.source.study.until is not None:
        return _judged_at_any_time(results)
    heard = hearings(results)
    adjusted = _adjusted([hearing.decision for hearing in heard])
    return tuple(_verdict(results, hearing, p_holm) for hearing, p_holm in zip(heard, adjusted, strict=True))


def _judged_at_any_time(results: Results) -> tuple[Verdict, ...]:
    """By the rule of `any_time`, each claim as it was when it was decided."""
    course, until = course_of(results), results.plan.source.study.until
    assert until is not None
    least = until.first if course.seeds < until.first else None
    return tuple(_of_followed(results, one, least) for one in course.claims)


def _of_followed(results: Results, one: Followed, least: int | None) -> Verdict:
    same, decision = _same(results, one.hearing), one.hearing.decision
    if isinstance(decision, str):
        return _nothing(decision, same)
    tested = _tested(one.outcome)
    return Verdict(
        outcome=one.outcome, **_found(decision), least_n=least, p_value=math.nan, p_holm=math.nan,
        evidence=one.looks[-1].evidence[tested], looks=one.looks, **same,
    )  # fmt: skip


def _adjusted(decisions: Sequence[Decision | str]) -> list[dict[Decided, float]]:
    """The p of each outcome, adjusted over the claims."""
    p_values = [None if isinstance(one, str) else one.p_values for one in decisions]
    each = [holm([math.nan if p is None else p[outcome] for p in p_values]) for outcome in DECIDED]
    return [dict(zip(DECIDED, of_claim, strict=True)) for of_claim in zip(*each, strict=True)]


def _verdict(results: Results, hearing: Hearing, p_holm: Mapping[Decided, float]) -> Verdict:
    same, decision = _same(results, hearing), hearing.decision
    if isinstance(decision, str):
        return _nothing(decision, same)
    claims = len(results.plan.source.study.claims)
    outcome = decision.outcome(p_holm, claims)
    tested = _tested(outcome)
    return Verdict(
        outcome=outcome, **_found(decision), least_n=least_n(decision.test, claims, decision.hypotheses),
        p_value=decision.p_values[tested], p_holm=p_holm[tested], **same,
    )  # fmt: skip


def _tested(outcome: Outcome) -> Decided:
    """What the p or the evidence of a verdict is of: if it is undecided, of the claim."""
    return "supported" if outcome == "undecided" else outcome


def _same(results: Results, hearing: Hearing) -> dict[str, Any]:
    """What every verdict has, by its fields."""
    claim, evidence, decision = hearing
    return {
        "claim": claim,
        "unit": "1" if claim.correlate else CLAIM_METRICS[claim.metric].unit,
        "n_planned": len(results.plan.seeds),
        "cautions": _cautions(results, claim, evidence, judged=not isinstance(decision, str)),
        "run_ids": tuple(dict.fromkeys(run_id for one in evidence for run_id in one.run_ids())),
    }


def _nothing(why: str, same: Mapping[str, Any]) -> Verdict:
    nothing = dict.fromkeys(("effect", "low", "high", "p_value", "p_holm", "sign_flip_p"), math.nan)
    return Verdict(outcome="undecided", test=None, n=0, least_n=None, why=why, **nothing, **same)


def _found(decision: Decision) -> dict[str, Any]:
    """What was found, by the fields of a verdict."""
    return {
        "test": decision.test, "effect": decision.effect, "low": decision.low, "high": decision.high, "n": decision.n,
        "sign_flip_p": decision.sign_flip_p, "why": "", "at": decision.at,
        "points": tuple(_point(at, one) for at, one in decision.parts.items()),
    }  # fmt: skip


def _point(at: str, one: Decision) -> PointEffect:
    p_value = one.p_values.get("supported", math.nan)
    return PointEffect(at=at, effect=one.effect, low=one.low, high=one.high, n=one.n, p_value=p_value)


def _cautions(results: Results, claim: Claim, evidence: tuple[Evidence, ...], judged: bool) -> tuple[str, ...]:
    metric, used = CLAIM_METRICS[claim.metric], runs_taken(claim, evidence) if judged else None
    said = [_absent(one, claim, used) for one in evidence]
    places = max((len(one.values) for one in evidence), default=0)
    if claim.is_of_a_mean and places > 1:
        said.append(f"over {places} grid points")
    if results.best_is_optimistic and any(CLAIM_METRICS[name].is_optimistic for name in claim.metrics):
        said.append("best epochs were chosen on test data: optimistic")
    machines = {machine for one in evidence for machine in _machines(one)}
    waited, known = disturbed(group for one in evidence for group in one.groups) if metric.cpu else (0, 0)
    if waited:
        said.append(f"wall time: {waited} of {known} runs were disturbed, with less than {LEAST_CPU_SHARE:g} of a CPU")
    if metric.unit == "s" and len(machines) > 1:
        models = sorted({processor for *_, processor in machines if processor})
        named = f" ({'; '.join(models)})" if len(models) > 1 else ""
        said.append(f"times are of {len(machines)} kinds of machine{named} and do not compare")
    said += [
        f"compares runs of one {KEPT_APART[column]} with runs of another: {' and '.join(kinds)}"
        for column, kinds in _kinds_apart(evidence).items()
    ]
    return tuple(filter(None, said))


def _absent(evidence: Evidence, claim: Claim, used: set[Taken] | None) -> str:
    """'bn: of 5 runs 1 diverged, counted as chance; 1 failed, 1 without a partner, left out'.

    Every planned run is used as it was measured, or is in this sentence once. `used`: None for all with a value.
    """
    have, out, how = evidence.with_value(), evidence.without_value(), _COUNTED_AS[claim.diverged_as]
    kept = [state for run, state in have if used is None or run in used]
    without = [
        f"{out[state]} {state}{' without a value' if state == 'finished' else ''}" for state in LEFT_OUT if out[state]
    ]
    without += [f"{len(have) - len(kept)} without a partner"] * (len(kept) < len(have))
    parts = [
        f"{kept.count('diverged')} diverged, counted as {how}" if "diverged" in kept and how else "",
        f"{', '.join(without)}, left out" if without else "",
    ]
    planned = evidence.counts()["planned"]
    return f"{evidence.label}: of {planned} runs {'; '.join(filter(None, parts))}" if any(parts) else ""


def _machines(evidence: Evidence) -> set[tuple[str, ...]]:
    """Backend, device, threads and processor of the runs that ended."""
    columns = ("backend", "device", "threads", "processor")
    found: set[tuple[str, ...]] = set()
    for group in evidence.groups:
        rows = group.finished
        found |= {tuple(map(str, row)) for row in zip(*(rows[column] for column in columns), strict=True)}
    return found


def _kinds_apart(evidence: tuple[Evidence, ...]) -> dict[str, tuple[str, ...]]:
    """What each arm has one kind of, and all together several, though the study asked for the same."""
    if any(one.mixed for one in evidence):
        return {}
    found: dict[str, dict[str, None]] = {}
    for group in (group for one in evidence for group in one.groups):
        for column, kind in group.variant.items():
            if kind:
                found.setdefault(column, {})[kind] = None
    return {column: tuple(kinds) for column, kinds in found.items() if len(kinds) > 1}
