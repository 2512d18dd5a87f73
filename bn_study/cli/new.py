"""`bn-study new`: a study of one's own, begun from another."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from bn_study.cli.option import EXPERIMENTS, written_out
from bn_study.cli.study import study_path
from bn_study.cli.terminal import Terminal, fail
from bn_study.config.load import RECIPES
from bn_study.config.path import NAME
from bn_study.store.atomic import write_atomically

_FIRST = Path("quickstart")  # needs no download
_BASE = re.compile(r"^base: *(\S+)", re.MULTILINE)


def new(
    name: Annotated[str, typer.Argument(metavar="STUDY", help="the name of the new study, and of its file")],
    like: Annotated[
        Path, typer.Option("--from", metavar="STUDY", parser=written_out, help="the study that it begins as")
    ] = _FIRST,
) -> None:
    """Begin a study of your own as a copy of another, under experiments/."""
    if not re.fullmatch(NAME, name):
        fail(f"{name}: a study's name has letters, digits, _ and -, at most 60", 2)
    source, study = study_path(like), EXPERIMENTS / f"{name}.yaml"
    if study.exists():
        fail(f"{study} is there already: choose another name, or remove it", 2)
    EXPERIMENTS.mkdir(exist_ok=True)
    write_atomically(study, _moved(source.read_text(encoding="utf-8"), source).encode())
    Terminal().say(f"{study}, as {source.stem} is; `bn-study check {name}` says whether it holds")


def _moved(text: str, source: Path) -> str:
    """The study's text, where its recipe is found from experiments/ too: a shipped one by its name."""

    def recipe(found: re.Match[str]) -> str:
        path = source.parent / found[1]
        if not path.exists() or (EXPERIMENTS / found[1]).exists():
            return found[0]
        shipped = path.resolve().parent == RECIPES.resolve()
        return f"base: {path.stem if shipped else os.path.relpath(path, EXPERIMENTS)}"

    return _BASE.sub(recipe, text, count=1)
