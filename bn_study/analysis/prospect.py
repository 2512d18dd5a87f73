"""Prospect: the chance that so many seeds decide a claim, from the spread between the seeds of a pilot.

A few seeds know neither effect nor spread well. So both are drawn from what the pilot leaves possible (normal
differences, prior 1/σ; for signs Jeffreys' prior), fresh seeds are drawn from them, and the study is judged by the
rule of `decision`, with Holm over its claims: the chance is that of being decided, either way (assurance, O'Hagan
et al. 2005). Claims are drawn as if they were independent; a peak by its best pair of values.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from bn_study.analysis.decision import ALPHA, DECIDED, Decided, Decision, Test, least_n
from bn_study.analysis.hearing import hearings
from bn_study.analysis.results import Results
from bn_study.config.claim import Claim

Floats: TypeAlias = NDArray[np.float64]
PValues: TypeAlias = Mapping[Decided, Floats]

MOST_SEEDS = 60
#: The chance that a study should have of deciding a claim.
WANTED = 0.8
_STUDIES = 4_000


@dataclass(frozen=True)
class Prospect:
    """`effect` and `spread` between seeds (standard deviation; NaN for signs) are those of the pilot's `n` pairs.

    `chances`: number of fresh seeds, from 2 to MOST_SEEDS → chance that they decide the claim. `needed`: the fewest
    with a chance of WANTED, None where MOST_SEEDS have less. `why`: why nothing is known; then all else is empty.
    """

    claim: Claim
    test: Test | None
    n: int
    effect: float
    spread: float
    chances: Mapping[int, float]
    needed: int | None
    why: str


def prospects(results: Results) -> tuple[Prospect, ...]:
    """One a claim, in the order of the study; `results` are those of the pilot."""
    heard = [(claim, _known(decision)) for claim, _, decision in hearings(results)]
    pilots = [(claim, found) for claim, found in heard if isinstance(found, Decision)]
    claims = len(heard)
    by_n = {n: _chances(pilots, n, claims) for n in range(2, MOST_SEEDS + 1)} if pilots else {}
    found, place = [], 0
    for claim, decision in heard:
        if isinstance(decision, str):
            found.append(Prospect(claim, None, 0, math.nan, math.nan, {}, None, decision))
            continue
        chances = {n: of_claims[place] for n, of_claims in by_n.items()}
        needed = next((n for n, chance in chances.items() if chance >= WANTED), None)
        spread = statistics.stdev(decision.differences) if decision.test == "t" else math.nan
        found.append(Prospect(claim, decision.test, decision.n, decision.effect, spread, chances, needed, ""))
        place += 1
    return tuple(found)


def _known(decision: Decision | str) -> Decision | str:
    """As text, where the pilot leaves the spread open."""
    if isinstance(decision, str):
        return decision
    if decision.test == "t" and min(len(one.differences) for one in _points(decision)) < 2:
        return "one pair has no spread"
    return decision


def _points(decision: Decision) -> Sequence[Decision]:
    return tuple(decision.parts.values()) or (decision,)


def _chances(pilots: Sequence[tuple[Claim, Decision]], n: int, claims: int) -> list[float]:
    """Of each claim to be decided by n fresh seeds: the share of drawn studies in which it is."""
    drawn = [
        _p_values(claim, decision, n, np.random.default_rng(place)) for place, (claim, decision) in enumerate(pilots)
    ]
    decided = np.zeros((_STUDIES, len(pilots)), dtype=bool)
    for outcome in DECIDED:
        p_values = np.stack([one[outcome] for one in drawn], axis=1)
        decided |= (_holm(p_values) <= ALPHA) & (p_values <= ALPHA / 2)
    enough = [n >= least_n(decision.test, claims, decision.hypotheses) for _, decision in pilots]
    return [float(share) for share in np.mean(decided & enough, axis=0)]


def _holm(p_values: Floats) -> Floats:
    """`statistics.holm` of each row."""
    order = np.argsort(p_values, axis=1)
    ranked = np.take_along_axis(p_values, order, axis=1) * np.arange(p_values.shape[1], 0, -1)
    adjusted = np.empty_like(p_values)
    np.put_along_axis(adjusted, order, np.minimum(np.maximum.accumulate(ranked, axis=1), 1.0), axis=1)
    return adjusted


def _p_values(claim: Claim, decision: Decision, n: int, generator: np.random.Generator) -> PValues:
    """(studies,) for each outcome, of a claim on one effect or on several points."""
    each = [_of_point(claim, one, n, generator) for one in _points(decision)]
    if not decision.parts:
        return {**each[0], "supported": np.minimum(1.0, decision.hypotheses * each[0]["supported"])}
    needed = {"supported": len(each) - decision.hypotheses + 1}
    return {
        outcome: _at_least(needed.get(outcome, decision.hypotheses), [one[outcome] for one in each])
        for outcome in DECIDED
    }


def _at_least(k: int, p_values: Sequence[Floats]) -> Floats:
    """`conjunction.at_least`, study by study."""
    ranked = np.sort(np.stack(p_values), axis=0)
    return np.asarray(np.minimum(1.0, (len(ranked) - k + 1) * ranked[k - 1]))


def _of_point(claim: Claim, one: Decision, n: int, generator: np.random.Generator) -> PValues:
    side, bound = claim.expectation.side, claim.expectation.bound
    towards = np.array(one.differences if side == "higher" else [-d for d in one.differences])
    if one.test == "fact":
        return {outcome: np.full(_STUDIES, p_value) for outcome, p_value in one.p_values.items()}
    if one.test == "t":
        mean, spread = _fresh(towards, n, generator)
        beyond: dict[Decided, Floats] = {
            "supported": mean - bound, "contradicted": min(bound, 0.0) - mean, "below_margin": bound - mean,
        }  # fmt: skip
        return {outcome: special.stdtr(n - 1, -d / spread * math.sqrt(n)) for outcome, d in beyond.items()}
    counts = [int(np.sum(test)) for test in (towards > bound, towards < min(bound, 0.0), towards < bound)]
    fresh = _fresh_counts(counts, len(towards), n, generator)
    return {outcome: _sign_p_values(count, n) for outcome, count in zip(DECIDED, fresh, strict=True)}


def _fresh(pilot: Floats, n: int, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Mean and standard deviation of n fresh values, drawn as the pilot leaves them possible."""
    count = len(pilot)
    spread = float(pilot.std(ddof=1)) * np.sqrt((count - 1) / generator.chisquare(count - 1, _STUDIES))
    mean = float(pilot.mean()) + spread * generator.standard_normal(_STUDIES) / math.sqrt(count)
    of_mean = mean + spread * generator.standard_normal(_STUDIES) / math.sqrt(n)
    return of_mean, np.maximum(spread * np.sqrt(generator.chisquare(n - 1, _STUDIES) / (n - 1)), 1e-300)


def _fresh_counts(
    counts: Sequence[int], pilot: int, n: int, generator: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """(beyond, on the wrong side, short of the margin) among n fresh pairs; pairs without order are none of them."""
    up, down, below = counts
    share = generator.beta(up + 0.5, pilot - up + 0.5, _STUDIES)
    fresh_up = generator.binomial(n, share)
    rest = n - fresh_up
    fresh_below = generator.binomial(rest, below / (pilot - up) if pilot > up else 1.0)
    fresh_down = generator.binomial(fresh_below, down / below if below else 1.0)
    return fresh_up.astype(float), fresh_down.astype(float), fresh_below.astype(float)


def _sign_p_values(counts: Floats, n: int) -> Floats:
    return np.asarray(np.where(counts > 0, special.bdtrc(np.maximum(counts - 1, 0), n, 0.5), 1.0))


def all_needed(found: Iterable[Prospect]) -> int | None:
    """Seeds that give every claim its chance; None where no affordable number does."""
    needed = [one.needed for one in found if not one.why]
    return None if None in needed or not needed else max(n for n in needed if n is not None)
