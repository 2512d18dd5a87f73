"""Rank correlations of two metrics, seed by seed: within an arm they may say the opposite of what they say over all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from synthetic_probes import scalars
from synthetic_study import LEARNING_RATES, plan_of
from test_statement import RATE, RATES
from test_verdict import SEEDS, verdict, verdicts

from bn_study.analysis.correlation import spearman

ARMS = ("plain", "bn", "bn_after", "dropout", "bn_dropout")


def simpson(point: Any) -> dict[str, Any]:
    """Arms with more shift have less accuracy; in each arm the rate with more shift has more of it."""
    arm, rate = ARMS.index(point.arm), RATES.index(point.axes[RATE])
    noise = 1e-4 * (point.seed * 7 % 5)
    return {
        "validation": [0.1, 0.7 - 0.1 * arm + 0.01 * rate + noise],
        "probes": scalars(activation_shift=arm + rate / 9),
    }


def correlation(end: Any, **form: Any) -> Any:
    asked = {"with_metric": "activation_shift", "within": "all", "expect": "negative", **form}
    return verdict(end, SEEDS, LEARNING_RATES, metric="last_validation_accuracy", correlate=asked)


def test_ranks_are_those_of_scipy_with_ties_and_infinities() -> None:
    generator = np.random.default_rng(0)
    for n in (3, 8, 40):
        one, other = generator.integers(0, 6, n).astype(float), generator.normal(size=n)
        pairs = [(a if a < 5 else math.inf, b) for a, b in zip(one, other, strict=True)]
        assert spearman(pairs) == pytest.approx(stats.spearmanr(one, other).statistic)
    assert spearman([(1.0, 2.0), (1.0, 3.0), (1.0, 9.0)]) == 0.0


@pytest.mark.parametrize(
    ("form", "outcome", "effect"),
    [
        (
            {},
            "supported",
            stats.spearmanr(
                [0.1 * (a - 4) + 0.01 * r for a in range(5, 0, -1) for r in range(3)],
                [a + r / 9 for a in range(5) for r in range(3)],
            ).statistic,
        ),
        ({"within": "arms"}, "contradicted", 1.0),
        ({"within": "arms", "expect": "positive"}, "supported", 1.0),
        ({"within": "arms", "arms": ("bn",), "expect": "positive"}, "supported", 1.0),
    ],
)
def test_over_all_runs_and_within_each_arm(form: dict[str, Any], outcome: str, effect: float) -> None:
    found = correlation(simpson, **form)
    assert (found.outcome, found.n, found.unit) == (outcome, 7, "1")
    assert found.effect == pytest.approx(effect)
    assert len(found.run_ids) == 7 * 3 * len(form.get("arms", ARMS))


def test_a_run_without_one_of_both_is_left_out_and_said() -> None:
    def end(point: Any) -> dict[str, Any]:
        shift = (
            None
            if point.seed == 0 and point.axes[RATE] == 0.1
            else simpson(point)["probes"].scalars["activation_shift"]
        )
        return {**simpson(point), "probes": scalars(activation_shift=shift)}

    assert correlation(end).n == 7
    within = correlation(end, within="arms", expect="positive", arms=("plain", "bn"))
    assert within.n == 6  # two points are always in line
    assert within.cautions == tuple(
        f"{arm}: of 21 runs 1 finished without a value, left out" for arm in ("plain", "bn")
    )


def test_what_cannot_be_correlated_is_said() -> None:
    never = correlation(lambda point: {**simpson(point), "probes": scalars()})
    assert never.why == "plain has no value: of 21 runs 21 finished"
    loss = {"with_metric": "last_train_loss", "within": "arms", "expect": "positive"}
    claim = {"metric": "last_validation_accuracy", "correlate": loss}
    [found] = verdicts(plan_of("paper", SEEDS), lambda point: {}, claim)
    assert found.why == "a correlation needs 3 runs in each arm that have both"
