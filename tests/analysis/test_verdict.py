"""Claims of a study against records whose numbers are known: who is paired, who is left out, what is said."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.analysis.verdict import Verdict, judge
from bn_study.config.claim import Claim
from bn_study.planning.expansion import Plan

BN_HIGHER = {"arm": "bn", "with": "plain", "expect": "higher"}
FORMS = {"peak", "interaction", "value", "correlate"}
SEEDS = "seeds=[0, 1, 2, 3, 4, 5, 6]"


def verdict(end: Any, *set_: str, **claim: Any) -> Verdict:
    """The verdict on one claim, where `end(point)` says what came out of each run."""
    return verdicts(plan_of("paper", *(set_ or (SEEDS,))), end, claim)[0]


def verdicts(plan: Plan, end: Any, *claims: dict[str, Any]) -> tuple[Verdict, ...]:
    asked = tuple(
        Claim.model_validate({"id": f"c{k}", "says": "so", **({} if FORMS & c.keys() else {"compare": BN_HIGHER}), **c})
        for k, c in enumerate(claims)
    )
    study = plan.source.study.model_copy(update={"claims": asked})
    object.__setattr__(plan.source, "study", study)
    records = realistic(plan, end)
    return judge(results_of(plan, records))


def bn_at(value: Any) -> Any:
    """bn's last accuracy is `value(seed)`, everyone else's 0.5."""
    return lambda point: {"validation": [0.3, value(point.seed) if point.arm == "bn" else 0.5]}


def test_a_clear_effect_is_supported_with_its_numbers_and_runs() -> None:
    found = verdict(bn_at(lambda seed: 0.55 + 0.001 * seed), metric="last_validation_accuracy")
    assert (found.outcome, found.test, found.n) == ("supported", "t", 7)
    assert found.effect == pytest.approx(0.053)
    assert found.low < 0.053 < found.high
    assert found.sign_flip_p == 2 / 2**7
    assert len(found.run_ids) == 14


@pytest.mark.parametrize(
    ("expect", "outcome"), [("higher", "contradicted"), ("not_lower", "supported"), ("not_higher", "supported"),
                            ("lower", "supported")]
)  # fmt: skip
def test_as_good_is_another_claim_than_better(expect: str, outcome: str) -> None:
    """bn is 1 point below, give or take 0.2: not better, but as good to within 2 points."""
    margin = 0.02 if expect.startswith("not_") else 0.0
    compare = {"arm": "bn", "with": "plain", "expect": expect, "margin": margin}
    found = verdict(bn_at(lambda s: 0.489 + 0.0005 * (s % 4)), metric="last_validation_accuracy", compare=compare)
    assert found.outcome == outcome


def test_as_good_needs_a_margin() -> None:
    compare = {"arm": "bn", "with": "plain", "expect": "not_lower"}
    with pytest.raises(ValidationError, match="needs a `margin` above 0"):
        Claim.model_validate({"id": "c", "says": "so", "metric": "last_validation_accuracy", "compare": compare})


def test_three_seeds_never_decide() -> None:
    found = verdict(bn_at(lambda seed: 0.9 + 0.001 * seed), "seeds=[0, 1, 2]", metric="last_validation_accuracy")
    assert (found.outcome, found.n, found.least_n) == ("undecided", 3, 5)


@pytest.mark.parametrize(("counts_as", "outcome", "n"), [(None, "undecided", 4), ("chance", "contradicted", 7)])
def test_diverged_runs_enter_as_the_claim_says(counts_as: str | None, outcome: str, n: int) -> None:
    def end(point: Any) -> dict[str, Any]:
        if point.arm == "bn" and point.seed < 3:
            return {"validation": [0.1 + 0.02 * point.seed, None], "status": "diverged"}
        return {"validation": [0.3, (0.2 if point.arm == "bn" else 0.7) + 0.001 * point.seed * (point.arm == "bn")]}

    found = verdict(end, metric="last_validation_accuracy", diverged_counts_as=counts_as)
    assert (found.outcome, found.n) == (outcome, n)
    assert "3 diverged" in found.cautions[0]


def test_a_diverged_run_counts_as_its_last_recorded_accuracy() -> None:
    def end(point: Any) -> dict[str, Any]:
        diverged = point.arm == "bn"
        last = None if diverged else 0.5
        return {"validation": [0.3 + 0.01 * point.seed, last], "status": "diverged" if diverged else "finished"}

    found = verdict(end, metric="last_validation_accuracy", diverged_counts_as="last")
    assert found.effect == pytest.approx(-0.17)
    assert found.outcome == "contradicted"


def test_who_never_reaches_the_accuracy_is_later_than_all() -> None:
    claim = {
        "metric": "epochs_to_accuracy",
        "accuracy": 0.45,
        "compare": {"arm": "bn", "with": "plain", "expect": "lower"},
    }
    found = verdict(lambda point: {"validation": [0.3, 0.5 if point.arm == "bn" else 0.4]}, **claim)
    assert (found.outcome, found.effect) == ("supported", -float("inf"))
    nobody = verdict(lambda point: {"validation": [0.3, 0.4]}, **claim)
    assert (nobody.outcome, nobody.why) == ("undecided", "no run of either arm got there")


def test_the_share_of_diverged_runs_is_a_sign_test() -> None:
    def end(point: Any) -> dict[str, Any]:
        gone = point.arm == "plain"
        return {"validation": [0.3, None if gone else 0.5], "status": "diverged" if gone else "finished"}

    found = verdict(end, metric="diverged_share", compare={"arm": "bn", "with": "plain", "expect": "lower"})
    assert (found.outcome, found.test, found.effect) == ("supported", "sign", -1.0)


def test_an_arm_that_learns_nothing_anywhere_is_not_near_the_best() -> None:
    end = lambda point: {"validation": [0.1, 0.6 + 0.001 * point.seed if point.arm == "bn" else 0.1]}  # noqa: E731
    found = verdict(end, SEEDS, LEARNING_RATES, metric="learning_rates_near_best", within=0.05)
    assert (found.outcome, found.effect) == ("supported", 3.0)


def peak(best_at: float, **expected: Any) -> Verdict:
    def end(point: Any) -> dict[str, Any]:
        near = 0.1 * (point.axes["training.batch_size"] == best_at)
        return {"validation": [0.1, 0.5 + near + 0.001 * (point.seed * 7 % 5)
                               + 0.0005 * (point.seed * point.axes["training.batch_size"] % 3)]}  # fmt: skip

    grid = "grid={training.batch_size: [8, 50, 100, 400]}"
    rule = {"arm": "bn", "axis": "training.batch_size", "between": [50.0, 100.0]}
    return verdict(
        end, SEEDS, grid, metric="best_validation_accuracy", peak={**rule, "between": (50.0, 100.0), **expected}
    )


@pytest.mark.parametrize(
    ("best_at", "outcome"), [(50, "supported"), (100, "supported"), (8, "contradicted"), (-1, "undecided")]
)
def test_best_between_two_values_of_an_axis(best_at: float, outcome: str) -> None:
    assert peak(best_at).outcome == outcome


@pytest.mark.parametrize(("best_at", "outcome"), [(50, "supported"), (-1, "supported"), (8, "contradicted")])
def test_as_good_as_any_value_of_an_axis(best_at: float, outcome: str) -> None:
    """Where all are alike nothing is best, and each is as good as any other; 10 points worse is not as good."""
    found = peak(best_at, between=(50.0, 50.0), expect="not_lower", margin=0.02)
    assert found.outcome == outcome


def test_a_true_effect_that_is_smaller_than_claimed_is_below_the_margin_and_pays_for_holm() -> None:
    end = bn_at(lambda seed: 0.51 + 0.001 * seed)
    claim = {"metric": "last_validation_accuracy", "compare": {**BN_HIGHER, "margin": 0.05}}
    found = verdict(end, **claim)
    assert (found.outcome, found.p_holm) == ("below_margin", found.p_value)
    two = verdicts(plan_of("paper", SEEDS), end, claim, {"metric": "last_train_accuracy"})
    assert two[0].p_holm == pytest.approx(2 * found.p_value)


def test_p_is_adjusted_over_the_claims_of_the_study() -> None:
    end = bn_at(lambda seed: 0.55 + 0.01 * seed)
    one, two = verdicts(
        plan_of("paper", SEEDS), end, {"metric": "last_validation_accuracy"}, {"metric": "best_validation_accuracy"}
    )
    assert one.p_holm == pytest.approx(2 * one.p_value)
    assert two.p_holm == pytest.approx(one.p_holm)


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (lambda point: {"missing": True}, "bn has no value: of 7 runs 7 missing"),
        (lambda point: {"status": "failed"}, "bn has no value: of 7 runs 7 failed"),
        (lambda point: {"missing": point.arm == "plain"}, "plain has no value: of 7 runs 7 missing"),
        (lambda point: {"validation": [None, None]}, "bn has no value: of 7 runs 7 finished"),
        (lambda point: {"missing": (point.seed < 3) == (point.arm == "bn")}, "no seed has a value in both"),
        (lambda point: {"fingerprint": f"sha256:{point.seed % 2}"}, "bn has results on several data"),
    ],
)  # fmt: skip
def test_nothing_to_judge_is_undecided_and_says_why(end: Any, why: str) -> None:
    found = verdict(end, metric="last_validation_accuracy")
    assert found.outcome == "undecided"
    assert found.why.startswith(why)


def test_a_grid_point_that_is_not_in_the_plan() -> None:
    found = verdict(lambda point: {}, metric="last_validation_accuracy", at={"training.batch_size": 7})
    assert (found.outcome, found.why) == ("undecided", "bn has no such grid point in this plan")


OWN = ("dataset.name=npz", "dataset.path=own.npz", SEEDS)
HALF = {0: "diverged", 1: "diverged", 2: "diverged"}


def own_data(seed_ends: dict[int, str], classes: int | None) -> Verdict:
    """Own data of so many classes; bn's seeds end so, at 0.9 where they finish, and plain is at 0.6."""

    def end(point: Any) -> dict[str, Any]:
        status = seed_ends.get(point.seed, "finished") if point.arm == "bn" else "finished"
        at = 0.9 + point.seed / 1e3 if point.arm == "bn" else 0.6
        validation = [None if status == "diverged" else at]
        return {"validation": validation, "train": validation, "status": status, "classes": classes}

    return verdict(end, *OWN, metric="last_validation_accuracy", diverged_counts_as="chance")


