"""What a verdict says to people."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bn_study.analysis.verdict import Verdict
from bn_study.config.claim import Claim
from bn_study.presentation.words.verdict import effect_text, expectation_text, tally, verdict_sentence, verdict_text

GAP = {"metric": "generalization_gap", "compare": {"arm": "bn", "with": "plain", "expect": "lower", "margin": 0.01}}
AS_GOOD = {
    "metric": "last_validation_accuracy",
    "compare": {"arm": "bn", "with": "plain", "expect": "not_lower", "margin": 0.02},
}
EPOCHS = {
    "metric": "epochs_to_accuracy",
    "accuracy": 0.45,
    "compare": {"arm": "bn", "with": "plain", "expect": "lower"},
}


def verdict(claim: dict[str, Any], **changes: Any) -> Verdict:
    made = {
        "claim": Claim.model_validate({"id": "c", "says": "so", **claim}), "outcome": "supported", "unit": "fraction",
        "test": "t", "effect": -0.0321, "low": -0.041, "high": -0.0232, "n": 5, "n_planned": 5, "least_n": 5,
        "p_value": 0.0004, "p_holm": 0.0016, "sign_flip_p": 0.0625, "why": "", "cautions": (), "run_ids": ("a",),
    }  # fmt: skip
    return Verdict.model_validate({**made, **changes})


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            verdict(GAP),
            "training minus validation accuracy is 3.2 points lower with bn than with plain (−4.1 to −2.3; n = 5); "
            "p = 0.002 after Holm.",
        ),
        (
            verdict(GAP, outcome="undecided", p_holm=0.4),
            "training minus validation accuracy is 3.2 points lower with bn than with plain (−4.1 to −2.3; n = 5); "
            "claimed is more than 1.0 points, which is not settled, p = 0.400 after Holm.",
        ),
        (
            verdict(AS_GOOD, outcome="undecided", p_holm=0.4),
            "validation accuracy, last epoch is 3.2 points lower with bn than with plain (−4.1 to −2.3; n = 5); "
            "claimed is not worse by 2.0 points, which is not settled, p = 0.400 after Holm.",
        ),
        (
            verdict(EPOCHS, outcome="undecided", test="sign", effect=-2.0, low=math.nan, high=math.nan, n=3, least_n=6),
            "n = 3, at least 6 needed; so far bn needs 2.0 epochs fewer than plain to 45 % validation accuracy.",
        ),
        (
            verdict(
                EPOCHS, outcome="contradicted", test="sign", effect=math.inf, low=3.0, high=math.inf, n=6, least_n=6
            ),
            "in the median pair plain got there and bn never did (+3.0 to never; n = 6); the other side of what is "
            "claimed, p = 0.002 after Holm.",
        ),
        (
            verdict(GAP, outcome="below_margin", effect=-0.004, low=-0.006, high=-0.002),
            "training minus validation accuracy is 0.4 points lower with bn than with plain (−0.6 to −0.2; n = 5); "
            "less than the 1.0 points that are claimed, p = 0.002 after Holm.",
        ),
        (
            verdict(GAP, outcome="undecided", n=0, effect=math.nan, why="bn has no value: of 5 runs 5 failed"),
            "Nothing to judge: bn has no value: of 5 runs 5 failed.",
        ),
        (
            verdict(GAP, cautions=("plain: of 5 runs 1 diverged, left out",)),
            "training minus validation accuracy is 3.2 points lower with bn than with plain (−4.1 to −2.3; n = 5); "
            "p = 0.002 after Holm (plain: of 5 runs 1 diverged, left out).",
        ),
    ],
)
def test_one_sentence_says_what_was_found_and_how_sure(found: Verdict, said: str) -> None:
    assert verdict_sentence(found) == said


def test_the_direction_of_what_is_below_the_margin_is_said_where_it_is_shown() -> None:
    assert verdict_text(verdict(GAP, outcome="below_margin")) == "right direction, below the margin"
    assert verdict_text(verdict(GAP, outcome="below_margin", high=0.001)) == "below the margin"
    higher = {**GAP, "compare": {**GAP["compare"], "expect": "higher"}}
    assert verdict_text(verdict(higher, outcome="below_margin", low=0.001, high=0.002)).startswith("right direction")
    assert verdict_text(verdict(GAP)) == "supported"


def test_effects_have_unit_sign_and_interval() -> None:
    assert effect_text(verdict(GAP)) == "−3.2 points (−4.1 to −2.3)"
    assert effect_text(verdict(EPOCHS, effect=math.inf)) == "never got there"
    assert effect_text(verdict(GAP, effect=math.nan)) == "–"


def test_what_was_tested_is_said_with_its_margin_and_place() -> None:
    claim = Claim.model_validate({"id": "c", "says": "so", **GAP, "at": {"training.batch_size": 64}})
    said = "bn lower than plain by more than 1.0 points at batch size 64: training minus validation accuracy"
    assert expectation_text(claim) == said
    claim = Claim.model_validate({"id": "c", "says": "so", **AS_GOOD})
    said = "bn not lower than plain by more than 2.0 points: validation accuracy, last epoch"
    assert expectation_text(claim) == said


@pytest.mark.parametrize(
    ("form", "tested", "found"),
    [
        ({"at_every": "training.batch_size"}, "bn lower than plain by more than 1.0 points at every batch size",
         "at batch size 8, the weakest of all 3 points, training minus validation accuracy is 3.2 points lower"),
        ({"at_least": {"points": 2}}, "bn lower than plain by more than 1.0 points at 2 or more grid points",
         "at batch size 8, number 2 of 3 points by effect, training minus validation accuracy is 3.2 points lower"),
        ({"at_least": {"points": 2, "along": "training.batch_size"}},
         "bn lower than plain by more than 1.0 points at 2 or more values of the batch size",
         "at batch size 8, number 2 of 3 points by effect, training minus validation accuracy is 3.2 points lower"),
    ],
)  # fmt: skip
def test_a_claim_on_points_names_them_and_the_one_that_decides(form: dict[str, Any], tested: str, found: str) -> None:
    point = {"effect": -0.03, "low": -0.04, "high": -0.02, "n": 5, "p_value": 0.001}
    judged = verdict(
        {**GAP, **form}, at="batch size 8", points=tuple({"at": f"batch size {b}", **point} for b in "248")
    )
    assert expectation_text(judged.claim) == f"{tested}: training minus validation accuracy"
    assert verdict_sentence(judged).startswith(found)


def test_an_interaction_and_each_at_its_best_are_said_in_full() -> None:
    form = {"arms": ("bn", "plain"), "axis": "training.batch_size", "between": (8, 64), "expect": "lower"}
    judged = verdict({"metric": "generalization_gap", "interaction": form})
    tested = "bn minus plain lower at batch size 64 than at 8: training minus validation accuracy"
    assert expectation_text(judged.claim) == tested
    found = "bn minus plain in training minus validation accuracy is 3.2 points lower at batch size 64 than at 8 "
    assert verdict_sentence(judged) == f"{found}(−4.1 to −2.3; n = 5); p = 0.002 after Holm."
    best = {**AS_GOOD["compare"], "each_at_its_best": "training.learning_rate.initial"}
    claim = Claim.model_validate({"id": "c", "says": "so", "metric": "test_accuracy", "compare": best})
    said = "bn not lower than plain by more than 2.0 points, each at its best learning rate"
    assert expectation_text(claim).startswith(said)


@pytest.mark.parametrize(
    ("peak", "said"),
    [
        ({"between": (50.0, 100.0)}, "bn best at batch size 50 to 100"),
        ({"between": (50.0, 50.0), "margin": 0.01}, "bn best by more than 1.0 points at batch size 50"),
        (
            {"between": (50.0, 50.0), "expect": "not_lower", "margin": 0.01},
            "bn as good as any to within 1.0 points at batch size 50",
        ),
    ],
)
def test_a_peak_is_said_with_its_place(peak: dict[str, Any], said: str) -> None:
    whole = {"arm": "bn", "axis": "training.batch_size", **peak}
    claim = Claim.model_validate({"id": "c", "says": "so", "metric": "best_validation_accuracy", "peak": whole})
    assert expectation_text(claim) == f"{said}: validation accuracy, best epoch"


ACCURACY = "validation accuracy, last epoch"
SHIFT = "shift of the activations' distributions from look to look"
DECAY = "decay of the gradient with depth, decades a layer"


@pytest.mark.parametrize(
    ("claim", "changes", "tested", "found"),
    [
        (
            {"metric": "last_validation_accuracy", "value": {"arm": "bn", "expect": "lower", "than": 0.85}},
            {},
            f"bn lower than 85 %: {ACCURACY}",
            f"{ACCURACY} of bn is 81.8 %, 3.2 points lower than 85 % (−4.1 to −2.3; n = 5); p = 0.002 after Holm.",
        ),
        (
            {"metric": "gradient_decay", "value": {"arm": "bn", "between": (-0.09, -0.07)}},
            {"effect": 0.005, "low": 0.004, "high": 0.006, "at": "the upper end"},
            f"bn between −0.09 and −0.07: {DECAY}",
            f"{DECAY} of bn is −0.0750, 0.00500 inside of −0.07 (+0.00400 to +0.00600; n = 5); p = 0.002 after Holm.",
        ),
        (
            {"metric": "gradient_decay", "value": {"arm": "bn", "between": (-0.09, -0.07)}},
            {"effect": -0.01, "low": -0.012, "high": -0.008, "at": "the lower end", "outcome": "contradicted"},
            f"bn between −0.09 and −0.07: {DECAY}",
            f"{DECAY} of bn is −0.100, 0.0100 outside of −0.09 (−0.0120 to −0.00800; n = 5); the other side of what is "
            "claimed, p = 0.002 after Holm.",
        ),
        (
            {"metric": "largest_gradient_norm", "compare": {"arm": "bn", "with": "plain", "expect": "lower"}},
            {"test": "sign", "effect": -math.inf, "low": -math.inf, "high": -2.5e27, "n": 6, "least_n": 6},
            "bn lower than plain: largest gradient norm",
            "in the median pair plain diverged and bn did not (the other diverged to −2.50e+27; n = 6); "
            "p = 0.002 after Holm.",
        ),
        (
            {
                "metric": "last_validation_accuracy",
                "correlate": {"with_metric": "activation_shift", "within": "arms", "expect": "negative", "margin": 0.1},
            },
            {},
            f"{ACCURACY} and {SHIFT} correlate negatively by more than 0.10, over the runs of each arm",
            f"{ACCURACY} and {SHIFT} have a rank correlation of −0.03, over the runs of each arm "
            "(−0.04 to −0.02; n = 5); p = 0.002 after Holm.",
        ),
    ],
)
def test_values_and_correlations_are_said_with_their_numbers(
    claim: dict[str, Any], changes: dict[str, Any], tested: str, found: str
) -> None:
    judged = verdict(claim, **changes)
    assert (expectation_text(judged.claim), verdict_sentence(judged)) == (tested, found)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"within": "all"}, "over all runs"),
        ({"within": "all", "arms": ("a", "b")}, "over the runs of a and b together"),
        ({"within": "arms", "arms": ("a", "b")}, "over the runs of a and b each"),
        ({"within": "arms", "arms": ("a",)}, "over the runs of a"),
    ],
)
def test_a_correlation_says_over_what(form: dict[str, Any], said: str) -> None:
    correlate = {"with_metric": "train_seconds", "expect": "positive", **form}
    asked = verdict({"metric": "last_train_loss", "correlate": correlate})
    assert expectation_text(asked.claim).endswith(said)


def test_a_study_without_claims_says_so() -> None:
    assert tally(()) == "This study makes no claim."
    assert tally([verdict(GAP), verdict(GAP, outcome="undecided")]) == "2 claims: 1 supported, 1 undecided."
