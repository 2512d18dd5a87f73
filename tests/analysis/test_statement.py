"""Claims about each grid point, about so many of them, about a change along an axis, and about each arm at its best."""

from __future__ import annotations

from typing import Any

import pytest
from synthetic_study import LEARNING_RATES, plan_of, realistic
from test_verdict import BN_HIGHER, SEEDS, verdict

from bn_study.analysis.results import results_of
from bn_study.analysis.search import searches

RATE = "training.learning_rate.initial"
RATES = (1e-3, 1e-2, 1e-1)
LAST = {"metric": "last_validation_accuracy"}
HELD_OUT = "dataset.validation_fraction=0.1"


def ahead(at: dict[float, float]) -> Any:
    """bn ahead of plain by `at[rate]`, give or take 0.002, at each learning rate."""

    def end(point: Any) -> dict[str, Any]:
        noise = 0.001 * (point.seed * 7 % 5 - 2)
        return {"validation": [0.3, 0.5 + (at[point.axes[RATE]] + noise) * (point.arm == "bn")]}

    return end


EVERYWHERE, AT_TWO, AT_ONE, NOWHERE = (
    dict(zip(RATES, by, strict=True))
    for by in ((0.1, 0.2, 0.3), (0.2, 0.0, 0.2), (-0.1, -0.1, 0.6), (-0.1, -0.2, -0.1))
)


@pytest.mark.parametrize(
    ("at", "every", "two", "mean"),
    [
        (EVERYWHERE, "supported", "supported", "supported"),
        (AT_TWO, "undecided", "supported", "supported"),
        (AT_ONE, "contradicted", "contradicted", "supported"),
        (NOWHERE, "contradicted", "contradicted", "contradicted"),
    ],
)
def test_each_point_and_so_many_points_are_not_their_mean(
    at: dict[float, float], every: str, two: str, mean: str
) -> None:
    """A mean of +13 points that one rate makes alone is an effect at one rate."""
    found = [
        verdict(ahead(at), SEEDS, LEARNING_RATES, **LAST, **form).outcome
        for form in ({"at_every": RATE}, {"at_least": {"points": 2}}, {})
    ]
    assert found == [every, two, mean]


@pytest.mark.parametrize(
    ("points", "at", "effect", "factor"),
    [(3, "learning rate 0.01", 0.0, 1), (2, "learning rate 0.001", 0.1, 2), (1, "learning rate 0.1", 0.3, 3)],
)
def test_the_point_that_decides_is_named_with_its_effect(points: int, at: str, effect: float, factor: int) -> None:
    """Of m points, p of k is (m - k + 1) times the k-th smallest."""
    end = ahead({1e-3: 0.1, 1e-2: 0.0, 1e-1: 0.3})
    found = verdict(end, SEEDS, LEARNING_RATES, **LAST, at_least={"points": points, "along": RATE})
    assert (found.at, found.effect) == (at, pytest.approx(effect, abs=0.002))
    assert [one.at for one in found.points] == [f"learning rate {rate:g}" for rate in RATES]
    ranked = sorted(one.p_value for one in found.points)
    assert found.p_value == pytest.approx(min(1.0, factor * ranked[points - 1]))


def test_more_points_than_there_are_and_axes_that_are_not_there_are_said() -> None:
    end = ahead(EVERYWHERE)
    four = verdict(end, SEEDS, LEARNING_RATES, **LAST, at_least={"points": 4})
    assert four.why == "this plan has 3 such points, fewer than the 4 that are claimed"
    assert (
        verdict(end, SEEDS, LEARNING_RATES, **LAST, at_every="model.dropout.rate").why == "this plan has no such axis"
    )
    gone = verdict(
        lambda point: {**end(point), "missing": point.axes[RATE] == 0.1}, SEEDS, LEARNING_RATES, **LAST, at_every=RATE
    )
    assert gone.why == "at learning rate 0.1 no seed has a value in both bn and plain"


def interaction(at: dict[float, float], **changes: Any) -> Any:
    form = {"arms": ("bn", "plain"), "axis": RATE, "between": (1e-3, 1e-1), "expect": "higher", **changes}
    return verdict(ahead(at), SEEDS, LEARNING_RATES, **LAST, interaction=form)


