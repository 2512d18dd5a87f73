"""Workers on the machines of a Ray cluster, reached through a hub process; here is nothing of Ray."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO

from bn_study.execution import link
from bn_study.execution.event import EVENT, Command, Ending, Event
from bn_study.execution.link import Link, Unreachable
from bn_study.execution.porter import Terms

HUB = (sys.executable, "-P", "-m", "bn_study.execution.hub")
#: Sent along with a slot's socket: whether its worker has its machine for itself.
ALONE, BESIDE = b"1", b"0"
KILL = b"kill\n"
CHECKPOINT_SECONDS, LEASE_SECONDS = 60.0, 120.0
_SECONDS_TO_CONNECT = 10.0


@dataclass(frozen=True)
class Capacity:
    """Machines that can take a worker, and how many workers they can take together when nobody else is there."""

    hosts: int
    places: int


class Cluster:
    """A Ray cluster that somebody has started; a context, at whose end all its workers are dismissed.

    A hub that died, and Ray with it, is started again with the next slot.
    """

    def __init__(self, address: str, backend: str, threads: int, gpus: float, memory_bytes: int) -> None:
        self.address = address
        self.terms = Terms(
            worker=link.WORKER[1:],
            backend=backend,
            threads=threads,
            gpus=gpus,
            memory_bytes=memory_bytes,
            checkpoint_seconds=CHECKPOINT_SECONDS,
            lease_seconds=LEASE_SECONDS,
        )
        self._hub: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - what the hub prints

    def connect(self) -> Capacity:
        """Start a hub. Raises Unreachable."""
        self.capacity = self._connect()
        return self.capacity

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        if self._control is not None and self._hub is not None:
            self._control.close()
            try:
                self._hub.wait(timeout=_SECONDS_TO_CONNECT)
            except subprocess.TimeoutExpired:
                self._hub.kill()
                self._hub.wait()
        self._said.close()

    def link_to(self, alone: bool) -> Link:
        """A worker that waits for a place in the cluster. Raises Unreachable."""
        if self._hub is None or self._hub.poll() is not None:
            self._connect()
        assert self._control is not None
        ours, its = socket.socketpair()
        with its:
            try:
                socket.send_fds(self._control, [ALONE if alone else BESIDE], [its.fileno()])
            except OSError as error:
                ours.close()
                raise Unreachable(f"{self.address}: the connection to the cluster is lost") from error
        return ClusterLink(ours)

    def _connect(self) -> Capacity:
        """Start a hub. Raises Unreachable."""
        self._knock()
        if self._control is not None:
            self._control.close()
        self._control, its = socket.socketpair()
        command = (*HUB, str(its.fileno()), self.address, json.dumps(asdict(self.terms)))
        with its:
            self._hub = subprocess.Popen(
                command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, stdout=self._said, stderr=self._said,
                env=_hub_environment(), start_new_session=True,
            )  # fmt: skip
        with self._control.makefile("rb", buffering=0) as lines:
            line = lines.readline()
        if not line:
            self._hub.wait()
            raise Unreachable(f"{self.address}: Ray does not let us in: {self._last_words()}")
        return Capacity(**json.loads(line))

    def _knock(self) -> None:
        """Ray itself tries for minutes where nobody answers."""
        host, _, port = self.address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS_TO_CONNECT).close()
        except (OSError, ValueError) as error:
            raise Unreachable(f"{self.address}: no Ray cluster answers there ({error}); see docs/cluster.md") from error

    def _last_words(self) -> str:
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


class ClusterLink:
    """To a worker on a machine of the cluster, over a socket of the hub."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket, self._lines = sock, sock.makefile("rb", buffering=0)
        self._ending: Ending | None = None

    def fileno(self) -> int:
        return self._socket.fileno()

    def hear(self) -> Event | None:
        line = self._lines.readline()
        if line.startswith(b'{"kind":"gone"'):
            self._ending = Ending.model_validate_json(line)
            return None
        return EVENT.validate_json(line) if line.endswith(b"\n") else None

    def send(self, command: Command) -> None:
        self._send(command.model_dump_json().encode() + b"\n")

    def kill(self) -> None:
        self._send(KILL)

    def ending(self) -> Ending:
        return self._ending or Ending(code=None, lost="the connection to the cluster is lost")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def _send(self, line: bytes) -> None:
        with suppress(OSError):  # gone: its end is heard next
            self._socket.sendall(line)


def _hub_environment() -> dict[str, str]:
    """Ray's own waits are minutes; statistics of use are sent nowhere."""
    return {"RAY_gcs_rpc_server_reconnect_timeout_s": "20", **os.environ, "RAY_USAGE_STATS_ENABLED": "0"}
