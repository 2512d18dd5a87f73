"""Headlines say what is decided and nothing else; claims of one sentence are told apart."""

from __future__ import annotations

from typing import Any

from synthetic_study import plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.analysis.verdict import Verdict, judge
from bn_study.config.claim import Claim
from bn_study.presentation.words.headline import (
    claim_names,
    claims_by_sentence,
    headline,
    spoken,
    spoken_together,
    undecided_text,
)


def verdicts(end: Any = lambda point: {}, seeds: int = 12) -> tuple[Verdict, ...]:
    plan = plan_of("paper", f"seeds={list(range(seeds))}")
    return judge(results_of(plan, realistic(plan, end)))


def claim(name: str, says: str, arm: str, other: str, metric: str = "generalization_gap") -> Claim:
    return Claim.model_validate(
        {"id": name, "says": says, "metric": metric, "compare": {"arm": arm, "with": other, "expect": "lower"}}
    )


def test_a_headline_says_what_is_decided_of_one_subject_in_one_sentence() -> None:
    """bn overfits 2 points more than plain and 26 more than dropout, by construction of the runs."""
    gaps = {"plain": 0.10, "bn": 0.12, "dropout": -0.14}
    found = verdicts(
        lambda point: {
            "validation": [0.5],
            "train_accuracy_at_the_end": 0.5
            + gaps.get(point.arm, 0.0)
            + 0.001 * (point.seed % 2) * (point.arm == "bn"),
        }
    )
    of_gap = [one for one in found if one.claim.metric == "generalization_gap"]
    assert {one.outcome for one in of_gap} == {"contradicted"}
    assert headline(of_gap, "gap") == (
        "Training minus validation accuracy: bn is 2.1 points higher than plain, 26.1 points higher than dropout"
    )


def test_a_headline_falls_back_where_nothing_is_decided() -> None:
    """Two seeds decide nothing, and a study without claims has nothing to decide."""
    found = verdicts(seeds=2)
    assert {one.outcome for one in found} == {"undecided"}
    assert headline(found, "epochs to 50 %") == "Epochs to 50 %"
    assert headline((), "time of a step") == "Time of a step"


def test_what_is_said_aloud_is_one_sentence_that_names_what_follows() -> None:
    for one in (*verdicts(), *verdicts(seeds=2), *verdicts(lambda point: {"missing": True})):
        said = spoken(one)
        assert said.endswith(".")
        assert said[0].isupper()
        assert "n =" not in said
        assert ("judged" in said) == bool(one.why)
        assert ("opposite" in said) == (one.outcome == "contradicted")


def test_no_decided_claim_is_kept_back_from_what_is_said() -> None:
    found = verdicts()
    decided = [one for one in found if one.outcome != "undecided"]
    assert len(decided) > 1
    assert spoken_together(found).count("the source claims") == len(decided)
    few = verdicts(seeds=2)
    assert spoken_together(few) == spoken(few[0])
    assert spoken_together(()) == ""


def test_claims_that_share_a_sentence_are_told_apart() -> None:
    both = "It is faster"
    than = [
        claim("a", both, "bn", "plain"),
        claim("b", both, "bn", "dropout"),
        claim("c", "It is better", "bn", "plain"),
    ]
    assert claim_names(than) == ("It is faster (than plain)", "It is faster (than dropout)", "It is better")
    what = [claim("a", both, "bn", "plain"), claim("b", both, "bn", "plain", "train_seconds")]
    assert claim_names(what) == (
        "It is faster (training minus validation accuracy)", "It is faster (training time)",
    )  # fmt: skip
    assert [len(tested) for tested in claims_by_sentence(than).values()] == [2, 1]
    assert len(set(claim_names([one.claim for one in verdicts()]))) == len(verdicts())


def test_undecided_claims_are_counted_with_what_they_need() -> None:
    found = verdicts(seeds=2)
    said = undecided_text(found)
    assert said.startswith(f"{len(found)} of {len(found)} claims undecided: ")
    assert all(f"2 pairs where {one.least_n} or more are needed" in said for one in found)
    assert undecided_text(()) == ""
