"""A claim is one statement, and its parts do not contradict each other."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bn_study.config.claim import Claim

COMPARE = {"arm": "bn", "with": "plain", "expect": "higher"}
PEAK = {"arm": "bn", "axis": "training.batch_size", "between": (8.0, 64.0)}
INTERACTION = {"arms": ("bn", "plain"), "axis": "training.batch_size", "between": (8, 64), "expect": "higher"}
BEST = {**COMPARE, "each_at_its_best": "training.learning_rate.initial"}
EVERY = {"at_every": "training.batch_size"}
TWO = {"at_least": {"points": 2}}
THAN = {"arm": "bn", "expect": "higher", "than": 0.5}
BETWEEN = {"arm": "bn", "between": (0.4, 0.6)}
CORRELATE = {"with_metric": "train_seconds", "within": "all", "arms": ("bn", "plain"), "expect": "positive"}
NEAR = {"metric": "learning_rates_near_best", "within": 0.1}


def claim(metric: str = "last_validation_accuracy", **parts: Any) -> Claim:
    return Claim.model_validate({"id": "c", "says": "so", "metric": metric, **parts})


@pytest.mark.parametrize(
    "parts",
    [
        {"compare": COMPARE},
        {"peak": PEAK},
        {"peak": {**PEAK, "expect": "not_lower", "margin": 0.01}},
        {"interaction": INTERACTION},
        {"compare": COMPARE, **EVERY},
        {"compare": COMPARE, **TWO},
        {"compare": COMPARE, "at_least": {"points": 2, "along": "training.batch_size"}},
        {"metric": "test_accuracy", "compare": BEST},
        {"metric": "steps_to_accuracy", "accuracy": 0.5, "compare": BEST, **EVERY},
        {"value": THAN},
        {"value": THAN, **EVERY},
        {"value": BETWEEN},
        {"metric": "steps_to_accuracy", "accuracy": 0.5, "correlate": CORRELATE},
    ],
)
def test_a_statement_of_each_form(parts: dict[str, Any]) -> None:
    assert claim(**parts).arms[0] == "bn"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "has one of"),
        ({"compare": COMPARE, "peak": PEAK}, "has one of"),
        ({"peak": PEAK, "interaction": INTERACTION}, "has one of"),
        ({"compare": COMPARE, **EVERY, **TWO}, "say two things"),
        ({"peak": PEAK, **EVERY}, "`at_every` is only for `compare`"),
        ({"interaction": INTERACTION, **TWO}, "`at_least` is only for `compare`"),
        ({"compare": COMPARE, "at_least": {"points": 0}}, "greater than or equal to 1"),
        ({"interaction": {**INTERACTION, "arms": ("bn", "bn")}}, "names one arm twice"),
        ({"interaction": {**INTERACTION, "between": (8, 8)}}, "names one value twice"),
        ({"peak": {**PEAK, "expect": "not_lower"}}, "needs a `margin` above 0"),
        ({"peak": {**PEAK, "expect": "lower"}}, "Input should be 'higher' or 'not_lower'"),
        ({"compare": COMPARE, "clock": "wall"}, "`clock` is for times"),
        ({"compare": BEST}, "use test_accuracy"),
        ({"metric": "generalization_gap", "compare": BEST}, "use test_accuracy"),
        ({**NEAR, "compare": COMPARE, **EVERY}, "of the whole axis"),
        ({**NEAR, "interaction": INTERACTION}, "of the whole axis"),
        ({**NEAR, "value": THAN}, "of the whole axis"),
        ({"compare": COMPARE, "value": THAN}, "has one of"),
        ({"value": {"arm": "bn"}}, "names one number"),
        ({"value": {**THAN, "between": (0.0, 1.0)}}, "names one number"),
        ({"value": {"arm": "bn", "than": 0.5}}, "belongs to `than`"),
        ({"value": {**BETWEEN, "expect": "lower"}}, "belongs to `than`"),
        ({"value": {**BETWEEN, "between": (0.5, 0.5)}}, "lower end first"),
        ({"value": BETWEEN, **EVERY}, "only for `compare` and for `value` with `than`"),
        ({"correlate": CORRELATE, **TWO}, "only for `compare` and for `value` with `than`"),
        ({"correlate": {**CORRELATE, "with_metric": "last_validation_accuracy"}}, "one metric twice"),
        ({"correlate": {**CORRELATE, "with_metric": "steps_to_accuracy"}}, "takes an argument"),
        ({"correlate": {**CORRELATE, "arms": ()}}, "at least 1 item"),
    ],
)
def test_what_contradicts_itself_is_refused(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        claim(**parts)
