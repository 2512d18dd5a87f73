"""Design: what can be said of a study's claims before its runs."""

from __future__ import annotations

from bn_study.analysis.any_time import least_seeds, process_of
from bn_study.analysis.axis import axis_paths, axis_value, fits
from bn_study.analysis.decision import Test, least_n
from bn_study.config.claim import Claim
from bn_study.planning.expansion import Plan

_TESTS: dict[str, Test] = {"continuous": "t", "steps": "sign", "none": "fact"}


def undecidable(plan: Plan) -> tuple[str, ...]:
    """Sentences on the claims that no outcome of the planned runs could decide: there are too few seeds."""
    study = plan.source.study
    n, claims = len(plan.seeds), study.claims
    by_least: dict[int, list[str]] = {}
    for claim in claims:
        if study.until:
            least = least_seeds(process_of(claim))
        else:
            least = least_n(expected_test(claim), len(claims), _hypotheses(plan, claim))
        if n < least:
            by_least.setdefault(least, []).append(claim.id)
    seeds = f"{n} seed{'s' * (n != 1)}"
    if len(claims) > 1 and sum(map(len, by_least.values())) == len(claims):
        return (f"{seeds} can decide none of the {len(claims)} claims: at least {min(by_least)} are needed",)
    return tuple(f"{seeds} can never decide {', '.join(ids)}: at least {n} are needed" for n, ids in by_least.items())


def expected_test(claim: Claim) -> Test:
    """The test that its differences will be put to, if no run misses an accuracy and they are not all equal."""
    return _TESTS[claim.spread]


def _hypotheses(plan: Plan, claim: Claim) -> int:
    """Among how many tests the claim is supported by the best: values inside of a peak, points beyond the least."""
    if claim.peak and claim.peak.axis in axis_paths(plan):
        low, high = claim.peak.between
        values = {axis_value(point.axes[claim.peak.axis]) for point in plan.points}
        return max(1, sum(isinstance(value, (int, float)) and low <= value <= high for value in values))
    if claim.at_least:
        here = [point for point in plan.points if point.arm == claim.arms[0] and fits(point, claim.at)]
        along = (claim.at_least.along,) if claim.at_least.along else axis_paths(plan)
        count = len({tuple(axis_value(point.axes.get(path)) for path in along) for point in here})
        return max(1, count - claim.at_least.points + 1)
    return 1
