"""A sweep: one worker a slot, each taking run after run, on this machine or on others.

A worker's death costs only the run it held, and that is tried again: once, alone, when all others are done.
Workers exit when the parent's pipe closes, so that none trains on as an orphan. That a machine is lost is no fault of
the run, which waits again. Several sweeps may share one
folder: the lock of a run decides who trains it, and what another sweep has finished is not trained again.
"""

from __future__ import annotations

import selectors
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from filelock import Timeout

from bn_study.execution.cluster import Cluster
from bn_study.execution.event import Event, Job, NoPlace, Ready, RunEnded, Stop
from bn_study.execution.failure import MACHINE_LOST, failed_record, may_go_better
from bn_study.execution.gpu import jobs_a_gpu
from bn_study.execution.link import Link, ProcessLink, Unreachable
from bn_study.execution.slot import Slot
from bn_study.execution.worker_environment import worker_environment
from bn_study.planning.expansion import Point
from bn_study.store.record import ErrorRecord
from bn_study.store.store import State, Store

_SECONDS_BETWEEN_TICKS = 0.2
#: So many runs that fail alike before any ends well, or workers that do not start: the rest would fail too.
ALIKE = 3
#: So often a run waits again because its machine was lost; then it has failed.
MOST_LOST = 3


class Watcher(Protocol):
    """Whoever shows what happens."""

    def started(self, point: Point) -> None: ...
    def told(self, event: Event) -> None: ...
    def tick(self) -> None: ...
    def say(self, message: str) -> None: ...


