"""How long pending runs will take: from finished runs of this machine, else from its matrix product."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Mapping

import numpy as np

from bn_study.config.run import RunSpec
from bn_study.execution.cores import allowed_cores
from bn_study.execution.description import ModelFacts, data_facts, model_key, training_flops
from bn_study.execution.local import Machine
from bn_study.store.environment import processor
from bn_study.store.record import RunRecord

#: Share of one core's sgemm that training reaches, everything counted; measured by benchmarks/dense_sweep.py.
SHARE_OF_SGEMM = 0.75


def estimated_seconds(
    specs: Iterable[RunSpec], models: Mapping[str, ModelFacts], records: Iterable[RunRecord], machine: Machine
) -> tuple[float, str]:
    """Wall seconds of the runs on the machine's workers, and what the estimate rests on."""
    specs = list(specs)
    rates = [rate for record in records if (rate := _rate(record)) is not None]
    if rates:
        flops_a_second, basis = statistics.median(rates), f"{len(rates)} finished runs on this processor"
    else:
        a_core = sgemm_flops() / len(allowed_cores())
        flops_a_second, basis = SHARE_OF_SGEMM * a_core * machine.threads, "a matrix product timed now"
    work = sum(training_flops(spec, models[model_key(spec)], data_facts(spec.dataset)) for spec in specs)
    return work / flops_a_second / max(1, min(machine.jobs, len(specs))), basis


def _rate(record: RunRecord) -> float | None:
    """FLOP/s of a finished run on this processor, everything counted."""
    if record.status != "finished" or record.cost is None or record.environment.processor != processor():
        return None
    facts = ModelFacts(record.cost.parameters, record.cost.forward_flops)
    return training_flops(record.spec, facts, data_facts(record.spec.dataset)) / record.cost.total_seconds


def sgemm_flops(size: int = 768, repeats: int = 5) -> float:
    """FLOP/s of a float32 matrix product in NumPy, with the threads that it takes; the best of some repeats."""
    matrix = np.ones((size, size), dtype=np.float32)
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        matrix @ matrix
        best = min(best, time.perf_counter() - start)
    return float(2 * size**3 / best)
