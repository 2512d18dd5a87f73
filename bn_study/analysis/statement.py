"""Statement: what a claim says, put to the test: which differences it speaks of, and at which grid points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bn_study.analysis.axis import AxisValue, axes_text, axis_name, axis_text, axis_value
from bn_study.analysis.conjunction import at_least
from bn_study.analysis.correlation import LEAST_RUNS, rank_correlations
from bn_study.analysis.decision import Decided, Decision, decide
from bn_study.analysis.evidence import RATE, Evidence, Taken, near_best, paired, taken
from bn_study.analysis.peak import peak_decision
from bn_study.analysis.tuning import AxesKey, BySeed, Values
from bn_study.config.claim import Claim

#: A value between two numbers: what each of both parts is about.
ABOVE, BELOW = "the lower end", "the upper end"


def decision_on(claim: Claim, evidence: Sequence[Evidence]) -> Decision | str:
    """Of the claim's arms, in their order. As text: why nothing can be judged."""
    for one in evidence:
        if why := _unheard(one):
            return f"{one.label} {why}"
    if claim.peak:
        return peak_decision(claim, evidence[0])
    if claim.correlate:
        return _correlation(claim, evidence)
    if claim.value and claim.value.between:
        return _between(claim, evidence[0])
    one, other = (evidence[0], _number(evidence[0], claim.value.than)) if claim.value else evidence
    if claim.interaction:
        return _interaction(claim, one, other)
    if claim.at_every or claim.at_least:
        return _at_points(claim, one, other)
    if claim.is_of_an_axis and not any(path.startswith(RATE) for path in one.paths):
        return "this plan has no axis of learning rates"
    return _decide(
        claim, near_best(claim, one, other) if claim.is_of_an_axis else paired(claim, one.values, other.values)
    )


def runs_taken(claim: Claim, evidence: Sequence[Evidence]) -> set[Taken] | None:
    """(grid point, seed) of the values that the verdict is of, in both arms; None where not all must have a partner."""
    if claim.peak or claim.interaction or claim.correlate or evidence[0].choices is not None:
        return None
    one, other = evidence[0], evidence[-1]
    if not (claim.at_every or claim.at_least):
        return taken(one.values, other.values)
    path = claim.at_every or (claim.at_least.along if claim.at_least else None)
    ours, theirs = (_points(evidence, path) for evidence in (one, other))
    return set().union(*(taken(values, theirs.get(at, {})) for at, values in ours.items()))


def _unheard(one: Evidence) -> str:
    if not one.groups:
        return "has no such grid point in this plan"
    if one.mixed:
        return "has results on several data, precisions, backends or devices, which are never averaged"
    if not any(one.values.values()):
        counts = one.counts()
        planned = counts.pop("planned")
        return f"has no value: of {planned} runs {', '.join(f'{n} {state}' for state, n in counts.items())}"
    if one.choices is not None and one.validates_on_test_images:
        return "has no held-out images to choose on: set dataset.validation_fraction"
    return ""


def _decide(claim: Claim, differences: Mapping[int, float]) -> Decision | str:
    if not differences:
        return f"no seed has a value in {'both ' * (len(claim.arms) > 1)}{' and '.join(claim.arms)}"
    if all(map(math.isnan, differences.values())):
        return "no run of either arm got there"
    expected = claim.expectation
    return decide(differences.values(), claim.spread, expected.side, expected.bound)


def _number(one: Evidence, than: float | None) -> Evidence:
    """A number as if an arm had it in every run: then a value is compared with it as with that arm."""
    assert than is not None
    return replace(one, values={place: dict.fromkeys(by_seed, than) for place, by_seed in one.values.items()})


