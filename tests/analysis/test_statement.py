"""Claims about each grid point, about so many of them, about a change along an axis, and about each arm at its best."""

from __future__ import annotations

import math
from typing import Any

import pytest
from synthetic_probes import scalars
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


def value(of_bn: Any, **form: Any) -> Any:
    """The verdict on bn's last accuracy itself, which is `of_bn(seed)` at every learning rate."""
    more = {name: form.pop(name) for name in ("at_every",) if name in form}
    return verdict(bn_is(of_bn), SEEDS, LEARNING_RATES, **LAST, value={"arm": "bn", **form}, **more)


def bn_is(of_seed: Any) -> Any:
    return lambda point: {"validation": [0.3, of_seed(point.seed) if point.arm == "bn" else 0.5]}


def near(middle: float) -> Any:
    return lambda seed: middle + 0.002 * (seed - 3)


@pytest.mark.parametrize(
    ("form", "outcome", "effect"),
    [
        ({"expect": "higher", "than": 0.55}, "supported", 0.05),
        ({"expect": "lower", "than": 0.55}, "contradicted", 0.05),
        ({"expect": "higher", "than": 0.6}, "undecided", 0.0),
        ({"between": (0.55, 0.62)}, "supported", 0.02),
        ({"between": (0.61, 0.7)}, "contradicted", -0.01),
        ({"between": (0.5, 0.59)}, "contradicted", -0.01),
        ({"between": (0.599, 0.7)}, "undecided", 0.001),
        ({"expect": "higher", "than": 0.55, "at_every": RATE}, "supported", 0.05),
    ],
)
def test_a_value_is_judged_against_a_number_or_between_two(form: dict[str, Any], outcome: str, effect: float) -> None:
    """Seed by seed the mean over the grid; between two, how far inside of the nearer one."""
    found = value(near(0.6), **form)
    assert (found.outcome, found.n) == (outcome, 7)
    assert found.effect == pytest.approx(effect)
    assert found.cautions == (("over 3 grid points",) if "at_every" not in form else ())


def test_a_value_against_a_number_is_a_comparison_with_an_arm_that_always_has_it() -> None:
    """plain has 0.5 in every run: the same d, the same interval, the same p."""
    number = value(near(0.52), expect="higher", than=0.5)
    arm = verdict(bn_is(near(0.52)), **LAST)
    same = ("outcome", "test", "effect", "low", "high", "n", "p_value", "p_holm", "sign_flip_p")
    assert [getattr(number, name) for name in same] == pytest.approx([getattr(arm, name) for name in same])


def test_between_is_both_one_sided_tests() -> None:
    """Supported by the larger p of the two; contradicted by twice the smaller."""
    inside = value(near(0.6), between=(0.598, 0.65))
    below, above = (value(near(0.6), expect="higher", than=0.598), value(near(0.6), expect="lower", than=0.65))
    assert inside.p_value == pytest.approx(max(one.p_value for one in (below, above)))
    outside = value(near(0.6), between=(0.605, 0.65))
    assert outside.p_value == pytest.approx(2 * value(near(0.6), expect="lower", than=0.605).p_value)


NORM = {"metric": "largest_gradient_norm"}


@pytest.mark.parametrize(
    ("form", "effect"), [({}, -math.inf), ({"value": {"arm": "plain", "expect": "higher", "than": 1e9}}, math.inf)]
)
def test_gradients_over_many_decades_are_judged_by_sign_and_a_diverged_run_is_above_all(
    form: dict[str, Any], effect: float
) -> None:
    """plain diverges in five of seven; a mean of what is left would say the opposite."""

    def end(point: Any) -> dict[str, Any]:
        diverged = point.arm == "plain" and point.seed < 5
        norm = 10.0 ** (point.seed + 3 * (point.arm == "plain"))
        return {"status": "diverged" if diverged else "finished", "probes": scalars(largest_gradient_norm=norm)}

    claimed = form or {"compare": {**BN_HIGHER, "expect": "lower"}}
    found = verdict(end, **NORM, **claimed)
    assert (found.test, found.effect, found.n) == ("sign", effect, 7)
    assert "5 diverged, counted as larger than all" in found.cautions[0]
    assert verdict(end, **NORM, compare={**BN_HIGHER, "expect": "lower"}).outcome == "supported"
