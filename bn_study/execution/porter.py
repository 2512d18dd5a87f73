"""On another machine: starts the ordinary worker beside itself, passes its lines on, and sends what must last.

The worker writes below a folder of this machine that is thrown away; nothing of it is needed when the machine is lost.
"""

from __future__ import annotations

import os
import platform
import queue
import shutil
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout

from bn_study.execution.event import Command, Event, Job, Progressed, RunEnded
from bn_study.execution.link import ProcessLink
from bn_study.execution.parcel import CHECKPOINT, EPOCHS, FILES, Parcel, pack, unpack
from bn_study.execution.worker_environment import worker_environment
from bn_study.store.atomic import way_out
from bn_study.store.environment import versions
from bn_study.store.lock import kernel_lock
from bn_study.store.record import EpochRecord
from bn_study.store.store import RunFolder

_SCRATCH = "bn_study-porter-"
_MOST_SECONDS_OF_SILENCE = 5.0


@dataclass(frozen=True)
class Terms:
    """What a slot on another machine is to be."""

    worker: tuple[str, ...]  # command line of a worker, less the interpreter, which is that machine's own
    backend: str
    threads: int
    gpus: float
    memory_bytes: int
    checkpoint_seconds: float  # at least, between two checkpoints that are sent
    lease_seconds: float  # without a word, and each side takes the other for lost


@dataclass(frozen=True)
class Introduction:
    """Who a porter is."""

    host: str
    node: str
    versions: dict[str, str]
    niceness: int


class Porter:
    """One worker of this machine, for a hub elsewhere. It ends itself when nobody has asked for news for long."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        gpus = os.environ.get("CUDA_VISIBLE_DEVICES", "") if terms.gpus else ""  # without, Ray leaves it as it is
        self.worker = ProcessLink(
            worker_environment(terms.backend, terms.threads, gpus), (sys.executable, *terms.worker)
        )
        self.folder: RunFolder | None = None
        self._scratch: Path | None = None
        self._sent_at, self._sent_version = 0.0, 0
        self._asked_at = time.monotonic()
        self._news: queue.SimpleQueue[tuple[str, Parcel]] = queue.SimpleQueue()
        self._tidied = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        threading.Thread(target=self._end_when_forgotten, daemon=True).start()

    def introduce(self) -> Introduction:
        import ray

        node = ray.get_runtime_context().get_node_id()
        return Introduction(platform.node(), node, versions(self.terms.backend), os.nice(0))

    def take(self, job: Job, parcel: Parcel) -> None:
        """A job of another machine's folder, and what was done of it before: it is trained in a folder of this one."""
        try:
            self.folder = RunFolder(self._own_scratch() / Path(job.folder).name)
            shutil.rmtree(self.folder.path, ignore_errors=True)
            self.folder.path.mkdir()
            unpack(parcel, self.folder)
        except OSError as error:
            end = RunEnded(run_id=job.run_id, status="unwritable", message=way_out(error) or str(error))
            self._news.put((end.model_dump_json(), {}))
            return
        self._sent_at, self._sent_version = time.monotonic(), self._version()
        self.worker.send(job.model_copy(update={"folder": str(self.folder.path)}))

    def send(self, command: Command) -> None:
        self.worker.send(command)

    def news(self) -> list[tuple[str, Parcel]]:
        """Events as JSON and what goes with them, since the last call; waits a moment for the first."""
        self._asked_at = time.monotonic()
        found = []
        with suppress(queue.Empty):
            found.append(self._news.get(timeout=min(_MOST_SECONDS_OF_SILENCE, self.terms.lease_seconds / 4)))
            while True:
                found.append(self._news.get_nowait())
        return found

    def tidy(self) -> None:
        """End the worker, and leave nothing behind."""
        self._tidied.set()
        self.worker.kill()
        self._listener.join()
        self.worker.close()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _own_scratch(self) -> Path:
        """Made for the first run, when those that dead porters left are swept."""
        if self._scratch is None:
            for left in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}{os.getuid()}-*"):
                _sweep(left)
            self._scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getuid()}-"))
            self._alive = kernel_lock(self._scratch / "lock")
            self._alive.acquire()
        return self._scratch

    def _listen(self) -> None:
        """The worker's events, until its end is the last one."""
        try:
            while (event := self.worker.hear()) is not None:
                self._news.put(self._with_parcel(event))
        finally:
            self._news.put((self.worker.ending().model_dump_json(), {}))

    def _with_parcel(self, event: Event) -> tuple[str, Parcel]:
        parcel: Parcel = {}
        try:
            if self.folder is not None:
                parcel = pack(self.folder.path, self._due(event))
        except OSError as error:
            if isinstance(event, RunEnded):
                message = way_out(error) or str(error)
                event = RunEnded(run_id=event.run_id, status="unwritable", message=message)
        return event.model_dump_json(), parcel

    def _due(self, event: Event) -> list[str]:
        """What goes with an event: all files with the end, the table with an epoch, a checkpoint now and then."""
        if isinstance(event, RunEnded):
            return [name for name in FILES if name != CHECKPOINT or event.status == "interrupted"]
        names = [EPOCHS] if isinstance(event, Progressed) and isinstance(event.news, EpochRecord) else []
        now, version = time.monotonic(), self._version()
        if version != self._sent_version and now - self._sent_at >= self.terms.checkpoint_seconds:
            self._sent_at, self._sent_version = now, version
            names.append(CHECKPOINT)
        return names

    def _version(self) -> int:
        """Of the checkpoint; 0 without one."""
        try:
            return os.stat(self.folder.path / CHECKPOINT).st_mtime_ns if self.folder else 0
        except OSError:
            return 0

    def _end_when_forgotten(self) -> None:
        """The sweep is gone, or cannot reach this machine and has given the run to another one."""
        while time.monotonic() - self._asked_at < self.terms.lease_seconds:
            if self._tidied.wait(min(1.0, self.terms.lease_seconds / 4)):
                return
        self.tidy()
        os._exit(1)


def _sweep(scratch: Path) -> None:
    """Remove what a porter left that is dead: the kernel has freed its lock."""
    try:
        with kernel_lock(scratch / "lock", timeout=0):
            shutil.rmtree(scratch, ignore_errors=True)
    except (Timeout, OSError):  # it lives, or is just being made
        pass
