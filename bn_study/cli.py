"""The command line: parse, hand over, print."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bn_study.config.load import StudySource, load_study
from bn_study.config.problem import ConfigError, Problem
from bn_study.config.validate import suggestion
from bn_study.datasets import NAMES, DatasetError, describe
from bn_study.planning.expansion import Plan, Point, expand
from bn_study.store.atomic import way_out
from bn_study.store.store import State, Store

if TYPE_CHECKING:
    from bn_study.execution.local import Outcome
    from bn_study.execution.sweep import Standing

app = typer.Typer(
    help="Run batch-normalization studies from YAML files.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

StudyArgument = Annotated[str, typer.Argument(metavar="STUDY", help="a study file, or its name under experiments/")]
Profile = Annotated[str | None, typer.Option("--profile", "-p", help="size of the study: a name under `profiles:`")]
Set = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="PATH=VALUE", help="change a field of every run; repeatable")
]
Results = Annotated[Path, typer.Option(help="folder of all results")]
DataDir = Annotated[Path | None, typer.Option(help="where data sets lie; else $BN_STUDY_DATA, else Keras' cache")]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="worker processes; one a core by default")]
Threads = Annotated[int, typer.Option(min=1, help="threads of each worker")]


RunTimeout = Annotated[
    float | None, typer.Option(min=0.1, metavar="SECONDS", help="kill a run that takes longer; off by default")
]


class Backend(StrEnum):
    tensorflow = "tensorflow"
    jax = "jax"


class SchemaName(StrEnum):
    study = "study"
    run = "run"


BackendOption = Annotated[Backend, typer.Option(help="what Keras computes with")]


@app.command()
def run(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
    jobs: Jobs = None,
    threads: Threads = 1,
    backend: BackendOption = Backend.tensorflow,
    data_dir: DataDir = None,
    results: Results = Path("results"),
    run_timeout: RunTimeout = None,
) -> None:
    """Train what is not finished, then write tables and charts. Calling it again resumes."""
    from bn_study.execution.local import Machine
    from bn_study.execution.space import shortage
    from bn_study.execution.sweep import discard_leftovers, run_points, standings

    console = _console()
    plan = _plan(study, profile, set_)
    store = _store(plan, results)
    found = standings(plan, store)
    todo = [standing.point for standing in found if standing.state is not State.DONE]
    machine = Machine(jobs or max(1, (os.cpu_count() or 1) // threads), threads, backend.value, data_dir)
    _say_heading(console, plan, found)
    discard_leftovers(found, store)
    outcome = None
    if todo:
        _fetch(console, todo, data_dir)
        workers = min(machine.jobs, len(todo))
        store.folder.mkdir(parents=True, exist_ok=True)
        if short := shortage(todo, store.folder, workers):
            _fail(short, 1)
        console.print(f"{workers} workers of {threads} thread(s), Keras on {backend.value}", highlight=False)
        outcome = run_points(todo, store, machine, console, run_timeout)
    _say_damages(console, store)
    if outcome is None or not (outcome.interrupted or outcome.stopped_because):
        _report(console, plan, store, results)
    if outcome is not None:
        _close(console, outcome, store)


@app.command()
def plan(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
    jobs: Jobs = None,
    threads: Threads = 1,
    results: Results = Path("results"),
) -> None:
    """Say what would run: done, pending and why, each model's size, and how long it takes. Trains nothing."""
    from bn_study.execution.description import describe_models, model_key
    from bn_study.execution.estimate import estimated_seconds
    from bn_study.execution.local import Machine
    from bn_study.execution.progress import clock
    from bn_study.execution.sweep import standings

    console = _console()
    planned = _plan(study, profile, set_)
    store = _store(planned, results)
    found = standings(planned, store)
    models = describe_models([point.spec for point in planned.points])
    _say_heading(console, planned, found)

    table = Table("arms", "parameters", "forward MFLOP an image", box=None, title="models", title_justify="left")
    for key, facts in models.items():
        arms = dict.fromkeys(point.arm for point in planned.points if model_key(point.spec) == key)
        table.add_row(", ".join(arms), f"{facts.parameters:,}", f"{facts.forward_flops / 1e6:,.3f}")
    console.print(table)

    runs = Table("run", "state", "why", box=None, title="runs", title_justify="left")
    for standing in found:
        runs.add_row(standing.point.run_id, standing.state.value, standing.why)
    console.print(runs)

    todo = [standing.point for standing in found if standing.to_do]
    if todo:
        machine = Machine(jobs or max(1, (os.cpu_count() or 1) // threads), threads, "tensorflow", None)
        records = store.records(planned.runs).values()
        seconds, basis = estimated_seconds([point.spec for point in todo], models, records, machine)
        workers = min(machine.jobs, len(todo))
        console.print(
            f"about {clock(seconds)} for {len(todo)} runs on {workers} workers (from {basis})", highlight=False
        )
    _say_damages(console, store)


@app.command()
def check(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
) -> None:
    """Check a study, its recipe and all its profiles; every problem at once."""
    source = load_study(_study_path(study), profile, set_ or ())
    profiles: list[str | None] = [profile] if profile else [None, *source.study.profiles]
    problems: list[Problem] = []
    for name in profiles:
        try:
            planned = expand(load_study(_study_path(study), name, set_ or ()))
        except ConfigError as error:
            problems += error.problems
        else:
            label = name or (f"default ({source.profile})" if source.profile else "no profile")
            typer.echo(f"{source.path}: {label}: {len(planned.points)} points, {len(planned.runs)} runs")
    if problems:
        raise ConfigError(problems)


@app.command()
def status(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
    results: Results = Path("results"),
) -> None:
    """Say where every run stands, also while a sweep runs in another terminal."""
    from bn_study.execution.sweep import standings

    console = _console()
    planned = _plan(study, profile, set_)
    store = _store(planned, results)
    found = standings(planned, store)
    _say_heading(console, planned, found)
    for standing in found:
        if standing.state not in (State.DONE, State.PENDING):
            console.print(f"{standing.state.value:<12}{standing.point.run_id}  {standing.why}", highlight=False)
    _say_damages(console, store)


@app.command()
def report(
    study: Annotated[str | None, typer.Argument(metavar="STUDY", help="a study file, or its name")] = None,
    profile: Profile = None,
    set_: Set = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="LIST", help="of png,svg,pdf,html,pptx (all by default), dark")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="every study that has results, with an index")] = False,
    experiments: Annotated[Path, typer.Option(help="folder of study files, for --all")] = Path("experiments"),
    results: Results = Path("results"),
) -> None:
    """Write findings, tables, charts, a page and slides from what is in the store, finished or not."""
    if all_ == (study is not None):
        _fail("name one study, or give --all", 2)
    formats = _formats(format_)
    if study is not None:
        planned = _plan(study, profile, set_)
        store = _store(planned, results)
        _report(_console(), planned, store, results, formats)
        _say_damages(_console(), store)
        return
    _report_all(_console(), experiments, results, profile, formats)


