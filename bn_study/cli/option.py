"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bn_study.execution.cores import allowed_cores

StudyArgument = Annotated[str, typer.Argument(metavar="STUDY", help="a study file, or its name under experiments/")]
Profile = Annotated[str | None, typer.Option("--profile", "-p", help="size of the study: a name under `profiles:`")]
Set = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="PATH=VALUE", help="change a field of every run; repeatable")
]
Results = Annotated[Path, typer.Option(help="folder of all results")]
DataDir = Annotated[Path | None, typer.Option(help="where data sets lie; else $BN_STUDY_DATA, else Keras' cache")]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="worker processes; one a core by default")]
Threads = Annotated[int, typer.Option(min=1, help="threads of each worker")]

RESULTS, EXPERIMENTS = Path("results"), Path("experiments")


class Backend(StrEnum):
    tensorflow = "tensorflow"
    jax = "jax"


def jobs_or_default(jobs: int | None, threads: int) -> int:
    """One worker an allowed core, or as many as the threads of each leave room for."""
    return jobs or max(1, len(allowed_cores()) // threads)