def test_an_interaction_is_the_difference_of_two_differences() -> None:
    found = interaction(EVERYWHERE)
    assert (found.effect, found.n) == (pytest.approx(0.2), 7)
    assert interaction(EVERYWHERE, between=(1e-1, 1e-3)).effect == pytest.approx(-0.2)
    assert interaction(EVERYWHERE, arms=("plain", "bn")).effect == pytest.approx(-0.2)
    assert interaction(EVERYWHERE, between=(1e-3, 5.0)).why == "this plan has no learning rate 5"


def test_an_effect_that_is_large_and_the_same_everywhere_is_no_interaction() -> None:
    def end(point: Any) -> dict[str, Any]:
        noise = 0.003 * ((point.seed * 7 + round(1e4 * point.axes[RATE])) % 5 - 2)
        return {"validation": [0.3, 0.5 + noise + 0.2 * (point.arm == "bn")]}

    form = {"arms": ("bn", "plain"), "axis": RATE, "between": (1e-3, 1e-1), "expect": "higher", "margin": 0.05}
    found = verdict(end, SEEDS, LEARNING_RATES, **LAST, interaction=form)
    assert (found.outcome, found.effect) == ("below_margin", pytest.approx(0.0, abs=1e-9))


BEST = {
    "metric": "test_accuracy",
    "compare": {**BN_HIGHER, "each_at_its_best": RATE},
}


def tuned(point: Any) -> dict[str, Any]:
    """bn is best at 0.1, plain at 0.001, by 5 points less; on the test set 3 points below the held-out images."""
    best_at, best = {"bn": (0.1, 0.6), "plain": (0.001, 0.55)}.get(point.arm, (0.01, 0.4))
    value = best - 0.2 * (point.axes[RATE] != best_at) + 0.001 * (point.seed * 7 % 5) * (point.arm == "bn")
    return {"validation": [0.3, value], "test_accuracy": value - 0.03}


def test_each_arm_stands_at_the_value_that_is_best_for_it() -> None:
    """At any one rate the difference is another one: −15 points at 0.001, +25 at 0.1, and 5 at each one's best."""
    found = verdict(tuned, SEEDS, LEARNING_RATES, HELD_OUT, **BEST)
    assert (found.outcome, found.n) == ("supported", 7)
    assert found.effect == pytest.approx(0.052, abs=2e-3)
    assert len(found.run_ids) == 2 * 3 * 7


def test_nothing_is_chosen_on_test_images() -> None:
    found = verdict(
        lambda point: {"validation": [0.3, 0.5]}, SEEDS, LEARNING_RATES, **{**BEST, "metric": "step_seconds"}
    )
    assert found.why == "bn has no held-out images to choose on: set dataset.validation_fraction"


def test_a_search_that_is_not_finished_chooses_nothing() -> None:
    def end(point: Any) -> dict[str, Any]:
        return {**tuned(point), "missing": point.seed < 2 and point.axes[RATE] == 0.01}

    assert verdict(end, SEEDS, LEARNING_RATES, HELD_OUT, **BEST).n == 5


def test_the_search_is_told_in_full() -> None:
    plan = plan_of("paper", SEEDS, LEARNING_RATES, HELD_OUT)
    asked = verdict(tuned, SEEDS, LEARNING_RATES, HELD_OUT, **BEST).claim
    study = plan.source.study.model_copy(update={"claims": (asked,)})
    object.__setattr__(plan.source, "study", study)
    bn, plain = searches(results_of(plan, realistic(plan, tuned)))
    assert (bn.arm, set(bn.chosen.values()), plain.arm, set(plain.chosen.values())) == ("bn", {0.1}, "plain", {0.001})
    assert [tried.value for tried in plain.grid] == list(RATES)
    assert [tried.read.mean for tried in plain.grid] == pytest.approx([0.52, 0.32, 0.32])
    assert [tried.held_out.mean for tried in plain.grid] == pytest.approx([0.55, 0.35, 0.35])
    # One trial ends at the mean; k trials miss the best value of three with a chance of (2/3)^k.
    assert [one.mean for one in plain.expected] == pytest.approx([0.52 - 0.2 * (2 / 3) ** k for k in (1, 2, 3)])
