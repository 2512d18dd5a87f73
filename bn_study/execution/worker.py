"""A worker process: takes run after run over its standard input, tells events over its standard output.

`python -m bn_study.execution.worker`, started by a link, with the environment (backend, threads,
XLA flags, determinism) before. When standard input closes, the parent is gone: the worker ends at once,
whatever it is doing, with all that it started, and the kernel frees its lock.
"""

from __future__ import annotations

import ctypes
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from filelock import Timeout

from bn_study.config.run import DatasetSpec
from bn_study.datasets import Dataset, load
from bn_study.execution.event import COMMAND, Event, Job, Notice, Progressed, Ready, RunEnded, Stop
from bn_study.execution.failure import failed_record, may_go_better
from bn_study.execution.log import log_to, shorten_log
from bn_study.planning.identity import fingerprint
from bn_study.store.atomic import way_out
from bn_study.store.environment import environment, utc_now
from bn_study.store.record import EpochRecord, ErrorRecord, Progress, RunRecord
from bn_study.store.store import RunFolder

if TYPE_CHECKING:
    from bn_study.training.workbench import Workbench

_PR_SET_PDEATHSIG = 1  # of prctl(2)
MOST_CHARACTERS = 2000  # of an error told to the parent: a line that the pipe takes whole; result.json has it all
_SECONDS_BETWEEN_PROGRESS = 0.5


class Worker:
    """The loop of a worker process."""

    def __init__(self, channel: TextIO) -> None:
        self.channel = channel
        self.jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.data_dir: Path | None = None
        self.backend, self.device = os.environ.get("KERAS_BACKEND", "tensorflow"), "unknown"

    def listen(self) -> None:
        """Read commands until the pipe closes; then end without further ado."""
        try:
            for line in sys.stdin.buffer:
                command = COMMAND.validate_json(line)
                if isinstance(command, Stop):
                    self.stopping.set()
                else:
                    self.jobs.put(command)
        finally:
            end_with_children()

    def work(self) -> None:
        """Import the backend, then run what comes."""
        with on_cores(int(os.environ.get("OMP_NUM_THREADS", "1"))):
            from bn_study.training.backend import device
            from bn_study.training.workbench import Workbench

            self.device = device()  # its threads are made when it is first asked for
        bench = Workbench(self._load)
        self.tell(Ready())
        while True:
            job = self.jobs.get()
            self.data_dir = Path(job.data_dir) if job.data_dir else None
            self.tell(self._attempt(job, bench))

    def tell(self, event: Event) -> None:
        self.channel.write(event.model_dump_json() + "\n")
        self.channel.flush()

    def _load(self, spec: DatasetSpec) -> Dataset:
        # The parent has fetched what was missing; a worker never downloads.
        path = Path(spec.path) if spec.path else None
        return load(spec.name, path=path, data_dir=self.data_dir, download=False)

    def _attempt(self, job: Job, bench: Workbench) -> RunEnded:
        """Train one job under its lock; every ending is an event."""
        folder, began = RunFolder(Path(job.folder)), time.monotonic()
        try:
            with folder.held() as folder:
                if folder.is_done(fingerprint(job.spec)):  # by another sweep, since ours looked
                    return RunEnded(run_id=job.run_id, status="shared")
                folder.prepare(job.spec)
                log_to(folder.log)
                record = self._record(job, folder, bench)
                if record is None:
                    return RunEnded(run_id=job.run_id, status="interrupted")
                folder.write_epochs(record.epochs)
                if record.probes is not None:
                    folder.write_probes(record.probes)
                folder.write_result(record)
                self._checkpoint(job, folder).discard()
        except Timeout:
            return RunEnded(run_id=job.run_id, status="busy")
        except OSError as error:
            if advice := way_out(error):
                return RunEnded(run_id=job.run_id, status="unwritable", message=advice)
            message = f"{error.filename or folder.path}: {error.strerror or error}"
            return RunEnded(run_id=job.run_id, status="failed", message=message)
        last = record.epochs[-1].validation_accuracy if record.epochs else None
        message = f"{record.error.type}: {record.error.message}" if record.error else ""
        return RunEnded(
            run_id=job.run_id,
            status=record.status,
            message=message[:MOST_CHARACTERS],
            may_go_better=record.error is not None and may_go_better(record.error),
            log=str(folder.log) if record.error else "",
            seconds=time.monotonic() - began,
            validation_accuracy=last,
        )

    def _record(self, job: Job, folder: RunFolder, bench: Workbench) -> RunRecord | None:
        """The run's record, an error's included; None when interrupted."""
        from bn_study.training.train import Interrupted, train

        epochs: list[EpochRecord] = []
        started = utc_now()
        try:
            checkpoint = self._checkpoint(job, folder)
            if differences := checkpoint.other_machine():
                said = f"begun on another kind of machine ({differences}), so it starts over"
                print(said, file=sys.stderr, flush=True)
                self.tell(Notice(message=f"over    {job.run_id}: {said}"))
            announce = _Announcer(self, job, folder, epochs)
            stopping = self.stopping.is_set
            return train(job.spec, job.run_id, bench, checkpoint, folder.model, announce, stopping, job.threads)
        except Interrupted:
            return None
        except Exception as error:
            if isinstance(error, OSError) and way_out(error):
                raise
            text = traceback.format_exc()
            print(text, file=sys.stderr, flush=True)
            raised = ErrorRecord(type=type(error).__name__, message=str(error), traceback=text)
            return failed_record(job.spec, job.run_id, raised, self.backend, job.threads, started, epochs)

    def _checkpoint(self, job: Job, folder: RunFolder):  # type: ignore[no-untyped-def]
        from bn_study.training.checkpoint import Checkpoint

        machine = environment(self.backend, self.device, job.threads, job.spec.training.precision).kind_of_machine
        return Checkpoint(folder.checkpoint, fingerprint(job.spec), machine)