def test_diverged_runs_of_own_data_count_as_chance() -> None:
    """1 / 4 classes: the mean of three differences of 0.25 − 0.6 and four of about 0.3 is 0.02, not 0.3."""
    found = own_data(HALF, classes=4)
    assert found.n == 7
    assert found.effect == pytest.approx((3 * (0.25 - 0.6) + 4 * 0.3 + 18e-3) / 7)
    assert found.outcome == "undecided"
    assert found.cautions == ("bn: of 7 runs 3 diverged, counted as chance",)


def test_where_chance_is_not_known_diverged_runs_are_said_to_be_left_out() -> None:
    """Own data in records from before the number of classes was written down."""
    found = own_data(HALF, classes=None)
    assert found.n == 4
    assert found.cautions == (
        "bn: of 7 runs 3 diverged, left out",
        "plain: of 7 runs 3 without a partner, left out",
    )


RATE = "training.learning_rate.initial"
TWO_RATES = f"grid.{RATE}=[1e-3, 1e-2]"
PLACES = st.tuples(st.sampled_from(["bn", "plain"]), st.sampled_from([1e-3, 1e-2]), st.integers(0, 3))
ENDS = st.dictionaries(PLACES, st.sampled_from(["diverged", "failed", "missing", "without a value"]), max_size=5)
CLAIMS = st.fixed_dictionaries(
    {"metric": st.just("last_validation_accuracy")},
    optional={"diverged_counts_as": st.sampled_from(["chance", "last"]), "at_every": st.just(RATE)},
)


