"""`bn-study init`: what is shipped, as files to read and to change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bn_study.cli.option import written_out
from bn_study.cli.terminal import Terminal
from bn_study.config.load import RECIPES, STUDIES
from bn_study.store.atomic import write_atomically


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", parser=written_out, help="where to")] = Path(),
) -> None:
    """Write configs/ and experiments/ as they are shipped, to read and to change. What lies there already is kept."""
    terminal, kept = Terminal(), 0
    for shipped in (RECIPES, STUDIES):
        for file in sorted(shipped.iterdir()):
            there = folder / shipped.name / file.name
            if there.exists():
                kept += 1
            else:
                there.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(there, file.read_bytes())
        terminal.say(str(folder / shipped.name))
    if kept:
        terminal.say(f"{kept} files were there, and are as they were")
    terminal.say("`bn-study run quickstart` runs a first study; `bn-study new NAME` begins one of your own from it")
