"""Error rates and coverage by simulation, the least n, and what ties, infinities and facts do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest
from scipy import stats

from bn_study.analysis.decision import DECIDED, Decided, Decision, Outcome, decide, least_n, median_interval
from bn_study.analysis.statistics import holm
from bn_study.config.metric import CLAIM_METRICS, Spread

Side = Literal["lower", "higher"]

ACCURACY, EPOCHS, PARAMETERS = (
    CLAIM_METRICS[name].spread for name in ("last_validation_accuracy", "epochs_to_accuracy", "parameters")
)
REPEATS = 100_000


@pytest.mark.parametrize("n", [5, 8, 15])
@pytest.mark.parametrize("draw", ["normal", "uniform", "laplace"])
def test_false_verdicts_at_the_margin_stay_below_their_level(n: int, draw: str) -> None:
    """At an effect of exactly the margin: 2.5 % wrong on either side if differences are normal.

    Measured of other shapes: up to 3.4 % (uniform, n = 5), so the 95 % interval covers 93 % at worst of these.
    """
    generator = np.random.default_rng(n)
    values = getattr(generator, draw)(size=(REPEATS, n)) - (0.5 if draw == "uniform" else 0.0)
    half = stats.t.ppf(0.975, n - 1) * values.std(axis=1, ddof=1) / math.sqrt(n)
    means = values.mean(axis=1)
    most = 0.0265 if draw == "normal" else 0.036
    assert np.mean(means - half > 0) < most
    assert np.mean(means + half < 0) < most
    covered = np.mean(np.abs(means) <= half)
    assert covered > 1 - 2 * most
    for row in values[:200]:  # the program decides as the vectorised formula does
        p_values = decide(row, ACCURACY, "higher", 0.0).p_values
        mean, width = float(row.mean()), stats.t.ppf(0.975, n - 1) * row.std(ddof=1) / math.sqrt(n)
        assert (p_values["supported"] <= 0.025, p_values["contradicted"] <= 0.025) == (mean > width, mean < -width)
        assert p_values["supported"] == pytest.approx(stats.ttest_1samp(row, 0.0, alternative="greater").pvalue)


@pytest.mark.parametrize("outcome", ["supported", "contradicted"])
def test_familywise_no_kind_of_outcome_is_wrong_in_more_than_five_percent(outcome: str) -> None:
    """Ten claims, all at their margin, ten seeds: of each kind, some claim is decided in at most 5 % of studies."""
    values = np.random.default_rng(1).normal(size=(1_000, 10, 10))
    wrong = 0
    for study in values:
        decisions = [decide(row, ACCURACY, "higher", 0.0) for row in study]
        wrong += any(one == outcome for one in outcomes(decisions))
    assert 0.03 < wrong / len(values) < 0.06


def test_contradictions_pay_for_the_number_of_claims_as_supports_do() -> None:
    """Turning each claim around turns each outcome around, whatever the others are."""
    values = np.random.default_rng(2).normal(0.3, size=(300, 4, 8))
    seen = set()
    for study in values:
        claimed, opposite = ([decide(row, ACCURACY, side, 0.0) for row in study] for side in ("higher", "lower"))
        turned = {"supported": "contradicted", "contradicted": "supported", "undecided": "undecided"}
        assert [turned[one] for one in outcomes(claimed)] == outcomes(opposite)
        seen |= set(outcomes(claimed))
    assert seen == set(turned)


def outcomes(decisions: Sequence[Decision]) -> list[Outcome]:
    """Of the claims of a study."""
    adjusted = {one: holm([decision.p_values[one] for decision in decisions]) for one in DECIDED}
    return [
        decision.outcome({one: adjusted[one][place] for one in DECIDED}, len(decisions))
        for place, decision in enumerate(decisions)
    ]


def alone(differences: Sequence[float], spread: Spread, side: Side, bound: float) -> Outcome:
    """Of a study's only claim."""
    return outcomes([decide(differences, spread, side, bound)])[0]


@pytest.mark.parametrize("n", [6, 9, 12, 20])
def test_the_median_is_covered_whatever_the_distribution(n: int) -> None:
    values = np.random.default_rng(n).exponential(size=(20_000, n)) - math.log(2)
    values[:, 0] = np.where(values[:, 0] > 1.5, np.inf, values[:, 0])
    low, high = np.array([median_interval(list(row))[1:] for row in values]).T
    assert np.mean((low <= 0) & (high >= 0)) >= 0.945


@pytest.mark.parametrize("n", range(1, 5))
def test_fewer_than_five_pairs_never_decide_a_t_test(n: int) -> None:
    clear = [1.0 + 1e-6 * k for k in range(n)]
    assert {alone(clear, ACCURACY, "higher", 0.0), alone(clear, ACCURACY, "lower", 0.0)} == {"undecided"}
    assert least_n("t", claims=1) == least_n("t", claims=20) == 5
    assert 1 / 2**4 > 0.05 >= 1 / 2**5


