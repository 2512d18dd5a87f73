"""CPU time is time of this process alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bn_study.config.run import RunSpec
from bn_study.store.record import RunRecord
from bn_study.training.times import Times


def test_sleeping_takes_wall_time_and_no_cpu_time_and_counting_takes_both() -> None:
    start = Times.now()
    time.sleep(0.2)
    slept = Times.now() - start
    assert slept.wall >= 0.2
    assert slept.cpu < 0.1
    start = Times.now()
    while (Times.now() - start).cpu < 0.1:
        pass
    assert (Times.now() - start).wall > 0


def test_times_are_added_and_shared_out() -> None:
    assert (Times(3.0, 1.0) + Times(1.0, 1.0)) / 2 == Times(2.0, 1.0)
    assert Times(3.0, 1.0) - Times(1.0, 1.0) == Times(2.0, 0.0)


def test_a_run_records_cpu_time_of_every_epoch_and_of_a_step(
    spec: Callable[..., RunSpec], run: Callable[..., RunRecord]
) -> None:
    done: Any = run(spec(**{"training.epochs": 3}))
    assert all(epoch.cpu_seconds > 0 for epoch in done.epochs)
    assert done.cost.train_cpu_seconds == sum(epoch.cpu_seconds for epoch in done.epochs)
    assert 0 < done.cost.step_cpu_seconds <= done.cost.train_cpu_seconds
