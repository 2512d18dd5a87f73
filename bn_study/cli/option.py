"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bn_study.datasets import written_path
from bn_study.execution.cores import allowed_cores


def written_out(path: str | Path) -> Path:
    """As `written_path.written_out`, where the command line says what is wrong. Raises BadParameter."""
    try:
        return written_path.written_out(path)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


StudyArgument = Annotated[
    Path,
    typer.Argument(metavar="STUDY", parser=written_out, help="a study file, or its name under experiments/"),
]
Profile = Annotated[str | None, typer.Option("--profile", "-p", help="size of the study: a name under `profiles:`")]
Set = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="PATH=VALUE", help="change a field of every run; repeatable")
]
ResultsFolder = Annotated[Path, typer.Option(metavar="FOLDER", parser=written_out, help="folder of all results")]
DataDir = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER", parser=written_out, help="where data sets lie; else $BN_STUDY_DATA, else Keras' cache"
    ),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="worker processes; one a core by default")]
Threads = Annotated[int, typer.Option(min=1, help="threads of each worker")]

RESULTS, EXPERIMENTS = Path("results"), Path("experiments")


class Backend(StrEnum):
    tensorflow = "tensorflow"
    jax = "jax"


def jobs_or_default(jobs: int | None, threads: int) -> int:
    """One worker an allowed core, or as many as the threads of each leave room for."""
    return jobs or max(1, len(allowed_cores()) // threads)
