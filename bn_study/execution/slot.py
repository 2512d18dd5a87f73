"""One worker process as its parent sees it, and the run that it holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import IO

from bn_study.execution.event import Command
from bn_study.execution.failure import TIMEOUT, WORKER_ENDED, WORKER_KILLED
from bn_study.planning.expansion import Point
from bn_study.store.environment import utc_now
from bn_study.store.record import ErrorRecord

#: -P: what lies in the current folder, a random.py or keras.py, is neither imported nor run.
WORKER = (sys.executable, "-P", "-m", "bn_study.execution.worker")
#: A compiled net costs TensorFlow about 45 MB that it never gives back: a worker of so many makes room.
MOST_NETS = 8
#: Whatever else a backend may keep of a run is gone after so many; an import of TensorFlow takes 5 s.
MOST_RUNS = 500


class Slot:
    """A worker is a session of its own, so that Ctrl-C reaches the parent alone."""

    def __init__(self, number: int, environment: Mapping[str, str]) -> None:
        self.number = number
        self.ready = False
        self.point: Point | None = None
        self.net: int | None = None  # what the worker has compiled, by its number in the sweep
        self.nets: set[int] = set()  # all that it ever compiled
        self.runs = 0  # that it ever took
        self.started = ""  # the run, UTC
        self._began = 0.0
        self._time_limit: float | None = None
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            WORKER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            bufsize=0,  # select must see every line
            env=environment,
            start_new_session=True,
        )

    def take(self, point: Point, net: int) -> None:
        """From now on the slot holds this run."""
        self.point, self.net = point, net
        self.nets.add(net)
        self.runs += 1
        self.started, self._began = utc_now(), time.monotonic()

    def is_worn(self, net: int) -> bool:
        """Whether a run of this net is better left to a new worker."""
        return self.runs >= MOST_RUNS or (net not in self.nets and len(self.nets) >= MOST_NETS)

    def kill_after(self, seconds: float) -> None:
        """Kill the worker if it holds its run longer than this; its death is then a timeout."""
        if self.point is not None and self._time_limit is None and time.monotonic() - self._began > seconds:
            self._time_limit = seconds
            self.kill()

    def send(self, command: Command) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # dead: its end of file is read next
            self.process.stdin.write(command.model_dump_json().encode() + b"\n")

    def kill(self) -> None:
        """The worker and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.errors):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def death(self) -> ErrorRecord:
        """Why the process ended, as far as one can tell. What it printed during a run is in the run's log."""
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # it closed its output and lives on
            self.kill()
            code = self.process.wait()
        self.errors.seek(0)
        output = "" if self.point else self.errors.read().decode(errors="replace").strip()
        if self._time_limit is not None:
            return ErrorRecord(type=TIMEOUT, message=_overdue(self._time_limit), traceback=output)
        how = f"was killed by signal {-code}" if code < 0 else f"exited with code {code} and without a result"
        hint = " (out of memory?)" if code == -signal.SIGKILL else ""
        last = f": {output.splitlines()[-1]}" if output else ""
        kind = WORKER_KILLED if code == -signal.SIGKILL else WORKER_ENDED
        return ErrorRecord(type=kind, message=f"the worker {how}{hint}{last}", traceback=output)


def _overdue(seconds: float) -> str:
    return f"the run took longer than --run-timeout {seconds:g} s"
