"""What is said of a study's claims before its runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from synthetic_study import plan_of

from bn_study.analysis.design import undecidable
from bn_study.config.claim import Claim

COUNTED = {
    "metric": "epochs_to_accuracy",
    "accuracy": 0.5,
    "compare": {"arm": "bn", "with": "plain", "expect": "lower"},
}
FREE = {"metric": "last_validation_accuracy", "compare": {"arm": "bn", "with": "plain", "expect": "higher"}}
FACT = {"metric": "parameters", "compare": {"arm": "bn", "with": "plain", "expect": "higher"}}
PEAK = {
    "metric": "best_validation_accuracy",
    "peak": {"arm": "bn", "axis": "training.batch_size", "between": [64, 128]},
}


def said(seeds: int, *claims: dict[str, Any]) -> tuple[str, ...]:
    plan = plan_of("paper", f"seeds={list(range(seeds))}", "grid.training.batch_size=[32, 64, 128]")
    asked = tuple(
        Claim.model_validate({"id": f"c{k}", "says": "so", **claim}, strict=False) for k, claim in enumerate(claims)
    )
    study = plan.source.study.model_copy(update={"claims": asked})
    return undecidable(replace(plan, source=replace(plan.source, study=study)))


@pytest.mark.parametrize(
    ("seeds", "claims", "sentences"),
    [
        (5, [FREE, FACT], ()),
        (6, [COUNTED], ()),
        (6, [COUNTED, FREE, FREE], ()),
        (6, [COUNTED, FREE, FREE, FREE], ("6 seeds can never decide c0: at least 7 are needed",)),
        (7, [COUNTED, FREE, FREE, FREE], ()),
        (4, [FREE, FACT, COUNTED],
         ("4 seeds can never decide c0: at least 5 are needed", "4 seeds can never decide c2: at least 6 are needed")),
        (1, [FREE, COUNTED, PEAK], ("1 seed can decide none of the 3 claims: at least 5 are needed",)),
        (5, [PEAK], ()),
        (6, [{**COUNTED, "at_every": "training.batch_size"}], ()),
        (6, [{**COUNTED, "at_least": {"points": 3}}], ()),
        (6, [{**COUNTED, "at_least": {"points": 1}}], ()),
        (6, [{**COUNTED, "at_least": {"points": 1}}, FREE], ("6 seeds can never decide c0: at least 7 are needed",)),
    ],
)  # fmt: skip
def test_claims_that_no_outcome_could_decide_are_named(
    seeds: int, claims: list[dict[str, Any]], sentences: tuple[str, ...]
) -> None:
    assert said(seeds, *claims) == sentences
