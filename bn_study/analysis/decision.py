"""Decision: what the paired differences of one claim allow to say. The rule stands here, once, in full.

d = a - b, paired by seed, in the metric's unit, or the value measured minus the number that is claimed, or the
rank correlation of two metrics, seed by seed; s = +1 where the claim expects more, -1 where it expects
less; m its margin, negative for `not_lower` and `not_higher`: there a difference to the wrong side is allowed up
to the margin, and s says which side is the right one. A value claimed between two numbers is above the one and below
the other: both must be shown, and either's opposite contradicts it.

supported     s·d > m is shown.
contradicted  s·d < 0 is shown: the effect is on the wrong side. (s·d < m where m is negative.)
below_margin  s·d < m is shown, and not that s·d < 0: there is no effect as large as claimed. Where s·d > 0 is
              shown, too, the direction is right.
undecided     else, and always below `least_n` pairs.

Shown is what would have been unlikely else: the one-sided p of its opposite, adjusted by Holm over the study's
claims, is at most 0.05, and p itself at most 0.025, so that the 95 % interval of d says the same. All kinds of
outcome are held to this alike, each adjusted over all claims.

Which test, and the n below which it never decides:

t     metrics that vary freely: paired t test and t interval (Student 1908). Never below 5 pairs: there the
      exact sign-flip test could not reach 0.05 whatever was measured (1 / 2^4 = 0.0625), so that a verdict would
      rest on the assumption of normal differences alone.
sign  counts, and times that some run never reached: only which of a pair comes first. Sign test, and the
      interval of the median from order statistics (David & Nagaraja 2003, 7.1). A pair without order counts for
      neither side. Also where all differences are equal, for t has no spread to judge by then. n pairs give
      p = 1 / 2^n at best, which Holm multiplies by the number of claims: 6 pairs for one or three claims, 7 for four.
fact  metrics that no seed changes, as the number of parameters: every pair says the same or the claim is open.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from scipy import special

from bn_study.analysis.statistics import mean_interval, sign_flip_p_value
from bn_study.config.metric import Spread

ALPHA = 0.05
Decided = Literal["supported", "contradicted", "below_margin"]
Outcome = Literal[Decided, "undecided"]
Test = Literal["t", "sign", "fact"]
#: In the order in which a claim may have them: what is on the wrong side is below the margin, too.
DECIDED: tuple[Decided, ...] = ("supported", "contradicted", "below_margin")


@dataclass(frozen=True)
class Decision:
    """`effect` is the mean of d (t, fact) or its median (sign); `low`, `high` its 95 % interval, NaN for none.

    `p_values` are one-sided: of the opposite of each outcome. `sign_flip_p` is two-sided, of no difference at
    all, as tables print it: NaN where a difference is infinite.
    """

    test: Test
    effect: float
    low: float
    high: float
    n: int
    p_values: Mapping[Decided, float]
    sign_flip_p: float
    hypotheses: int = 1
    """among how many tests the claim is supported by the best, so that it pays for all (Bonferroni)"""
    differences: tuple[float, ...] = ()
    """d of each pair; 0 of a pair without order"""
    at: str = ""
    """where a claim is about several grid points: the one that decides, whose effect this is"""
    parts: Mapping[str, Decision] = field(default_factory=dict)
    """and each of them by itself"""
    pairs: tuple[tuple[Decision, ...], ...] = ()
    """of a peak: each value inside against each outside"""
    e_values: Mapping[Decided, float] = field(default_factory=dict)
    """evidence of each outcome, where seeds are added until claims are decided (see `any_time`); then without p"""

    def outcome(self, adjusted: Mapping[Decided, float], claims: int) -> Outcome:
        """The verdict, with the p of each outcome adjusted over the study's claims."""
        if self.n < least_n(self.test, claims, self.hypotheses):
            return "undecided"
        shown = (one for one in DECIDED if self.p_values[one] <= ALPHA / 2 and adjusted[one] <= ALPHA)
        return next(shown, "undecided")


def least_n(test: Test, claims: int, hypotheses: int = 1) -> int:
    """With fewer pairs no claim of a study of so many claims is decided, whatever they and the other claims say."""
    if test == "sign":
        return math.ceil(-math.log2(min(ALPHA / 2, ALPHA / (claims * hypotheses))))
    return 5 if test == "t" else 1


def decide(differences: Iterable[float], spread: Spread, expect: Literal["lower", "higher"], margin: float) -> Decision:
    """Judge d = a - b. Infinite: one of the pair never got there; NaN: neither did, so the pair has no order."""
    given = list(differences)
    test = _test(given, spread)
    kept = [0.0 if math.isnan(d) else d for d in given]
    effect, low, high = _estimate(kept, test)
    p_value = {"t": _t_p_value, "sign": _sign_p_value, "fact": _fact_p_value}[test]
    p_values = {outcome: p_value(beyond) for outcome, beyond in beyond_edge(kept, expect, margin).items()}
    flip = sign_flip_p_value(kept) if all(map(math.isfinite, given)) else math.nan
    return Decision(test, effect, low, high, len(kept), p_values, flip, differences=tuple(kept))


def beyond_edge(
    differences: Iterable[float], expect: Literal["lower", "higher"], margin: float
) -> dict[Decided, list[float]]:
    """Of each outcome, by how much every difference is beyond the edge of its opposite."""
    towards = [d if expect == "higher" else -d for d in differences]
    return {
        "supported": [d - margin for d in towards],
        "contradicted": [min(margin, 0.0) - d for d in towards],
        "below_margin": [margin - d for d in towards],
    }


def _test(differences: list[float], spread: Spread) -> Test:
    if spread == "none":
        return "fact"
    if spread == "steps" or not all(map(math.isfinite, differences)):
        return "sign"
    return "sign" if len(differences) > 1 and len(set(differences)) == 1 else "t"


def _estimate(differences: list[float], test: Test) -> tuple[float, float, float]:
    if not differences:
        return math.nan, math.nan, math.nan
    if test == "sign":
        return median_interval(differences)
    if test == "fact":
        return statistics.fmean(differences), min(differences), max(differences)
    interval = mean_interval(differences)
    return interval.mean, interval.low, interval.high


def _t_p_value(beyond: list[float]) -> float:
    interval = mean_interval(beyond)
    if interval.n < 2:
        return math.nan
    error = interval.half / float(special.stdtrit(interval.n - 1, 0.975))
    return float(special.stdtr(interval.n - 1, -interval.mean / error))


def _sign_p_value(beyond: list[float]) -> float:
    """P(at least as many of n fair coins fall on the expected side): the one-sided sign test."""
    n, expected = len(beyond), sum(d > 0 for d in beyond)
    return float(special.bdtrc(expected - 1, n, 0.5)) if expected else 1.0 if n else math.nan


def _fact_p_value(beyond: list[float]) -> float:
    return float(not all(d > 0 for d in beyond)) if beyond else math.nan


def median_interval(values: list[float]) -> tuple[float, float, float]:
    """Median with the narrowest symmetric pair of order statistics that covers it with at least 95 %.

    The k-th smallest and largest of n cover with 1 - 2 · P(Bin(n, ½) < k); NaN ends where no k does (n < 6).
    Infinite values keep their rank.
    """
    ranked, n = sorted(values), len(values)
    middle = ranked[(n - 1) // 2], ranked[n // 2]
    median = middle[0] if middle[0] == middle[1] else sum(middle) / 2
    k = 0
    while 2 * special.bdtr(k, n, 0.5) <= ALPHA:
        k += 1
    return (median, ranked[k - 1], ranked[n - k]) if k else (median, math.nan, math.nan)