@app.command(name="list")
def list_(
    folder: Annotated[Path, typer.Argument(help="folder of study files")] = Path("experiments"),
) -> None:
    """List the studies with their number of runs at each profile."""
    if not folder.is_dir():
        _fail(f"there is no folder {folder}; give the folder of your study files", 2)
    table = Table("study", "question", "runs", box=None)
    for path in sorted(folder.glob("*.yaml")):
        try:
            source = load_study(path)
            names: list[str | None] = [*source.study.profiles] or [None]
            counts = [f"{name or 'runs'} {len(expand(load_study(path, name)).runs)}" for name in names]
            table.add_row(source.name, source.study.question, ", ".join(counts))
        except ConfigError as error:
            table.add_row(path.stem, f"[red]{len(error.problems)} problem(s): bn-study check {path}[/red]", "")
    _console().print(table)


@app.command()
def data(
    name: Annotated[str | None, typer.Argument(help="fetch this data set; without a name, list all")] = None,
    data_dir: DataDir = None,
) -> None:
    """List the data sets, or fetch and check one."""
    console = _console()
    if name is not None:
        from bn_study.datasets import load
        from bn_study.execution.progress import download_bar

        with download_bar(console) as tell:
            found = load(name, data_dir=data_dir, progress=tell)
        sizes = f"{len(found.train_labels):,} training and {len(found.test_labels):,} test images"
        console.print(f"{name}: {sizes}, {len(found.class_names)} classes\n{found.fingerprint}\n{found.provenance}")
        return
    table = Table("name", "images", "train + test", "obtained", "source", box=None)
    for known in NAMES:
        facts = describe(known)
        shape = " × ".join(map(str, facts.image_shape)) if facts.image_shape else "yours"
        sizes = f"{facts.train_images:,} + {facts.test_images:,}" if facts.train_images else "yours"
        table.add_row(known, shape, sizes, facts.obtained, facts.source)
    console.print(table)


@app.command()
def schema(
    which: Annotated[SchemaName, typer.Argument(help="study files, or run recipes under configs/")] = SchemaName.study,
) -> None:
    """Print the JSON Schema, for completion and checks in an editor."""
    from bn_study.config.schema import schema_text

    typer.echo(schema_text(which.value), nl=False)


def main() -> NoReturn:
    """Exit codes: 0 all done, 1 some runs failed, 2 bad input, 130 interrupted."""
    try:
        app(standalone_mode=True)
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


def _console() -> Console:
    """As wide as the terminal; 120 columns elsewhere, so that tables in a pipe keep their lines."""
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=120)


def _fail(message: str, code: int) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(code)


