"""Earlier: the pictures that an earlier report names and this one does not. A user's own files are named by neither."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from bn_study.datasets.regular_file import opened
from bn_study.presentation.drawing.image_files import IMAGES


class _Named(BaseModel):
    name: Annotated[str, Field(pattern=r"^\w+$")]  # of no other folder


class _Drawn(BaseModel):
    figures: tuple[_Named, ...]


def figures_in(findings: Path) -> frozenset[str]:
    """The names of the figures of a findings.json; none where there is no such file."""
    with suppress(OSError, ValidationError), opened(findings) as file:
        return frozenset(one.name for one in _Drawn.model_validate_json(file.read()).figures)
    return frozenset()


def pictures_in(page: Path, alt: str, folder: str) -> frozenset[str]:
    """The names of the PNGs of a folder that a page in Markdown shows with an alternative text that ends so."""
    with suppress(OSError, UnicodeDecodeError), opened(page) as file:
        return frozenset(re.findall(rf"{re.escape(alt)}\]\({folder}/(\w+)\.png\)", file.read().decode()))
    return frozenset()


def remove(names: Iterable[str], *folders: Path) -> None:
    """Their images, of every kind. Raises OSError."""
    for name in names:
        for folder in folders:
            for kind in IMAGES:
                (folder / f"{name}.{kind}").unlink(missing_ok=True)