def _between(claim: Claim, one: Evidence) -> Decision | str:
    """How far inside of either end; the nearer one decides."""
    assert claim.value is not None
    assert claim.value.between is not None
    low, high = (_number(one, end).values for end in claim.value.between)
    inside = {ABOVE: paired(claim, one.values, low), BELOW: paired(claim, high, one.values)}
    parts: dict[str, Decision] = {}
    for end, differences in inside.items():
        found = _decide(claim, differences)
        if isinstance(found, str):
            return found
        parts[end] = found
    return _at_least(len(parts), parts, claim)


def _correlation(claim: Claim, evidence: Sequence[Evidence]) -> Decision | str:
    assert claim.correlate is not None
    by_seed = rank_correlations(evidence, claim.correlate.within)
    if not by_seed:
        where = "in each arm" if claim.correlate.within == "arms" else "in one seed"
        return f"a correlation needs {LEAST_RUNS} runs {where} that have both"
    return _decide(claim, by_seed)


def _interaction(claim: Claim, one: Evidence, other: Evidence) -> Decision | str:
    """How much more the arms differ at one value of an axis than at another, paired by seed."""
    assert claim.interaction is not None
    path = claim.interaction.axis
    if path not in one.paths:
        return "this plan has no such axis"
    differences = []
    for value in map(axis_value, claim.interaction.between):
        here = [_along(evidence, path).get(value, {}) for evidence in (one, other)]
        if not all(here):
            return f"this plan has no {axis_name(path)} {axis_text(value)}"
        differences.append(paired(claim, *here))
    before, after = differences
    return _decide(claim, {seed: after[seed] - before[seed] for seed in after if seed in before})


def _at_points(claim: Claim, one: Evidence, other: Evidence) -> Decision | str:
    """`compare` at each of several grid points: it holds at all of them, or at as many as claimed."""
    path = claim.at_every or (claim.at_least.along if claim.at_least else None)
    if path is not None and path not in one.paths:
        return "this plan has no such axis"
    ours, theirs = (_points(evidence, path) for evidence in (one, other))
    parts: dict[str, Decision] = {}
    for at, values in ours.items():
        found = _decide(claim, paired(claim, values, theirs.get(at, {})))
        if isinstance(found, str):
            return f"at {at} {found}"
        parts[at] = found
    points = claim.at_least.points if claim.at_least else len(parts)
    if points > len(parts):
        return f"this plan has {len(parts)} such points, fewer than the {points} that are claimed"
    return _at_least(points, parts, claim)


def _at_least(points: int, parts: Mapping[str, Decision], claim: Claim) -> Decision:
    """The effect is the one that decides: the weakest of all, or of as many as claimed the weakest."""
    towards = 1 if claim.expectation.side == "higher" else -1
    each = list(parts.values())
    at = sorted(parts, key=lambda at: -towards * parts[at].effect)[points - 1]
    fewer = len(each) - points + 1
    needed: dict[Decided, int] = {"supported": points, "contradicted": fewer, "below_margin": fewer}
    return replace(
        parts[at],
        n=min(one.n for one in each),
        test="sign" if any(one.test == "sign" for one in each) else each[0].test,
        p_values={outcome: at_least(k, (one.p_values[outcome] for one in each)) for outcome, k in needed.items()},
        hypotheses=fewer,
        at=at,
        parts=parts,
    )


def _points(evidence: Evidence, path: str | None) -> dict[str, Values]:
    """In words, '… rate 0.1' → the values there: of each value of the axis, or of each grid point."""
    if path is not None:
        return {f"{axis_name(path)} {axis_text(value)}": values for value, values in _along(evidence, path).items()}
    return {
        axes_text(dict(zip(evidence.paths, key, strict=True))): {key: values} for key, values in evidence.values.items()
    }


def _along(evidence: Evidence, path: str) -> dict[AxisValue, Values]:
    """Value of the axis → the values there."""
    place = evidence.paths.index(path)
    found: dict[AxisValue, dict[AxesKey, BySeed]] = {}
    for key, values in evidence.values.items():
        found.setdefault(key[place], {})[key] = values
    return dict(found)
