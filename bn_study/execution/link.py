"""The way from a sweep to one worker, and how it ended; here the way to a process of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Protocol

from bn_study.execution.event import EVENT, Command, Ending, Event

#: -P: what lies in the current folder, a random.py or keras.py, is neither imported nor run.
WORKER = (sys.executable, "-P", "-m", "bn_study.execution.worker")


class Unreachable(Exception):
    """There is no way to any worker; the message says why."""


class Link(Protocol):
    """One worker, wherever it is. It can be selected on, to be heard when it says something."""

    def fileno(self) -> int: ...
    def hear(self) -> Event | None:
        """What it says next; None when it is gone."""

    def send(self, command: Command) -> None: ...
    def kill(self) -> None:
        """The worker and whatever it started; its end is heard later."""

    def ending(self) -> Ending: ...
    def close(self) -> None:
        """Kill it, and give back all that it took."""


class ProcessLink:
    """To a process of this machine, which is a session of its own, so that Ctrl-C reaches the parent alone."""

    def __init__(self, environment: Mapping[str, str], command: tuple[str, ...] | None = None) -> None:
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            command or WORKER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            bufsize=0,  # select must see every line
            env=environment,
            start_new_session=True,
        )

    def fileno(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def hear(self) -> Event | None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        # The end, or a line that death cut off.
        return EVENT.validate_json(line) if line.endswith(b"\n") else None

    def send(self, command: Command) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # dead: its end of file is read next
            self.process.stdin.write(command.model_dump_json().encode() + b"\n")

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def ending(self) -> Ending:
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # it closed its output and lives on
            self.kill()
            code = self.process.wait()
        self.errors.seek(0)
        return Ending(code=code, output=self.errors.read().decode(errors="replace").strip())

    def close(self) -> None:
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.errors):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
