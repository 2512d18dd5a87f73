"""All commands, and the exit code of each end."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

from bn_study.cli.check import check
from bn_study.cli.data import data
from bn_study.cli.list import list_studies
from bn_study.cli.plan import plan
from bn_study.cli.report import report
from bn_study.cli.run import run
from bn_study.cli.schema import schema
from bn_study.cli.status import status
from bn_study.config.problem import ConfigError
from bn_study.datasets import DatasetError
from bn_study.store.atomic import way_out

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"bn-study {version('bn_study')}")
        raise typer.Exit


@app.callback()
def bn_study(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Run batch-normalization studies from YAML files."""


for command in (run, plan, check, status, report):
    app.command()(command)
app.command(name="list")(list_studies)
app.command()(data)
app.command()(schema)


def main() -> NoReturn:
    """Exit codes: 0 all done, 1 some runs failed, 2 bad input, 130 interrupted."""
    try:
        app(standalone_mode=True, prog_name="bn-study")
    except ConfigError as error:
        print(error, file=sys.stderr)
        count = len(error.problems)
        print(f"{count} problem{'s' if count > 1 else ''}", file=sys.stderr)
        sys.exit(2)
    except DatasetError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # `| head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        print(way_out(error) or f"{error.filename}: {error.strerror}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)