def _study_path(study: str) -> Path:
    path, folder = Path(study), Path("experiments")
    if path.exists():
        return path
    known = {one.stem: one for one in sorted(folder.glob("*.yaml"))}
    if study in known:
        return known[study]
    near = suggestion(path.stem, list(known))
    _fail(f"{study}: no such file, and no study of that name under {folder}/{near}; `bn-study list` names them", 2)


def _plan(study: str, profile: str | None, set_: list[str] | None) -> Plan:
    return expand(load_study(_study_path(study), profile, set_ or ()))


def _store(planned: Plan, results: Path) -> Store:
    return Store(results / planned.source.name / "runs")


def _report_folder(source: StudySource, results: Path) -> Path:
    """One folder a profile; a report with --set gets its own, so that it never overwrites the study's."""
    name = source.profile or "base"
    if source.custom:
        name += f".{source.custom}"
    return results / source.name / name


def _say_heading(console: Console, planned: Plan, found: list[Standing]) -> None:
    source = planned.source
    counts = {state: sum(standing.state is state for standing in found) for state in State}
    said = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
    profile = f", profile {source.profile}" if source.profile else ""
    console.print(f"[bold]{source.study.title}[/bold]{profile}")
    console.print(f"{len(found)} runs: {said}", highlight=False)


def _say_damages(console: Console, store: Store) -> None:
    for path, reason in dict.fromkeys((damage.path, damage.reason) for damage in store.damages):
        console.print(f"not as it should be: {path}: {reason}", style="yellow", highlight=False, markup=False)


def _close(console: Console, outcome: Outcome, store: Store) -> None:
    """The last lines, and the exit code."""
    if outcome.retried:
        said = "1 run was" if outcome.retried == 1 else f"{outcome.retried} runs were"
        console.print(f"{said} retried alone: killed, or out of memory, at the first attempt", highlight=False)
    if outcome.stopped_because:
        _fail(f"stopped: {outcome.stopped_because}", 1)
    if outcome.interrupted:
        console.print("Interrupted. The same command goes on from here.")
        raise typer.Exit(130)
    if failed := outcome.count("failed"):
        _fail(f"{failed} run(s) failed; `bn-study status` names them, their logs lie in {store.folder}", 1)
    if busy := [run_id for run_id, end in outcome.ended.items() if end.status == "busy"]:
        _fail(f"another sweep is still at {', '.join(busy)}; all others are done", 1)


def _fetch(console: Console, points: list[Point], data_dir: Path | None) -> None:
    from bn_study.execution.progress import download_bar
    from bn_study.execution.sweep import fetch_data

    with download_bar(console) as tell:
        sentences = fetch_data(points, data_dir, tell)
    for sentence in sentences:
        console.print(sentence, highlight=False)


def _formats(asked: str | None) -> tuple[str, ...]:
    from bn_study.presentation.report.files import DARK_IMAGES, FORMATS

    if asked is None:
        return FORMATS
    wanted = tuple(filter(None, (part.strip().lower() for part in asked.split(","))))
    unknown = [part for part in wanted if part not in (*FORMATS, DARK_IMAGES)]
    if unknown or not wanted:
        known = ", ".join((*FORMATS, DARK_IMAGES))
        _fail(f"--format {asked}: {', '.join(unknown) or 'nothing'} is not one of {known}", 2)
    return wanted


def _report_all(
    console: Console, experiments: Path, results: Path, profile: str | None, formats: tuple[str, ...]
) -> None:
    """Every study with runs at its default profile (or at `profile`, where it has that one); then the index."""
    from bn_study.presentation.report.files import results_of, write_report
    from bn_study.presentation.report.index import read_entries, write_index

    for path in sorted(experiments.glob("*.yaml")):
        names = load_study(path).study.profiles
        planned = expand(load_study(path, profile if profile in names else None))
        store = _store(planned, results)
        if records := store.records(planned.runs):
            written = write_report(results_of(planned, records), _report_folder(planned.source, results), formats)
            console.print(str(written.page), highlight=False, soft_wrap=True)
        _say_damages(console, store)
    entries = read_entries(results)
    if not entries:
        _fail(f"no study under {experiments} has results in {results}", 1)
    for path in write_index(entries, results):
        console.print(str(path), highlight=False, soft_wrap=True)


def _report(
    console: Console, planned: Plan, store: Store, results: Path, formats: tuple[str, ...] | None = None
) -> None:
    """Print the comparison table, write the report, name what a reader opens first."""
    from bn_study.presentation.report.files import FORMATS, results_of, write_report
    from bn_study.presentation.report.terminal import comparison_table, verdict_lines

    found = results_of(planned, store.records(planned.runs))
    console.print(comparison_table(found.found, console.width))
    console.print(verdict_lines(found.found), highlight=False)
    written = write_report(found, _report_folder(planned.source, results), formats or FORMATS)
    charts = [path for path in written.figures if path.suffix == ".png"]
    for path in filter(None, (written.page, written.html, written.deck, written.findings, written.table, *charts)):
        console.print(str(path), highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
