"""`bn-study schema`: what an editor needs to complete and check the YAML."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bn_study.cli.terminal import Terminal


class SchemaName(StrEnum):
    study = "study"
    run = "run"


def schema(
    which: Annotated[SchemaName, typer.Argument(help="study files, or run recipes under configs/")] = SchemaName.study,
) -> None:
    """Print the JSON Schema, for completion and checks in an editor."""
    from bn_study.config.schema import schema_text

    Terminal().say(schema_text(which.value).rstrip("\n"))
