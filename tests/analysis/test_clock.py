"""Claims on times are about CPU time where that is one thread's, and say where wall time was disturbed."""

from __future__ import annotations

from typing import Any

import pytest
from test_verdict import verdict

STEP = {"metric": "step_seconds", "compare": {"arm": "bn", "with": "plain", "expect": "higher"}}


def times(**how: Any) -> Any:
    """bn takes 12 ms a step of CPU time, plain 10; in plain's odd seeds another process took half of the core."""

    def end(point: Any) -> dict[str, Any]:
        share = 0.5 if point.arm == "plain" and point.seed % 2 else 0.98
        cpu = (12e-3 if point.arm == "bn" else 10e-3) + 1e-5 * (point.seed * 7 % 5) * (point.arm == "bn")
        return {"step_seconds": cpu / share, "cpu_share": share, "threads": 1, **how}

    return end


def test_one_thread_is_compared_by_its_cpu_time_which_others_do_not_disturb() -> None:
    found = verdict(times(), **STEP)
    assert (found.claim.metric, found.outcome, found.cautions) == ("step_cpu_seconds", "supported", ())
    assert found.effect == pytest.approx(2e-3, abs=5e-5)


def test_wall_time_is_compared_if_asked_for_and_says_that_it_was_disturbed() -> None:
    """By the clock on the wall plain looks slower in three seeds of seven."""
    found = verdict(times(), **STEP, clock="wall")
    assert (found.claim.metric, found.outcome) == ("step_seconds", "undecided")
    assert found.cautions == ("wall time: 3 of 14 runs were disturbed, with less than 0.9 of a CPU",)


def test_undisturbed_wall_time_says_nothing() -> None:
    assert verdict(times(cpu_share=0.95, step_seconds=0.01), **STEP, clock="wall").cautions == ()


@pytest.mark.parametrize("how", [{"threads": 2}, {"device": "NVIDIA H100"}, {"cpu_share": None}])
def test_where_cpu_time_is_not_one_threads_or_not_known_wall_time_is_compared(how: dict[str, Any]) -> None:
    """With more threads, or where another device computes, a share of the CPU says nothing of who was disturbed."""
    found = verdict(times(**how), **STEP)
    assert (found.claim.metric, found.cautions) == ("step_seconds", ())


def test_the_time_to_an_accuracy_has_its_cpu_time_too() -> None:
    def end(point: Any) -> dict[str, Any]:
        epochs = [0.2, 0.3 if point.arm == "plain" else 0.6, 0.6]
        return {"validation": epochs, "epoch_seconds": 4.0, "cpu_share": 0.5, "threads": 1}

    claim = {"metric": "seconds_to_accuracy", "accuracy": 0.5, "compare": {**STEP["compare"], "expect": "lower"}}
    found = verdict(end, **claim)
    assert (found.claim.metric, found.effect) == ("cpu_seconds_to_accuracy", pytest.approx(-2.0))
    assert verdict(end, **claim, clock="wall").effect == pytest.approx(-4.0)
