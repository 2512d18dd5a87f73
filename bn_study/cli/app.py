"""All commands, and the exit code of each end."""

from __future__ import annotations

import gc
import logging
import sys
import warnings
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

from bn_study.cli.check import check
from bn_study.cli.data import data
from bn_study.cli.design import design
from bn_study.cli.explain import explain
from bn_study.cli.figure import figure
from bn_study.cli.init import init
from bn_study.cli.list import list_studies
from bn_study.cli.new import new
from bn_study.cli.plan import plan
from bn_study.cli.report import report
from bn_study.cli.run import run
from bn_study.cli.schema import schema
from bn_study.cli.status import status
from bn_study.cli.streams import guard_streams
from bn_study.cli.terminal import Terminal, complain
from bn_study.config.problem import ConfigError
from bn_study.datasets import DatasetError
from bn_study.execution.description import Undescribed
from bn_study.store.atomic import obstacle, way_out
from bn_study.store.study_folder import Taken

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(asked: bool) -> None:
    if asked:
        Terminal().say(f"bn-study {version('bn_study')}")
        raise typer.Exit


@app.callback()
def bn_study(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Run batch-normalization studies from YAML files."""


for command in (run, plan, design, check, status, report, figure):
    app.command()(command)
app.command(name="list")(list_studies)
app.command()(data)
app.command()(schema)
app.command()(explain)
app.command()(init)
app.command()(new)


def main() -> NoReturn:
    """Exit codes: 0 all done, 1 some runs failed or something could not be written, 2 bad input, 130 interrupted."""
    _silence_libraries()
    gc.set_threshold(100_000)  # specs refer to nothing in a circle: looking for one doubled the time of large studies
    output, _ = guard_streams()
    code = _exit_code()
    sys.stdout.flush()
    if output.lost:
        complain(f"standard output: {output.lost.strerror}: not all could be printed")
    sys.exit(code or int(output.lost is not None))


def _exit_code() -> int:
    """Of the command that the process was started with, whatever its end."""
    try:
        app(prog_name="bn-study")
    except SystemExit as end:  # typer's way to end
        return int(end.code or 0)
    except ConfigError as error:
        complain(_first(error))
        return 2
    except (DatasetError, Taken) as error:
        complain(str(error))
        return 2
    except Undescribed as error:
        complain(str(error))
        return 1
    except OSError as error:
        complain(way_out(error) or obstacle(error))
        return 1
    return 0


def _first(error: ConfigError, most: int = 20) -> str:
    """The first problems, how many more there are, and how many in all."""
    said, count = [str(problem) for problem in error.problems], len(error.problems)
    rest = [f"and {count - most} more"] if count > most else []
    at_least = "at least " if error.more else ""
    return "\n".join((*said[:most], *rest, f"{at_least}{count} problem{'s' * (count != 1)}"))


def _silence_libraries() -> None:
    """What libraries warn of is for those who write them; `python -W default -m bn_study …` shows it."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
