"""The machine, or the machines, that a command trains on."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bn_study.cli.option import jobs_or_default
from bn_study.cli.terminal import Terminal, fail
from bn_study.planning.expansion import Point

if TYPE_CHECKING:
    from bn_study.execution.local import Machine


class Executor(StrEnum):
    local = "local"
    ray = "ray"


Executed = Annotated[Executor, typer.Option(help="on this machine, or on a Ray cluster: docs/cluster.md")]
Address = Annotated[str | None, typer.Option(metavar="HOST:PORT", help="of a Ray cluster's head; else $RAY_ADDRESS")]


@contextmanager
def this_machine_or(
    terminal: Terminal,
    executor: Executor,
    address: str | None,
    points: Sequence[Point],
    jobs: int | None,
    threads: int,
    backend: str,
    data_dir: Path | None,
) -> Iterator[Machine]:
    """Ends the command where the cluster is not to be had."""
    from bn_study.execution.cluster import Cluster
    from bn_study.execution.link import Unreachable
    from bn_study.execution.local import Machine
    from bn_study.execution.space import worker_bytes

    if executor is Executor.local:
        if address:
            fail("--address is of a Ray cluster: give --executor ray too", 2)
        yield Machine(jobs_or_default(jobs, threads), threads, backend, data_dir)
        return
    cluster = Cluster(_cluster_address(address), backend, threads, 0.0, worker_bytes(points))
    try:
        capacity = cluster.connect()
    except Unreachable as error:
        fail(str(error), 1)
    with cluster:
        wanted = jobs or capacity.places
        if wanted > capacity.places:
            terminal.say(f"{wanted} workers wanted, {capacity.places} have a place in the cluster now")
        yield Machine(max(1, wanted), threads, backend, data_dir, cluster)


def _cluster_address(address: str | None) -> str:
    if importlib.util.find_spec("ray") is None:
        fail("Ray is not installed: pip install 'bn_study[ray]', or --executor local", 2)
    address = address or os.environ.get("RAY_ADDRESS", "")
    if not address or address == "auto" or "://" in address or not address.rpartition(":")[2].isdigit():
        said = f"{address!r} is none" if address else "none is given"
        fail(f"--executor ray needs the HOST:PORT of a cluster's head, by --address or $RAY_ADDRESS; {said}", 2)
    return address