class _Announcer:
    """Passes on what training says, progress at most twice a second; writes epochs.csv at each epoch's end."""

    def __init__(self, worker: Worker, job: Job, folder: RunFolder, epochs: list[EpochRecord]) -> None:
        self.worker, self.job, self.folder, self.epochs = worker, job, folder, epochs
        self._told_at = 0.0

    def __call__(self, news: Progress | EpochRecord) -> None:
        if isinstance(news, EpochRecord):
            shorten_log()
            self.epochs.append(news)
            self.folder.write_epochs(self.epochs)
        elif time.monotonic() - self._told_at < _SECONDS_BETWEEN_PROGRESS:
            return
        self._told_at = time.monotonic()
        self.worker.tell(Progressed(run_id=self.job.run_id, news=news))


def wake_at_parents_death() -> None:
    """A worker that SIGSTOP holds cannot see its pipe close: on Linux it is woken when its parent dies, and sees it.

    Not killed, for then nobody would end what it started. The kernel means the thread that started the worker:
    a sweep does it in the main thread, which lives as long as its process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGCONT)


def end_with_children() -> None:
    """Kill this process, and all of its session if it leads one (it does when a link started it)."""
    os.kill(0 if os.getpgrp() == os.getpid() else os.getpid(), signal.SIGKILL)


@contextmanager
def on_cores(threads: int) -> Iterator[None]:
    """While JAX starts, this process may use so many cores only: it makes as many threads as it sees cores.

    Afterwards all threads may run on any core again, so that sweeps side by side do not share one. TensorFlow takes
    the count from its own variables.
    """
    if os.environ.get("KERAS_BACKEND") != "jax" or not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:threads])
    try:
        yield
    finally:
        for thread in Path("/proc/self/task").iterdir():
            with suppress(OSError):  # it has ended
                os.sched_setaffinity(int(thread.name), allowed)


def main() -> None:
    wake_at_parents_death()
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # prints of libraries must not get into the channel
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # "retracing": a new net is a new trace
    worker = Worker(channel)
    threading.Thread(target=worker.listen, daemon=True).start()
    try:
        worker.work()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)  # an orderly exit would abort: the listening thread holds standard input


if __name__ == "__main__":
    main()
