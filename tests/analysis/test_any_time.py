"""The rule that may be asked after every seed: the evidence of each form of claim, and how often it is wrong."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any, TypeGuard

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_study import LEARNING_RATES
from test_rounds import BN_HIGHER, LAST, RATE, course

from bn_study.analysis.any_time import at_any_time, at_least, least_seeds
from bn_study.analysis.decision import Decision, decide
from bn_study.analysis.e_process import mean_interval_at_any_time, sign_e_process, t_e_process
from bn_study.config.claim import Claim

SIX = (0.02, 0.03, 0.025, 0.01, 0.03, 0.02)


def judged(differences: tuple[float, ...], margin: float = 0.0, **form: Any) -> Decision:
    claim = Claim.model_validate({"id": "c", "says": "so", **LAST, **form})
    side = claim.expectation.side
    return at_any_time(claim, decide(differences, claim.spread, side, claim.expectation.bound))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=6), st.data())
def test_fewer_than_k_effects_have_no_more_evidence_than_any_set_that_may_have_none(
    e_values: list[float], data: st.DataObject
) -> None:
    """If fewer than k of m are there, m - k + 1 have none: the mean of any such set is an e-value, so the least is."""
    m = len(e_values)
    k = data.draw(st.integers(1, m))
    sets = itertools.combinations(e_values, m - k + 1)
    assert at_least(k, e_values) == pytest.approx(min(math.fsum(one) / len(one) for one in sets))


def test_what_varies_freely_has_the_evidence_of_t_against_the_margin_either_way() -> None:
    found = judged(SIX, compare={**BN_HIGHER, "margin": 0.005})
    beyond = np.array(SIX) - 0.005
    assert found.e_values == {
        "supported": t_e_process(beyond)[-1],
        "contradicted": t_e_process(-np.array(SIX))[-1],
        "below_margin": t_e_process(-beyond)[-1],
    }
    interval = mean_interval_at_any_time(np.array(SIX))
    assert (found.test, found.effect) == ("t", pytest.approx(interval.mean))
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert not found.p_values


def test_an_accuracy_that_a_run_never_reaches_does_not_change_the_test() -> None:
    """Seconds vary freely, but some run may never get there: signs from the first seed on."""
    time = {"metric": "seconds_to_accuracy", "accuracy": 0.5, "compare": {**BN_HIGHER, "expect": "lower"}}
    for differences in ((-1.0, -2.0, -0.5, -1.5, -1.0, -3.0), (-1.0, -2.0, -math.inf, -1.5, -1.0, -3.0)):
        found = judged(differences, **time)
        assert found.test == "sign"
        assert found.e_values["supported"] == sign_e_process(np.ones(6))[-1]
    assert judged((math.inf, -math.inf), **time).effect != 0


def test_what_no_seed_changes_is_evidence_without_end_or_none() -> None:
    fact = {"metric": "parameters", "compare": {**BN_HIGHER, "margin": 5}}
    assert judged((10.0, 10.0), **fact).e_values == {"supported": math.inf, "contradicted": 0, "below_margin": 0}


@pytest.mark.parametrize(("metric", "least"), [("t", 4), ("sign", 6), ("fact", 1)])
def test_so_many_seeds_are_needed_at_least(metric: Any, least: int) -> None:
    assert least_seeds(metric) == least


def points(at: dict[float, float]) -> Any:
    def end(point: Any) -> dict[str, Any]:
        noise = 0.001 * (point.seed * 7 % 5 - 2)
        return {"validation": [0.3, 0.5 + (at[point.axes[RATE]] + noise) * (point.arm == "bn")]}

    return end


def test_points_and_peaks_are_conjunctions() -> None:
    """Of three rates two have the effect: it is not at every rate, and it is at two; and it is the peak."""
    by_rate = {1e-3: 0.1, 1e-2: 0.001, 1e-1: 0.2}
    forms: tuple[dict[str, Any], ...] = (
        {"at_every": RATE, "compare": BN_HIGHER},
        {"at_least": {"points": 2}, "compare": BN_HIGHER},
        {"peak": {"arm": "bn", "axis": RATE, "between": (0.1, 0.1)}},
        {"interaction": {"arms": ("bn", "plain"), "axis": RATE, "between": (0.01, 0.1), "expect": "higher"}},
    )
    found = course(points(by_rate), *({**LAST, **form} for form in forms), grid=(LEARNING_RATES,))
    every, two, peak, interaction = (one.hearing.decision for one in found.claims if is_decision(one.hearing.decision))
    assert every.e_values["supported"] == min(supported(every.parts.values()))
    assert two.e_values["supported"] == pytest.approx(sum(sorted(supported(two.parts.values()))[:2]) / 2)
    (row,) = peak.pairs
    assert peak.e_values["supported"] == min(supported(row))
    assert interaction.e_values["supported"] == t_e_process(np.array(interaction.differences))[-1]
    assert [one.outcome for one in found.claims] == ["undecided", "supported", "supported", "supported"]


def is_decision(found: Decision | str) -> TypeGuard[Decision]:
    return isinstance(found, Decision)


def supported(decisions: Iterable[Decision]) -> list[float]:
    return [one.e_values["supported"] for one in decisions]
