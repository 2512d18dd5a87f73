"""Runs on this machine: one worker process a slot, each taking run after run.

A worker's death costs only the run it held. Workers are sessions of their own, so that Ctrl-C reaches the
parent alone, and they exit when the parent's pipe closes, so that none trains on as an orphan.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Literal, Protocol

from bn_study.execution.event import EVENT, Command, Event, Job, Ready, RunEnded, Stop
from bn_study.planning.expansion import Point
from bn_study.store.store import Store

_SECONDS_BETWEEN_TICKS = 0.2


class Watcher(Protocol):
    """Whoever shows what happens."""

    def started(self, point: Point) -> None: ...
    def told(self, event: Event) -> None: ...
    def tick(self) -> None: ...
    def say(self, message: str) -> None: ...


@dataclass(frozen=True)
class Machine:
    """How runs use this machine."""

    jobs: int
    threads: int
    backend: str
    data_dir: Path | None

    def environment(self, slot: int) -> dict[str, str]:
        """A worker's environment; all of it must stand before the first import of keras."""
        threads = str(self.threads)
        first = slot * self.threads
        cores = [str(core) for core in range(first, first + self.threads) if core < (os.cpu_count() or 1)]
        fixed = {
            "KERAS_BACKEND": self.backend,
            "TF_NUM_INTRAOP_THREADS": threads,
            "TF_NUM_INTEROP_THREADS": "1",
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "TF_DETERMINISTIC_OPS": "1",
            "TF_ENABLE_ONEDNN_OPTS": "1",
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
            "MALLOC_ARENA_MAX": "1",  # 60 MB less a worker; compute threads hardly allocate
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # weights in huge pages: 33.5 instead of 36 ms a step
            "PYTHONUNBUFFERED": "1",
        }
        pinned = self.backend == "jax" and len(cores) == self.threads
        return {**os.environ, **fixed, **({"BN_STUDY_CORES": ",".join(cores)} if pinned else {})}


@dataclass
class Outcome:
    """What became of a sweep's runs; `attempted` counts the runs that were started."""

    ended: dict[str, RunEnded] = field(default_factory=dict)
    interrupted: bool = False
    stopped_because: str = ""

    def count(self, *statuses: str) -> int:
        return sum(end.status in statuses for end in self.ended.values())


class _Slot:
    """One worker process and the run that it holds."""

    def __init__(self, number: int, machine: Machine) -> None:
        self.number = number
        self.point: Point | None = None
        self.net: object = None  # what the worker has compiled
        self.ready = False
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bn_study.execution.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            bufsize=0,  # select must see every line
            env=machine.environment(number),
            start_new_session=True,
        )

    def send(self, command: Command) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # dead: its end of file is read next
            self.process.stdin.write(command.model_dump_json().encode() + b"\n")

    def close(self) -> None:
        """Kill it and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.errors):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def death_note(self) -> str:
        """Why the process ended, as far as one can tell."""
        code = self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        how = f"was killed by signal {-code}" if code < 0 else f"exited with code {code}"
        hint = " (out of memory?)" if code == -signal.SIGKILL else ""
        return f"the worker {how}{hint}" + (f": {lines[-1]}" if lines else "")


class LocalSweep:
    """Runs every given point once, `machine.jobs` at a time."""

    def __init__(self, points: Sequence[Point], store: Store, machine: Machine, watcher: Watcher) -> None:
        self.waiting = list(points)
        self.store, self.machine, self.watcher = store, machine, watcher
        self.outcome = Outcome()
        self.slots: list[_Slot] = []
        self.selector = selectors.DefaultSelector()

    def run(self) -> Outcome:
        """Until all is done or the user stops it. No exception leaves a worker behind."""
        try:
            with self._signals():
                for number in range(min(self.machine.jobs, len(self.waiting))):
                    self._open(number)
                while self.slots:
                    for key, _ in self.selector.select(_SECONDS_BETWEEN_TICKS):
                        self._hear(key.data)
                    self.watcher.tick()
        finally:
            for slot in self.slots:
                slot.close()
            self.selector.close()
        return self.outcome

    def _open(self, number: int) -> None:
        slot = _Slot(number, self.machine)
        self.slots.append(slot)
        assert slot.process.stdout is not None
        self.selector.register(slot.process.stdout, selectors.EVENT_READ, slot)

    def _hear(self, slot: _Slot) -> None:
        if slot not in self.slots:
            return
        assert slot.process.stdout is not None
        line = slot.process.stdout.readline()
        if not line:
            self._bury(slot)
            return
        event = EVENT.validate_json(line)
        self.watcher.told(event)
        if isinstance(event, RunEnded):
            self._note(slot, event)
        if isinstance(event, (Ready, RunEnded)):
            slot.ready = True
            self._give_work(slot)

    def _note(self, slot: _Slot, event: RunEnded) -> None:
        self.outcome.ended[event.run_id] = event
        slot.point = None
        if event.status == "unwritable":
            self.outcome.stopped_because = event.message
            self.waiting.clear()

    def _give_work(self, slot: _Slot) -> None:
        if not self.waiting:
            self._dismiss(slot)
            return
        point = self._next_for(slot)
        slot.point, slot.net = point, _net_of(point)
        folder = self.store.run_folder(point).path
        data_dir = str(self.machine.data_dir) if self.machine.data_dir else None
        self.watcher.started(point)
        slot.send(
            Job(
                run_id=point.run_id,
                spec=point.spec,
                folder=str(folder.absolute()),
                data_dir=data_dir,
                threads=self.machine.threads,
            )
        )

    def _next_for(self, slot: _Slot) -> Point:
        """A run of the net that the worker has compiled already, else the next one nobody is at."""
        taken = {other.net for other in self.slots if other is not slot and other.point is not None}
        best = min(
            range(len(self.waiting)),
            key=lambda i: (_net_of(self.waiting[i]) != slot.net, _net_of(self.waiting[i]) in taken, i),
        )
        return self.waiting.pop(best)

    def _bury(self, slot: _Slot) -> None:
        """A worker that ended by itself: its run failed; another worker takes its place."""
        note, point = slot.death_note(), slot.point
        self._dismiss(slot)
        if point is None:
            if not slot.ready:
                self.outcome.stopped_because = f"a worker could not start: {note}"
                self.waiting.clear()
            return
        log = self.store.run_folder(point).log
        status: Literal["interrupted", "failed"] = "interrupted" if self.outcome.interrupted else "failed"
        ended = RunEnded(run_id=point.run_id, status=status, message=f"{note}; see {log}")
        self.outcome.ended[point.run_id] = ended
        self.watcher.told(ended)
        if self.waiting:
            self._open(slot.number)

    def _dismiss(self, slot: _Slot) -> None:
        self.slots.remove(slot)
        self.selector.unregister(slot.process.stdout)  # type: ignore[arg-type]
        slot.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C or SIGTERM once: finish the epoch, checkpoint, stop. Twice: stop now."""

        def handle(number: int, frame: FrameType | None) -> None:
            if self.outcome.interrupted:
                for slot in self.slots:
                    os.killpg(slot.process.pid, signal.SIGKILL)
                return
            self.outcome.interrupted = True
            self.waiting.clear()
            self.watcher.say("Stopping at the end of the running epochs; again to stop now. The same command resumes.")
            for slot in self.slots:
                slot.send(Stop())

        before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _net_of(point: Point) -> object:
    """Runs with equal values share compiled code (see training.workbench)."""
    training = point.spec.training
    return point.spec.dataset, point.spec.model, training.batch_size, training.optimizer, training.precision