@dataclass(frozen=True)
class Machine:
    """How runs use this machine, or the machines of a cluster."""

    jobs: int
    threads: int
    backend: str
    data_dir: Path | None
    gpus: tuple[str, ...] = ()  # by the names that CUDA knows them by
    gpus_per_job: float = 0.0  # at most 1
    cluster: Cluster | None = None

    @property
    def hosts(self) -> int:
        """That runs can be alone on."""
        return self.cluster.capacity.hosts if self.cluster else 1

    def link_to(self, number: int, alone: bool) -> Link:
        """A new worker for the slot of this number: a process here, or on a machine of the cluster."""
        if self.cluster:
            return self.cluster.link_to(alone)
        return ProcessLink(worker_environment(self.backend, self.threads, self.gpu_of(number)))

    def gpu_of(self, slot: int) -> str:
        """Slots 0 and 1 share the first GPU where a job takes half of one; empty without GPUs."""
        return self.gpus[slot // jobs_a_gpu(self.gpus_per_job) % len(self.gpus)] if self.gpus else ""


@dataclass
class Outcome:
    """What became of a sweep's runs."""

    ended: dict[str, RunEnded] = field(default_factory=dict)
    retried: int = 0
    interrupted: bool = False
    stopped_because: str = ""

    @property
    def busy(self) -> list[str]:
        """Runs that another sweep is still at."""
        return [run_id for run_id, end in self.ended.items() if end.status == "busy"]

    @property
    def is_complete(self) -> bool:
        """Whether every run has ended, in whatever way."""
        return not (self.interrupted or self.stopped_because or self.busy)

    def count(self, *statuses: str) -> int:
        return sum(end.status in statuses for end in self.ended.values())


class Sweep:
    """Runs every given point once, `machine.jobs` at a time; a run is killed after `run_timeout` seconds.

    `link_to(slot number, alone on its host)` starts a worker, and may raise Unreachable; by default the machine's.
    """

    def __init__(
        self,
        points: Sequence[Point],
        store: Store,
        machine: Machine,
        watcher: Watcher,
        run_timeout: float | None = None,
        link_to: Callable[[int, bool], Link] | None = None,
    ) -> None:
        self.waiting = list(points)
        self.again: list[Point] = []  # to be tried once more, alone
        self.elsewhere: list[Point] = []  # held by another sweep when we came to it
        self.alone = False
        self.store, self.machine, self.watcher, self.run_timeout = store, machine, watcher, run_timeout
        self.link_to = link_to or machine.link_to
        self.losses: Counter[str] = Counter()  # run id → how often its machine was lost
        self.outcome = Outcome()
        self.slots: list[Slot] = []
        self.false_starts = 0
        self.signals = 0
        self.selector = selectors.DefaultSelector()
        numbers: dict[object, int] = {}
        self._nets = {point.run_id: numbers.setdefault(_net_of(point), len(numbers)) for point in points}

    def run(self) -> Outcome:
        """Until all is done or the user stops it. No exception leaves a worker behind."""
        try:
            with self._signals():
                self._work(self.machine.jobs)
                self.alone, self.waiting, self.again = True, self.again, []
                self.outcome.retried = len(self.waiting)
                self._work(self.machine.hosts)
        finally:
            for slot in self.slots:
                slot.link.close()
            self.selector.close()
        return self.outcome

    def _work(self, jobs: int) -> None:
        """Until nothing waits and nobody works."""
        for number in range(min(jobs, len(self.waiting))):
            self._open(number)
        while self.slots:
            for key, _ in self.selector.select(_SECONDS_BETWEEN_TICKS):
                self._hear(key.data)
            self._heed_signals()
            if not self.waiting and all(slot.point is None for slot in self.slots):
                for slot in list(self.slots):  # they are still starting, or wait for a place, and are not needed
                    self._dismiss(slot)
            if self.run_timeout is not None:
                for slot in self.slots:
                    slot.kill_after(self.run_timeout)
            self.watcher.tick()

    def _open(self, number: int) -> None:
        try:
            slot = Slot(number, self.link_to(number, self.alone))
        except Unreachable as error:
            self._stop(str(error))
            return
        self.slots.append(slot)
        self.selector.register(slot.link, selectors.EVENT_READ, slot)

    def _hear(self, slot: Slot) -> None:
        if slot not in self.slots:
            return
        event = slot.link.hear()
        if event is None:
            self._bury(slot)
            return
        if isinstance(event, NoPlace):
            self._stop(event.message)
        elif isinstance(event, RunEnded):
            point, slot.point = slot.point, None
            assert point is not None
            self._settle(point, event)
            if event.may_go_better:
                self._replace(slot)  # its memory is full
                return
        else:
            self.watcher.told(event)
        if isinstance(event, (Ready, RunEnded)):
            slot.ready, self.false_starts = True, 0
            self._give_work(slot)

    def _give_work(self, slot: Slot) -> None:
        point = self._next_for(slot)
        if point is None:
            self._dismiss(slot)
            return
        net = self._nets[point.run_id]
        if slot.is_worn(net):
            self.waiting.insert(0, point)
            self._replace(slot)
            return
        slot.take(point, net)
        self.watcher.started(point)
        slot.send(
            Job(
                run_id=point.run_id,
                spec=point.spec,
                folder=str(self.store.run_folder(point).path.absolute()),
                data_dir=str(self.machine.data_dir.absolute()) if self.machine.data_dir else None,
                threads=self.machine.threads,
            )
        )

    def _next_for(self, slot: Slot) -> Point | None:
        """The next run that no other sweep has done or is at; None when nothing is left to take."""
        while self.waiting or self._let_go():
            point = self.waiting.pop(self._best_for(slot))
            state = self.store.state(point)
            if state not in (State.DONE, State.RUNNING):
                return point
            status = "shared" if state is State.DONE else "busy"
            self._settle(point, RunEnded(run_id=point.run_id, status=status))
        return None

    def _best_for(self, slot: Slot) -> int:
        """A run of the net that the worker has compiled already, else the next one nobody is at."""
        taken = {other.net for other in self.slots if other is not slot and other.point is not None}
        nets = [self._nets[point.run_id] for point in self.waiting]
        return min(range(len(nets)), key=lambda i: (nets[i] != slot.net, nets[i] in taken, i))

    def _let_go(self) -> bool:
        """Whether another sweep has let go of runs that it held; they wait again."""
        free = [point for point in self.elsewhere if self.store.state(point) is not State.RUNNING]
        self.elsewhere = [point for point in self.elsewhere if point not in free]
        self.waiting += free
        return bool(free)

    def _settle(self, point: Point, end: RunEnded) -> None:
        """Note how a run ended, and what follows from it for the others."""
        if end.may_go_better and not self.alone and not self.outcome.interrupted:
            end = end.model_copy(update={"status": "again"})
            self.again.append(point)
        else:
            self.outcome.ended[point.run_id] = end
        self.watcher.told(end)
        if end.status == "busy":
            self.elsewhere.append(point)
        elif end.status == "unwritable":
            self._stop(end.message)
        elif end.status == "failed":
            self._stop_if_all_fail_alike()

    def _stop_if_all_fail_alike(self) -> None:
        rest = len(self.waiting) + len(self.again)
        ends = [end for end in self.outcome.ended.values() if end.status not in ("shared", "busy")]
        alike = {end.status for end in ends} == {"failed"} and len({end.message for end in ends}) == 1
        if rest and alike and len(ends) >= ALIKE:
            self._stop(f"the first {len(ends)} runs all failed alike, so {rest} more are not tried: {ends[0].message}")

    def _stop(self, reason: str) -> None:
        self.outcome.stopped_because = reason
        self.waiting.clear()
        self.again.clear()
        self.elsewhere.clear()

    def _bury(self, slot: Slot) -> None:
        """A worker that ended by itself, or was killed: another one takes its place."""
        error, point = slot.death(), slot.point
        slot.point = None
        if point is not None and error.type == MACHINE_LOST and self._may_wait_again(point):
            self.watcher.told(RunEnded(run_id=point.run_id, status="lost", message=error.message))
            self.waiting.insert(0, point)
        elif point is not None:
            self._settle(point, self._death_of(point, slot, error))
        elif not slot.ready and error.type != MACHINE_LOST:
            self.false_starts += 1
            if self.false_starts >= ALIKE:
                self._stop(f"no worker can start: {error.message}")
        self._replace(slot)

    def _may_wait_again(self, point: Point) -> bool:
        self.losses[point.run_id] += 1
        stopping = self.outcome.interrupted or bool(self.outcome.stopped_because)
        return self.losses[point.run_id] <= MOST_LOST and not stopping

    def _death_of(self, point: Point, slot: Slot, error: ErrorRecord) -> RunEnded:
        """What the worker can no longer say; written down as the run's result, for `status` to name."""
        lost_while_stopping = error.type == MACHINE_LOST and bool(self.outcome.stopped_because)
        if self.outcome.interrupted or lost_while_stopping:
            return RunEnded(run_id=point.run_id, status="interrupted")
        folder = self.store.run_folder(point)
        backend, threads = self.machine.backend, self.machine.threads
        record = failed_record(point.spec, point.run_id, error, backend, threads, slot.started)
        try:
            with folder.held() as folder:
                folder.prepare(point.spec)
                folder.write_result(record)
        except (OSError, Timeout):  # cannot be written, or another sweep is at it: then it stays to do
            pass
        again = may_go_better(error)
        return RunEnded(
            run_id=point.run_id, status="failed", message=error.message, may_go_better=again, log=str(folder.log)
        )

    def _replace(self, slot: Slot) -> None:
        self._dismiss(slot)
        if self.waiting:
            self._open(slot.number)

    def _dismiss(self, slot: Slot) -> None:
        self.slots.remove(slot)
        self.selector.unregister(slot.link)
        slot.link.close()

    def _heed_signals(self) -> None:
        if self.signals and not self.outcome.interrupted:
            self.outcome.interrupted = True
            self._stop("")
            self.watcher.say("Stopping at the end of the running epochs; again to stop now. The same command resumes.")
            for slot in self.slots:
                slot.send(Stop())
        if self.signals > 1:
            for slot in self.slots:
                slot.kill()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C or SIGTERM once: finish the epoch, checkpoint, stop. Twice: stop now."""

        def handle(number: int, frame: FrameType | None) -> None:
            self.signals += 1  # heeded between two events: lists must not change under whoever reads them

        before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _net_of(point: Point) -> object:
    """Runs with equal values share compiled code (see training.workbench)."""
    return point.spec.dataset, point.spec.model, point.spec.training.compiled
