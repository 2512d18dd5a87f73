"""Peak: whether one arm is at its best between two values of an axis, rather than outside of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from bn_study.analysis.decision import ALPHA, Decision, decide
from bn_study.analysis.evidence import Evidence
from bn_study.config.claim import Claim
from bn_study.config.metric import CLAIM_METRICS

BySeed = Mapping[int, float]


def peak_decision(claim: Claim, paths: Sequence[str], evidence: Evidence) -> Decision | str:
    """Judge `claim.peak`; as text, why there is nothing to judge.

    Supported needs one value inside that beats EVERY value outside by more than the margin. For one inside
    value that is an intersection-union test: its p is the largest of the one-sided t tests against the values
    outside (Berger 1982). The smallest of these p, times the number of inside values (Bonferroni), is the p of
    the claim. Contradicted likewise: one value outside beats every value inside, at 2.5 %. The effect is the
    best mean inside minus the best outside; its interval does not know that both were chosen.
    """
    assert claim.peak is not None
    if claim.peak.axis not in paths:
        return "this plan has no such axis"
    place, (low, high) = list(paths).index(claim.peak.axis), claim.peak.between
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
    assert claim.peak is not None
    best, rest = (max(side, key=lambda one: fmean(one.values())) for side in (inside, outside))
    shown = _against(claim, best, rest, claim.peak.margin)
    p_value = _union(claim, inside, outside, claim.peak.margin)
    opposite = _union(claim, outside, inside, -claim.peak.margin)
    return Decision(
        shown.test, shown.effect, shown.low, shown.high, shown.n, p_value, shown.sign_flip_p,
        beyond=shown.beyond, short=opposite <= ALPHA / 2,
    )  # fmt: skip


def _union(claim: Claim, ours: Sequence[BySeed], others: Sequence[BySeed], margin: float) -> float:
    each = [max(_against(claim, one, other, margin).p_value for other in others) for one in ours]
    return min(1.0, len(ours) * min(each))


def _against(claim: Claim, one: BySeed, other: BySeed, margin: float) -> Decision:
    differences = [one[seed] - other[seed] for seed in one if seed in other]
    return decide(differences, CLAIM_METRICS[claim.metric], "higher", margin)
