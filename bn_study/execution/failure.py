"""Why a run failed, and whether trying it again can help."""

from __future__ import annotations

from collections.abc import Sequence

from bn_study.config.run import RunSpec
from bn_study.planning.identity import fingerprint
from bn_study.store.environment import environment, utc_now
from bn_study.store.record import EpochRecord, ErrorRecord, RunRecord

WORKER_KILLED = "WorkerKilled"  # exit −9: most often the kernel, out of memory
WORKER_ENDED = "WorkerEnded"  # any other exit without a result, exit code 0 included
TIMEOUT = "Timeout"
MACHINE_LOST = "MachineLost"  # no fault of the run

_MEMORY_ERRORS = {"MemoryError", "_ArrayMemoryError", "ResourceExhaustedError"}  # Python's, NumPy's, TensorFlow's


def may_go_better(error: ErrorRecord) -> bool:
    """Killed, or out of memory: alone on the machine the same run may well end. Any other error comes back."""
    out_of_memory = error.type in _MEMORY_ERRORS or "RESOURCE_EXHAUSTED" in error.message  # the latter: JAX
    return error.type == WORKER_KILLED or out_of_memory


def failed_record(
    spec: RunSpec,
    run_id: str,
    error: ErrorRecord,
    backend: str,
    threads: int,
    started: str,
    epochs: Sequence[EpochRecord] = (),
) -> RunRecord:
    """The result of a run that ended in an error, now."""
    return RunRecord(
        run_id=run_id,
        fingerprint=fingerprint(spec),
        status="failed",
        spec=spec,
        epochs=tuple(epochs),
        environment=environment(backend, "unknown", threads, spec.training.precision),
        error=error,
        started=started,
        ended=utc_now(),
    )
