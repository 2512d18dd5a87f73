"""Estimates learn from runs of the same kind of machine, and know that a step takes time of its own."""

from __future__ import annotations

from typing import Any

import pytest
from synthetic_study import plan_of, realistic

from bn_study.config.run import RunSpec
from bn_study.execution import estimate as module
from bn_study.execution.description import ModelFacts, model_key
from bn_study.execution.estimate import NET_SECONDS, RUN_SECONDS, START_SECONDS, STEP_SECONDS, estimate
from bn_study.execution.local import Machine
from bn_study.store.record import RunRecord

PLAN = plan_of("paper", "seeds=[0, 1]")
SPECS = [point.spec for point in PLAN.points if point.arm == "plain"]
RATE = 1e11
MACHINE = Machine(jobs=1, threads=2, backend="tensorflow", data_dir=None)


@pytest.fixture(autouse=True)
def a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """One core of 1e11 FLOP/s at 75 %, whatever runs beside the test, and the processor of the made-up records."""
    monkeypatch.setattr(module, "sgemm_flops", lambda: RATE / module.SHARE_OF_SGEMM / 2)
    monkeypatch.setattr(module, "allowed_cores", lambda: {0})
    monkeypatch.setattr(module, "processor", lambda: "a processor | with a pipe")


def models(flops: int) -> dict[str, ModelFacts]:
    return {model_key(spec): ModelFacts(1, flops) for spec in SPECS}


def setup(runs: int, nets: int = 1, workers: int = 1) -> float:
    return START_SECONDS + (NET_SECONDS * nets + RUN_SECONDS * runs) / workers


def records(seconds: float, **how: Any) -> list[RunRecord]:
    """Two runs of `plain`, four epochs of so many seconds and 0.3 s of validation; 7.88 MFLOP an image."""
    found = realistic(PLAN, lambda point: {"missing": point.arm != "plain", "epoch_seconds": seconds, **how})
    return list(found.values())


def test_a_net_that_computes_nothing_still_takes_its_steps() -> None:
    """4 epochs of 391 steps: without any overhead the estimate was nothing at all."""
    found = estimate(SPECS, models(0), [], MACHINE)
    assert found.seconds == pytest.approx(setup(2) + 2 * 4 * 391 * STEP_SECONDS)
    assert found.low < found.seconds < found.high


def test_a_large_net_takes_its_operations() -> None:
    """3 forward passes of 50,000 images and one of 10,000, 4 epochs."""
    found = estimate(SPECS[:1], models(10**9), [], MACHINE)
    assert found.seconds == pytest.approx(setup(1) + 4 * (160_000 * 1e9 / RATE + 391 * STEP_SECONDS), rel=1e-9)


def test_recorded_runs_of_the_net_give_their_own_time_whatever_the_model_says() -> None:
    found = estimate(SPECS, models(7_880_000), records(20.0), MACHINE)
    assert found.seconds == pytest.approx(setup(2) + 2 * 4 * (20.0 + 0.3), rel=1e-3)
    assert found.low == pytest.approx(setup(2) + 2 * 4 * 20.3 / 1.15, rel=1e-3)
    assert "2 of 2 are of nets that ran here" in found.basis


def test_the_ends_are_those_of_the_recorded_runs() -> None:
    slow = [*records(10.0), *records(40.0)]
    found = estimate(SPECS[:1], models(7_880_000), slow, MACHINE)
    assert (found.low, found.high) == pytest.approx((setup(1) + 4 * 10.3, setup(1) + 4 * 40.3), rel=1e-3)


def test_twice_the_epochs_take_twice_the_time_of_the_recorded_ones() -> None:
    longer = [RunSpec.model_validate({**spec.model_dump(), "training": {**spec.training.model_dump(), "epochs": 8}})
              for spec in SPECS]  # fmt: skip
    found = estimate(longer, models(7_880_000), records(20.0), MACHINE)
    assert found.seconds - setup(2) == pytest.approx(2 * 8 * 20.3, rel=1e-3)


def test_a_look_costs_as_many_steps_as_it_makes_passes() -> None:
    """2 · 256 / batch + 13 a look; 4 early ones, and after epochs 1, 2, 3 and 4 (docs/probes.md)."""
    probes = ("activations", "gradients", "covariate_shift", "smoothness")
    probed = [spec.model_copy(update={"probes": probes}) for spec in SPECS]
    (batch,) = {spec.training.batch_size for spec in SPECS}
    without, found = (estimate(specs, models(10**9), [], MACHINE) for specs in (SPECS, probed))
    step = STEP_SECONDS + 3 * batch * 1e9 / RATE
    assert found.probing == pytest.approx(2 * 8 * (512 / batch + 13) * step * module.LOOK_OVERHEAD, rel=1e-9)
    assert found.seconds - without.seconds == pytest.approx(found.probing, rel=1e-9)
    assert without.probing == 0.0
    only = [spec.model_copy(update={"probes": ("activations",)}) for spec in SPECS]
    assert estimate(only, models(10**9), [], MACHINE).probing == pytest.approx(
        2 * 8 * 256 / batch * step * module.LOOK_OVERHEAD, rel=1e-9
    )


@pytest.mark.parametrize(
    "how", [{"threads": 1}, {"status": "diverged"}, {"status": "failed"}],
)  # fmt: skip
def test_runs_of_another_kind_of_machine_and_runs_that_did_not_finish_teach_nothing(how: dict[str, Any]) -> None:
    assert estimate(SPECS, models(10**9), records(500.0, **how), MACHINE) == estimate(SPECS, models(10**9), [], MACHINE)


def test_work_is_shared_among_the_workers_but_each_has_its_start() -> None:
    alone, two = (estimate(SPECS, models(10**9), [], Machine(jobs, 2, "tensorflow", None)) for jobs in (1, 2))
    assert two.seconds == pytest.approx(START_SECONDS + (alone.seconds - START_SECONDS) / 2)
