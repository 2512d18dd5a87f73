"""The machine, or the machines, that a command trains on."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
GpusPerJob = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, metavar="SHARE", help="of a GPU; here 1 by default where there are GPUs"),
]


@dataclass(frozen=True)
class Where:
    """What the command line says of it; None: as much as there is."""

    executor: Executor
    address: str | None
    jobs: int | None
    threads: int
    gpus_per_job: float | None


@contextmanager
def machine_of(
    terminal: Terminal, where: Where, backend: str, data_dir: Path | None, points: Sequence[Point]
) -> Iterator[Machine]:
    """For the runs of these points. Ends the command where there is no such machine."""
    if where.executor is Executor.local:
        if where.address:
            fail("--address is of a Ray cluster: give --executor ray too", 2)
        yield this_machine(where, backend, data_dir)
        return
    from bn_study.execution.cluster import Cluster
    from bn_study.execution.link import Unreachable
    from bn_study.execution.local import Machine
    from bn_study.execution.space import worker_bytes

    address, gpus = _cluster_address(where.address), where.gpus_per_job or 0.0
    cluster = Cluster(address, backend, where.threads, gpus, worker_bytes(points))
    with cluster:
        try:
            capacity = cluster.connect()
        except Unreachable as error:
            fail(str(error), 1)
        wanted = where.jobs or max(1, capacity.places)
        if wanted > capacity.places:
            terminal.say(f"{wanted} workers wanted, {capacity.places} have a place in the cluster now")
        yield Machine(wanted, where.threads, backend, data_dir, cluster=cluster)


def this_machine(where: Where, backend: str, data_dir: Path | None) -> Machine:
    """All its cores, or all its GPUs, where the command line does not say otherwise."""
    from bn_study.execution.gpu import jobs_a_gpu, visible_gpus
    from bn_study.execution.local import Machine

    gpus = () if where.gpus_per_job == 0 else visible_gpus(os.environ)
    if where.gpus_per_job and not gpus:
        fail(f"--gpus-per-job {where.gpus_per_job:g}: no GPU is to be seen here", 2)
    if not gpus:
        return Machine(jobs_or_default(where.jobs, where.threads), where.threads, backend, data_dir)
    share = where.gpus_per_job or 1.0
    most = len(gpus) * jobs_a_gpu(share)
    if where.jobs and where.jobs > most:
        fail(
            f"--jobs {where.jobs}: with {share:g} of a GPU each, {len(gpus)} GPU(s) take {most}; see --gpus-per-job", 2
        )
    return Machine(where.jobs or most, where.threads, backend, data_dir, gpus=gpus, gpus_per_job=share)


def _cluster_address(address: str | None) -> str:
    if importlib.util.find_spec("ray") is None:
        fail("Ray is not installed: pip install 'bn_study[ray]', or --executor local", 2)
    address = address or os.environ.get("RAY_ADDRESS", "")
    if not address or address == "auto" or "://" in address or not address.rpartition(":")[2].isdigit():
        said = f"{address!r} is none" if address else "none is given"
        fail(f"--executor ray needs the HOST:PORT of a cluster's head, by --address or $RAY_ADDRESS; {said}", 2)
    return address
