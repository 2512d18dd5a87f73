"""`bn-study data`: the data sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bn_study.cli.option import DataDir
from bn_study.cli.terminal import Terminal, table_of
from bn_study.datasets import NAMES, describe


def data(
    name: Annotated[str | None, typer.Argument(help="fetch this data set; without a name, list all")] = None,
    data_dir: DataDir = None,
) -> None:
    """List the data sets, or fetch and check one."""
    if name is None:
        Terminal().print(_table())
    else:
        _fetch(Terminal(), name, data_dir)


def _fetch(terminal: Terminal, name: str, data_dir: Path | None) -> None:
    from bn_study.datasets import load
    from bn_study.execution.progress import download_bar

    with download_bar(terminal) as tell:
        found = load(name, data_dir=data_dir, progress=tell)
    sizes = f"{len(found.train_labels):,} training and {len(found.test_labels):,} test images"
    terminal.say(f"{name}: {sizes}, {len(found.class_names)} classes\n{found.fingerprint}\n{found.provenance}")


def _table() -> Table:
    table = table_of("name", "images", "train + test", "obtained", "source")
    table.columns[0].no_wrap = True  # names are short
    for known in NAMES:
        facts = describe(known)
        shape = " × ".join(map(str, facts.image_shape)) if facts.image_shape else "yours"
        sizes = f"{facts.train_images:,} + {facts.test_images:,}" if facts.train_images else "yours"
        table.add_row(known, shape, sizes, facts.obtained, facts.source)
    return table
