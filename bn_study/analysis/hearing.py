"""Hearing: a claim as it is tested, what there is of its arms, and what that allows to say by itself."""

from __future__ import annotations

from typing import NamedTuple

from bn_study.analysis.clock import on_its_clock
from bn_study.analysis.decision import Decision
from bn_study.analysis.evidence import Evidence, evidence_of
from bn_study.analysis.naming import labelled
from bn_study.analysis.results import Results
from bn_study.analysis.statement import decision_on
from bn_study.config.claim import Claim


class Hearing(NamedTuple):
    """`decision` as text: why nothing can be judged."""

    claim: Claim
    evidence: tuple[Evidence, ...]
    decision: Decision | str


def hearings(results: Results) -> tuple[Hearing, ...]:
    """Of each claim of the study, in its order."""
    study = results.plan.source.study
    claims = [on_its_clock(results, claim) for claim in study.claims]
    heard = [(claim, tuple(evidence_of(results, claim, arm) for arm in claim.arms or study.arms)) for claim in claims]
    return tuple(
        Hearing(claim, evidence, decision_on(labelled(claim, study.labels), evidence)) for claim, evidence in heard
    )
