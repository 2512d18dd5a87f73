"""How long pending runs will take: a model of a step, corrected by what runs on this kind of machine took.

A run trains for steps · overhead + floating-point operations / rate. Recorded runs of the same kind of machine say by
how much that is off: of a net that ran here its own runs, of another one all of them. Beside it stand the start of
a worker, the building and tracing of each distinct net, and what is measured at a run's end. A look of probes counts
as so many steps (planning.looks).
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bn_study.config.run import RunSpec
from bn_study.execution.cores import allowed_cores
from bn_study.execution.description import (
    ModelFacts,
    data_facts,
    model_key,
    training_flops,
    training_images,
    validation_images,
)
from bn_study.execution.local import Machine
from bn_study.planning.looks import look_steps, looks
from bn_study.store.environment import processor
from bn_study.store.record import RunRecord

#: Share of one core's sgemm that training reaches, everything counted; measured by benchmarks/dense_sweep.py.
SHARE_OF_SGEMM = 0.75
#: Of a step that computes next to nothing: 0.2 ms for a plain dense net, 0.3 with dropout, 0.35 with BN (quickstart).
STEP_SECONDS = 3e-4
#: Of a worker, importing TensorFlow; of each distinct net, building and tracing it; of a run, what is not training.
START_SECONDS, NET_SECONDS, RUN_SECONDS = 4.0, 3.0, 0.3
#: A look takes longer than its passes: what it saw leaves for NumPy. 1.1 to 1.3 times (benchmarks/probing.py).
LOOK_OVERHEAD = 1.2
#: At the end of a probed run: images that population statistics are of, and tracing of the net without BN.
END_IMAGES, END_SECONDS = 10_000, 2.0
#: What training takes, by the model above, where nothing ran yet: convolutions reach less of the sgemm than dense nets.
UNKNOWN = (0.6, 1.0, 3.0)
#: Runs of one net differ by so much from one day to the next.
LEAST_SPREAD = 1.15


@dataclass(frozen=True)
class Estimate:
    """Wall seconds: what is expected, and between what, by the runs that it rests on; those of probes included."""

    low: float
    seconds: float
    high: float
    probing: float
    basis: str


def estimate(
    specs: Sequence[RunSpec], models: Mapping[str, ModelFacts], records: Iterable[RunRecord], machine: Machine
) -> Estimate:
    """Of the runs on the machine's workers. Raises DatasetError for own data that are not there."""
    rate = SHARE_OF_SGEMM * sgemm_flops() / len(allowed_cores()) * machine.threads
    off: dict[str, list[float]] = {}  # net and batch → how much longer than the model its runs took
    for record in records:
        if (ratio := _ratio(record, machine, rate)) is not None:
            off.setdefault(_net(record.spec), []).append(ratio)
    everything = [ratio for ratios in off.values() for ratio in ratios]
    workers = max(1, min(machine.jobs, len(specs)))
    nets = START_SECONDS + NET_SECONDS * len({_net(spec) for spec in specs}) / workers
    sums, looked = [nets + RUN_SECONDS * len(specs) / workers] * 3, 0.0
    for spec in specs:
        facts, ends = models[model_key(spec)], _range(off.get(_net(spec)) or everything)
        probing = _probing(spec, facts, rate) / workers
        modelled = _modelled(spec, facts, rate) / workers + probing
        sums = [so_far + modelled * ratio for so_far, ratio in zip(sums, ends, strict=True)]
        looked += probing * ends[1]
    known = sum(_net(spec) in off for spec in specs)
    low, seconds, high = sums
    return Estimate(low, seconds, high, looked, _basis(len(everything), known, len(specs)))


def _ratio(record: RunRecord, machine: Machine, rate: float) -> float | None:
    """How much longer than the model says a finished run took; None for one on another kind of machine."""
    where, cost, data = record.environment, record.cost, record.data
    same = (where.processor, where.threads, where.backend) == (processor(), machine.threads, machine.backend)
    if not same or record.status != "finished" or cost is None or data is None:
        return None
    images = len(record.epochs) * (3 * data.train_images + data.validation_images)
    modelled = _seconds(sum(epoch.steps for epoch in record.epochs), cost.forward_flops * images, rate)
    return (cost.train_seconds + math.fsum(epoch.validation_seconds for epoch in record.epochs)) / modelled


def _basis(runs: int, known: int, asked: int) -> str:
    if not runs:
        return "from a matrix product timed now: no run on such a machine is recorded"
    return f"from {runs} recorded runs on such a machine; {known} of {asked} are of nets that ran here"


def _range(ratios: Sequence[float]) -> tuple[float, float, float]:
    if not ratios:
        return UNKNOWN
    middle = statistics.median(ratios)
    return min(min(ratios), middle / LEAST_SPREAD), middle, max(max(ratios), middle * LEAST_SPREAD)


def _net(spec: RunSpec) -> str:
    return f"{model_key(spec)} {spec.training.batch_size}"


def _modelled(spec: RunSpec, facts: ModelFacts, rate: float) -> float:
    steps = spec.training.total_epochs * _epoch_steps(spec)
    return _seconds(steps, training_flops(spec, facts, data_facts(spec.dataset)), rate)


def _epoch_steps(spec: RunSpec) -> int:
    return math.ceil(training_images(spec, data_facts(spec.dataset)) / spec.training.batch_size)


def _probing(spec: RunSpec, facts: ModelFacts, rate: float) -> float:
    """Of all looks of a run, and of what its probes measure at the end; 0 without probes."""
    if not spec.probes:
        return 0.0
    data, batch = data_facts(spec.dataset), spec.training.batch_size
    times = looks(spec.training.total_epochs, _epoch_steps(spec))
    seconds = (
        LOOK_OVERHEAD * times * look_steps(spec.probes, batch) * _seconds(1, 3 * batch * facts.forward_flops, rate)
    )
    if "statistics" in spec.probes:  # moments of training images; variances and an accuracy on those of validation
        images = min(END_IMAGES, training_images(spec, data)) + 2 * validation_images(spec, data)
        seconds += images * facts.forward_flops / rate
    return seconds + (END_SECONDS if "algebra" in spec.probes else 0.0)


def _seconds(steps: int, flops: float, rate: float) -> float:
    """Of training and validation, on one worker that is alone; `rate` in FLOP/s."""
    return steps * STEP_SECONDS + flops / rate


def sgemm_flops(size: int = 768, repeats: int = 5) -> float:
    """FLOP/s of a float32 matrix product in NumPy, with the threads that it takes; the best of some repeats."""
    matrix = np.ones((size, size), dtype=np.float32)
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        matrix @ matrix
        best = min(best, time.perf_counter() - start)
    return float(2 * size**3 / best)
