"""One worker as the sweep sees it, and the run that it holds."""

from __future__ import annotations

import signal
import time

from bn_study.execution.event import Command
from bn_study.execution.failure import MACHINE_LOST, TIMEOUT, WORKER_ENDED, WORKER_KILLED
from bn_study.execution.link import Link
from bn_study.planning.expansion import Point
from bn_study.store.environment import utc_now
from bn_study.store.record import ErrorRecord

#: A compiled net costs TensorFlow about 45 MB that it never gives back: a worker of so many makes room.
MOST_NETS = 8
#: Whatever else a backend may keep of a run is gone after so many; an import of TensorFlow takes 5 s.
MOST_RUNS = 500


class Slot:
    """Numbered from 0; a worker that takes the place of another has its number."""

    def __init__(self, number: int, link: Link) -> None:
        self.number, self.link = number, link
        self.ready = False
        self.point: Point | None = None
        self.net: int | None = None  # what the worker has compiled, by its number in the sweep
        self.nets: set[int] = set()  # all that it ever compiled
        self.runs = 0  # that it ever took
        self.started = ""  # the run, UTC
        self._began = 0.0
        self._time_limit: float | None = None

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
        self.link.send(command)

    def kill(self) -> None:
        self.link.kill()

    def death(self) -> ErrorRecord:
        """Why the worker ended, as far as one can tell. What it printed during a run is in the run's log."""
        end = self.link.ending()
        code, output = end.code, "" if self.point else end.output
        if self._time_limit is not None:
            return ErrorRecord(type=TIMEOUT, message=_overdue(self._time_limit), traceback=output)
        if code is None:
            return ErrorRecord(type=MACHINE_LOST, message=f"its machine is out of reach: {end.lost}", traceback="")
        how = f"was killed by signal {-code}" if code < 0 else f"exited with code {code} and without a result"
        hint = " (out of memory?)" if code == -signal.SIGKILL else ""
        last = f": {output.splitlines()[-1]}" if output else ""
        kind = WORKER_KILLED if code == -signal.SIGKILL else WORKER_ENDED
        return ErrorRecord(type=kind, message=f"the worker {how}{hint}{last}", traceback=output)


def _overdue(seconds: float) -> str:
    return f"the run took longer than --run-timeout {seconds:g} s"
