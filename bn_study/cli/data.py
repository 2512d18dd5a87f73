"""`bn-study data`: the data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bn_study.cli.option import DataDir, written_out
from bn_study.cli.terminal import Terminal, table_of
from bn_study.datasets import NAMES, describe, found


def data(
    name: Annotated[
        str | None, typer.Argument(help="read this data set, fetched if need be; without, list all")
    ] = None,
    path: Annotated[
        Path | None, typer.Argument(parser=written_out, help="your own file or folder, for npz and image_folder")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """List the data sets, or fetch and check one."""
    if name is None:
        Terminal().print(_table(data_dir))
    else:
        _read(Terminal(), name, path, data_dir)


def _read(terminal: Terminal, name: str, path: Path | None, data_dir: Path | None) -> None:
    from bn_study.datasets import load
    from bn_study.execution.progress import download_bar

    with download_bar(terminal) as tell:
        dataset = load(name, path=path, data_dir=data_dir, progress=tell)
    terminal.say(f"{dataset}\n{dataset.fingerprint}")


def _table(data_dir: Path | None) -> Table:
    table = table_of("name", "images", "train + test", "obtained", "source")
    table.columns[0].no_wrap = True  # names are short
    for known in NAMES:
        facts = describe(known)
        shape = " × ".join(map(str, facts.image_shape)) if facts.image_shape else "yours"
        sizes = f"{facts.train_images:,} + {facts.test_images:,}" if facts.train_images else "yours"
        place = found(known, data_dir)
        table.add_row(known, shape, sizes, f"here: {place}" if place else facts.obtained, facts.source)
    return table