def said_of(arm: str, cautions: tuple[str, ...]) -> tuple[int, int]:
    """How many runs of the arm are said to be counted as something, and to be left out."""
    counted = left_out = 0
    for caution in cautions:
        if caution.startswith(start := f"{arm}: of 8 runs "):
            for part in caution.removeprefix(start).split("; "):
                number = sum(map(int, re.findall(r"\d+", part)))
                counted, left_out = (
                    (counted, left_out + number) if part.endswith("left out") else (counted + number, left_out)
                )
    return counted, left_out


@settings(max_examples=40, deadline=None, derandomize=True)
@given(ENDS, st.sampled_from([None, 4]), CLAIMS)
def test_every_planned_run_is_used_counted_or_said_to_be_left_out(
    ends: dict[tuple[str, float, int], str], classes: int | None, claim: dict[str, Any]
) -> None:
    """In both arms, at every grid point: a run whose partner has no value takes no part either."""

    def end(point: Any) -> dict[str, Any]:
        status = ends.get((point.arm, point.axes[RATE], point.seed), "finished")
        if status == "missing":
            return {"missing": True}
        validation = [None if status in ("diverged", "without a value") else 0.5 + 0.01 * point.seed]
        return {
            "validation": validation,
            "train": validation,
            "status": status if status in ("diverged", "failed") else "finished",
            "classes": classes,
        }

    found = verdict(end, *OWN[:2], "seeds=[0, 1, 2, 3]", TWO_RATES, **claim)
    if found.why:
        return
    pairs = sum(point.n for point in found.points) if claim.get("at_every") else 2 * found.n
    for arm in ("bn", "plain"):
        counted, left_out = said_of(arm, found.cautions)
        assert 8 - left_out == pairs
        diverged = sum(one == arm and status == "diverged" for (one, _, _), status in ends.items())
        assert counted <= diverged
        if claim.get("diverged_counts_as") != "chance" or classes is None:
            assert counted == 0


def test_rates_near_the_best_of_a_plan_without_rates_are_refused_by_that_reason() -> None:
    found = verdict(lambda point: {}, SEEDS, metric="learning_rates_near_best", within=0.05)
    assert found.why == "this plan has no axis of learning rates"


def test_a_claim_on_times_names_the_processors_that_they_are_of() -> None:
    def end(point: Any) -> dict[str, Any]:
        return {"step_seconds": 0.01 + 1e-4 * point.seed, "processor": "A" if point.arm == "bn" else "B"}

    times = verdict(end, metric="step_seconds")
    assert times.cautions == ("times are of 2 kinds of machine (A; B) and do not compare",)
    assert verdict(end, metric="last_validation_accuracy").cautions == ()


def test_arms_of_different_backends_are_compared_and_it_is_said() -> None:
    found = verdict(
        lambda point: {"backend": "jax" if point.arm == "bn" else "tensorflow"}, metric="last_validation_accuracy"
    )
    assert "compares runs of one backend with runs of another: jax and tensorflow" in found.cautions
