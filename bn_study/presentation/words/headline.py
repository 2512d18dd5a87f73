"""Headline: what a study found, as the title of a slide. It says what is decided, and names the rest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from bn_study.analysis.decision import Outcome
from bn_study.analysis.verdict import Verdict
from bn_study.config.claim import Claim
from bn_study.presentation.words.number import amount
from bn_study.presentation.words.verdict import effect_scale, expectation_text, quantity_text, verdict_sentence
from bn_study.presentation.words.wording import sentence

_MEANS: dict[Outcome, str] = {
    "supported": "as the source claims",
    "contradicted": "which is the opposite of what the source claims",
    "below_margin": "which is less than the source claims",
    "undecided": "which does not decide what the source claims",
}
_MOST_LETTERS = 110  # of a title in two lines


def headline(verdicts: Sequence[Verdict], otherwise: str) -> str:
    """'Epochs to 50 % validation accuracy: bn is 1.5 epochs lower than dropout, 0.5 epochs lower than plain'.

    Verdicts on one arm and quantity share a sentence; `otherwise` where none is decided.
    """
    by_subject: dict[str, list[str]] = {}
    for one in verdicts:
        if one.outcome != "undecided":
            subject, said = _said(one)
            by_subject.setdefault(subject, []).append(said)
    title = ""
    for subject, parts in by_subject.items():
        longer = "; ".join(filter(None, (title, sentence(f"{subject}{', '.join(parts)}"))))
        if title and len(longer) > _MOST_LETTERS:
            break
        title = longer
    return title or sentence(otherwise)


def _said(verdict: Verdict) -> tuple[str, str]:
    """(subject, what is said of it); what is no plain comparison is said in the words of its sentence."""
    claim, what = verdict.claim, f"{quantity_text(verdict.claim)}: "
    if not claim.compare or verdict.points or (math.isinf(verdict.effect) and not claim.accuracy):
        return "", verdict_sentence(verdict).partition(" (")[0]
    if math.isinf(verdict.effect):
        got, other = ("never got there", "did") if verdict.effect > 0 else ("got there", "never did")
        return f"{what}{claim.compare.arm} {got}, ", f"{claim.compare.with_arm} {other}"
    much = f"{amount(verdict.effect, effect_scale(claim))} {'higher' if verdict.effect > 0 else 'lower'} than"
    short = ", less than claimed" if verdict.outcome == "below_margin" else ""
    said = f"{much if verdict.effect else 'no different from'} {claim.compare.with_arm}{short}"
    return f"{what}{claim.compare.arm} is ", said


def spoken(verdict: Verdict) -> str:
    """One sentence to be said aloud: what was seen, and what that means for the claim."""
    if verdict.why:
        return f"This cannot be judged: {verdict.why}."
    seen = verdict_sentence(verdict).partition(" (")[0]
    return f"{sentence(seen.rpartition('so far ')[2])}, {_MEANS[verdict.outcome]}."


def spoken_together(verdicts: Sequence[Verdict]) -> str:
    """All that are decided in one sentence, so that none is kept back; the first one where none is; '' for none."""
    decided = [one for one in verdicts if one.outcome != "undecided"] or verdicts[:1]
    return "; ".join(map(spoken, decided)).replace(".; ", "; ")


def claim_names(claims: Sequence[Claim]) -> tuple[str, ...]:
    """The source's sentence of each; those that share one are told apart: 'It speeds up training (than dropout)'."""
    apart = _told_apart(claims)
    return tuple(f"{claim.says} ({one})" if one else claim.says for claim, one in zip(claims, apart, strict=True))


def claims_by_sentence(claims: Sequence[Claim]) -> dict[str, list[str]]:
    """The source's sentence → what was tested of it, in the order of the study."""
    found: dict[str, list[str]] = {}
    for claim in claims:
        found.setdefault(claim.says, []).append(expectation_text(claim))
    return found


def _told_apart(claims: Sequence[Claim]) -> list[str]:
    """'than dropout', where a sentence has one claim a rival; else the quantity, or all that was tested."""
    shared = Counter(claim.says for claim in claims)
    for said in (_than, quantity_text, expectation_text):
        found = [said(claim) if shared[claim.says] > 1 else "" for claim in claims]
        if len({(claim.says, one) for claim, one in zip(claims, found, strict=True)}) == len(claims):
            return found
    return found


def _than(claim: Claim) -> str:
    return f"than {claim.compare.with_arm}" if claim.compare else ""


def undecided_text(verdicts: Sequence[Verdict]) -> str:
    """'2 of 4 claims are undecided: It speeds up training (than dropout; 6 pairs, at least 7 needed).'"""
    names = claim_names([one.claim for one in verdicts])
    said = [f"“{name}”{_needs(one)}" for name, one in zip(names, verdicts, strict=True) if one.outcome == "undecided"]
    return f"{len(said)} of {len(verdicts)} claims undecided: {'; '.join(said)}." if said else ""


def _needs(verdict: Verdict) -> str:
    if verdict.why:
        return f", nothing to judge: {verdict.why}"
    few = verdict.least_n is not None and verdict.n < verdict.least_n
    return f", {verdict.n} pairs where {verdict.least_n} or more are needed" if few else ""
