"""At any time: the rule of `decision` for studies that add seeds until claims are decided: it may be asked after each.

Outcomes are those of `decision`. Shown is what has evidence of 20 or more: the e-value of its opposite (see
`e_process`), adjusted by e-Holm over the study's claims. Which process, fixed before the runs, for one that is
chosen by what was measured is none:

t     metrics that vary freely: `t_e_process`, and its confidence sequence.
sign  counts, and times to an accuracy, which some run may never reach: `sign_e_process`, and the interval of the
      median from order statistics. A pair without order counts for neither side.
fact  metrics that no seed changes: every pair says the same, which is evidence without end, or there is none.

A claim about several effects has the e-value of their conjunction: that all are there, the smallest; that some are,
the mean of all; that k of m are, the mean of the m - k + 1 smallest. For if fewer than k are there, the e-values of
m - k + 1 that are not have a mean of 1 at most on average, and no set of so many has a smaller mean than the smallest.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from bn_study.analysis.decision import DECIDED, Decided, Decision, Test, beyond_edge
from bn_study.analysis.e_process import DECISIVE, decisive_count, mean_interval_at_any_time, sign_e_process, t_e_process
from bn_study.config.claim import Claim
from bn_study.config.metric import CLAIM_METRICS, TimeToAccuracy

_ENOUGH = 20  # seeds, that all say the same, for evidence of any kind


def at_any_time(claim: Claim, decision: Decision) -> Decision:
    """The decision on all pairs so far with evidence in the place of p, and an interval that covers at any time."""
    parts = {at: at_any_time(claim, part) for at, part in decision.parts.items()}
    pairs = tuple(tuple(at_any_time(claim, pair) for pair in row) for row in decision.pairs)
    test = process_of(claim)
    effect, low, high = _estimate(decision.differences, test)
    found = replace(decision, test=test, effect=effect, low=low, high=high, parts=parts, pairs=pairs, p_values={})
    return replace(found, sign_flip_p=math.nan, e_values=_e_values(claim, found))


def process_of(claim: Claim) -> Test:
    """By what the claim is about alone."""
    if claim.spread == "none":
        return "fact"
    may_be_infinite = isinstance(CLAIM_METRICS[claim.metric].source, TimeToAccuracy) and not claim.correlate
    return "sign" if claim.spread == "steps" or may_be_infinite else "t"


def least_seeds(test: Test) -> int:
    """With fewer nothing is evidence enough: 4 for t, 6 for signs; whatever the number of claims, by e-Holm."""
    if test == "fact":
        return 1
    process = t_e_process if test == "t" else sign_e_process
    return int(np.argmax(process(np.ones(_ENOUGH)) >= DECISIVE)) + 1


def at_least(k: int, e_values: Iterable[float]) -> float:
    """E-value of "fewer than k of these m effects are there"."""
    ranked = sorted(e_values)
    return fmean(ranked[: len(ranked) - k + 1])


def _e_values(claim: Claim, decision: Decision) -> Mapping[Decided, float]:
    """Of the parts or pairs of which the decision is made, if it is made of such."""
    if decision.pairs:
        return {outcome: _of_peak(outcome, decision.pairs) for outcome in DECIDED}
    if decision.parts:
        each, fewer = list(decision.parts.values()), decision.hypotheses
        needed = {"supported": len(each) - fewer + 1}
        return {out: at_least(needed.get(out, fewer), (one.e_values[out] for one in each)) for out in DECIDED}
    process = {"t": _t_e_value, "sign": _sign_e_value, "fact": _fact_e_value}[decision.test]
    beyond = beyond_edge(decision.differences, claim.expectation.side, claim.expectation.bound)
    return {outcome: process(values) for outcome, values in beyond.items()}


def _of_peak(outcome: Decided, pairs: Sequence[Sequence[Decision]]) -> float:
    """One value inside does so against every value outside; against that speaks one outside against all inside."""
    rows = pairs if outcome == "supported" else list(zip(*pairs, strict=True))
    return fmean(min(pair.e_values[outcome] for pair in row) for row in rows)


def _t_e_value(beyond: Sequence[float]) -> float:
    return float(t_e_process(np.array(beyond))[-1]) if beyond else 1.0


def _sign_e_value(beyond: Sequence[float]) -> float:
    return float(sign_e_process(np.array(beyond))[-1]) if beyond else 1.0


def _fact_e_value(beyond: Sequence[float]) -> float:
    return math.inf if beyond and all(d > 0 for d in beyond) else 0.0


def _estimate(differences: Sequence[float], test: Test) -> tuple[float, float, float]:
    """Mean or median of the pairs, with an interval that covers after every seed at once; NaN ends for none."""
    ranked, n = np.sort(np.array(differences)), len(differences)
    if not n:
        return math.nan, math.nan, math.nan
    if test == "fact":
        return fmean(ranked), float(ranked[0]), float(ranked[-1])
    if test == "t":
        found = mean_interval_at_any_time(ranked)
        return (found.mean, found.low, found.high) if math.isfinite(found.high) else (found.mean, math.nan, math.nan)
    enough = decisive_count(n)
    low, high = (ranked[n - enough], ranked[enough - 1]) if enough <= n else (math.nan, math.nan)
    middle = {float(ranked[(n - 1) // 2]), float(ranked[n // 2])}
    return sum(middle) / len(middle), float(low), float(high)