@pytest.mark.parametrize("claims", [1, 2, 3, 4, 6, 7, 12, 13])
@pytest.mark.parametrize("n", range(5, 10))
def test_signs_decide_from_the_n_on_at_which_holm_over_the_claims_lets_them(n: int, claims: int) -> None:
    """All pairs on one side in every claim: four claims need 7 seeds, not 6."""
    fewer = [decide([-float(k) for k in range(1, n + 1)], EPOCHS, "lower", 0.0)] * claims
    more = [decide([float(k) for k in range(1, n + 1)], EPOCHS, "lower", 0.0)] * claims
    enough = n >= least_n("sign", claims)
    assert enough == (1 / 2**n <= min(0.025, 0.05 / claims))
    assert set(outcomes(fewer)) == {"supported" if enough else "undecided"}
    assert set(outcomes(more)) == {"contradicted" if enough else "undecided"}


def test_the_least_n_of_signs() -> None:
    assert [least_n("sign", claims) for claims in (1, 3, 4, 6, 7)] == [6, 6, 7, 7, 8]
    assert least_n("sign", claims=1, hypotheses=4) == 7
    assert least_n("fact", claims=9) == 1


def test_a_run_that_never_got_there_is_later_than_all_and_no_number() -> None:
    never = [math.inf] * 6
    assert alone(never, EPOCHS, "lower", 0.0) == "contradicted"
    decision = decide(never, EPOCHS, "lower", 0.0)
    assert decision.effect == math.inf
    assert math.isnan(decision.sign_flip_p)
    other = [-math.inf, -3.0, -2.0, -math.inf, -5.0, -1.0, -4.0]
    assert alone(other, EPOCHS, "lower", 0.0) == "supported"
    assert math.isfinite(decide(other, EPOCHS, "lower", 0.0).effect)


@pytest.mark.parametrize("side", ["lower", "higher"])
@pytest.mark.parametrize("ties", [[math.nan] * 8, [0.0] * 8])
def test_pairs_without_order_and_equal_pairs_count_for_neither_side(ties: list[float], side: Side) -> None:
    assert alone(ties, EPOCHS, side, 0.0) == "undecided"
    assert set(decide(ties, EPOCHS, side, 0.0).p_values.values()) == {1.0}


def test_equal_differences_have_no_spread_so_signs_decide() -> None:
    assert decide([0.1] * 5, ACCURACY, "higher", 0.0).test == "sign"
    assert alone([0.1] * 5, ACCURACY, "higher", 0.0) == "undecided"
    assert alone([0.1] * 6, ACCURACY, "higher", 0.0) == "supported"
    assert alone([0.1] * 6, ACCURACY, "higher", 0.1) == "undecided"  # on the margin, not beyond


@pytest.mark.parametrize(
    ("side", "margin", "outcome"),
    [("lower", 0.02, "supported"), ("lower", 0.03, "undecided"), ("lower", 0.04, "below_margin"),
     ("higher", 0.0, "contradicted"), ("higher", 0.01, "contradicted")],
)  # fmt: skip
def test_the_margin_is_in_the_direction_of_the_claim(side: Side, margin: float, outcome: str) -> None:
    """A loss of 0.031: on the right side of "lower", and below a margin of 0.04; no "higher" at all."""
    assert alone([-0.030, -0.034, -0.028, -0.031, -0.033], ACCURACY, side, margin) == outcome


@pytest.mark.parametrize("n", [5, 9])
def test_a_true_effect_on_the_right_side_is_rarely_contradicted_however_large_the_margin(n: int) -> None:
    values = np.random.default_rng(n).normal(0.1, size=(1_000, n))
    found = [alone(list(row), ACCURACY, "higher", 3.0) for row in values]
    assert found.count("contradicted") <= 0.025 * len(values)
    assert found.count("below_margin") > 0.9 * len(values)
    assert "supported" not in found


def test_as_good_allows_a_little_worse_and_no_more() -> None:
    """`not_lower` by 0.02, a bound of -0.02: a loss of 0.01 is as good, one of 0.03 is not, 0.02 is open."""
    for loss, outcome in ((0.01, "supported"), (0.02, "undecided"), (0.03, "contradicted")):
        differences = [-loss + noise for noise in (-0.001, 0.0, 0.001, -0.0005, 0.0005)]
        assert alone(differences, ACCURACY, "higher", -0.02) == outcome, loss


@pytest.mark.parametrize("kind", ["supported", "contradicted", "below_margin"])
def test_a_p_that_holm_makes_large_decides_nothing(kind: Decided) -> None:
    effect = {"supported": 1.0, "contradicted": -1.0, "below_margin": 0.0}[kind]
    decision = decide([effect + d for d in (0.030, -0.034, 0.028, -0.031, 0.033)], ACCURACY, "higher", 0.5)
    assert decision.outcome(decision.p_values, claims=1) == kind
    assert decision.outcome({**decision.p_values, kind: 0.06}, claims=1) != kind


def test_a_fact_needs_one_pair() -> None:
    assert alone([3584.0], PARAMETERS, "higher", 0.0) == "supported"
    assert alone([3584.0], PARAMETERS, "lower", 0.0) == "contradicted"


def test_nothing_gives_nothing() -> None:
    decision = decide([], ACCURACY, "higher", 0.0)
    assert decision.n == 0
    assert decision.outcome(dict.fromkeys(DECIDED, math.nan), claims=1) == "undecided"
