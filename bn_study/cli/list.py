"""`bn-study list`: the studies of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bn_study.cli.option import written_out
from bn_study.cli.study import known_studies
from bn_study.cli.terminal import Terminal, fail, table_of
from bn_study.config.load import read_study, study_files
from bn_study.config.problem import ConfigError
from bn_study.planning.expansion import expand, refuse_if_too_many


def list_studies(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER", parser=written_out, help="of study files; else experiments/ and what is shipped"
        ),
    ] = None,
) -> None:
    """List the studies with their number of runs at each profile."""
    if folder and not folder.is_dir():
        fail(f"there is no folder {folder}; give the folder of your study files", 2)
    table = table_of("study", "question", "runs")
    table.columns[0].no_wrap = True  # names are short
    for path in study_files(folder) if folder else known_studies():
        try:
            file = read_study(path)
            names: list[str | None] = [*file.study.profiles] or [None]
            sources = [file.at(name) for name in names]
            refuse_if_too_many(sources)
            counts = [f"{source.profile or 'runs'} {len(expand(source).runs)}" for source in sources]
            table.add_row(path.stem, file.study.question, ", ".join(counts))
        except ConfigError as error:
            table.add_row(path.stem, Text(f"{len(error.problems)} problem(s): bn-study check {path}", "red"), "")
    Terminal().print(table)
