"""Peak: whether one arm is at its best between two values of an axis, rather than outside of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from bn_study.analysis.conjunction import all_of, some_of
from bn_study.analysis.decision import Decided, Decision, decide
from bn_study.analysis.evidence import Evidence
from bn_study.analysis.tuning import BySeed
from bn_study.config.claim import Claim


def peak_decision(claim: Claim, evidence: Evidence) -> Decision | str:
    """Judge `claim.peak`; as text, why there is nothing to judge.

    Supported needs one value inside that beats EVERY value outside by more than the margin, or is not worse than
    any by as much. The other outcomes likewise: one value outside that every value inside is worse than, or does
    not beat by the margin. The effect is the best mean inside minus the best outside; its interval does not know
    that both were chosen.
    """
    assert claim.peak is not None
    if claim.peak.axis not in evidence.paths:
        return "this plan has no such axis"
    place, (low, high) = evidence.paths.index(claim.peak.axis), claim.peak.between
    along: dict[float, list[BySeed]] = {}
    for key, values in evidence.values.items():
        at = key[place]
        if not isinstance(at, (int, float)):
            return "the axis has values that are no numbers"
        along.setdefault(float(at), []).append(values)
    means = {value: _mean(several) for value, several in along.items()}
    means = {value: by_seed for value, by_seed in means.items() if by_seed}
    inside = [by_seed for value, by_seed in means.items() if low <= value <= high]
    outside = [by_seed for value, by_seed in means.items() if not low <= value <= high]
    if not inside or not outside:
        return f"nothing was measured {'outside' if inside else 'inside'} of {low:g} to {high:g}"
    return _decision(claim, inside, outside)


def _mean(several: Sequence[BySeed]) -> dict[int, float]:
    """Seed → mean over the other axes, of seeds that have all."""
    return {seed: fmean(one[seed] for one in several) for seed in several[0] if all(seed in one for one in several)}


def _decision(claim: Claim, inside: Sequence[BySeed], outside: Sequence[BySeed]) -> Decision:
    best, rest = (max(side, key=lambda one: fmean(one.values())) for side in (inside, outside))
    pairs = tuple(tuple(_against(claim, one, other) for other in outside) for one in inside)
    each = [[pair.p_values for pair in row] for row in pairs]
    p_values: dict[Decided, float] = {
        "supported": some_of(all_of(p["supported"] for p in row) for row in each),
        "contradicted": some_of(all_of(p["contradicted"] for p in column) for column in zip(*each, strict=True)),
        "below_margin": some_of(all_of(p["below_margin"] for p in column) for column in zip(*each, strict=True)),
    }
    return replace(_against(claim, best, rest), p_values=p_values, hypotheses=len(inside), pairs=pairs)


def _against(claim: Claim, one: BySeed, other: BySeed) -> Decision:
    assert claim.peak is not None
    differences = [one[seed] - other[seed] for seed in one if seed in other]
    return decide(differences, claim.spread, claim.peak.side, claim.peak.bound)
