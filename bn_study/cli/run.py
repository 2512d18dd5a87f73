"""`bn-study run`: train what is not finished, then report."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bn_study.cli.machine import Address, Executed, Executor, GpusPerJob, Where, machine_of
from bn_study.cli.option import (
    RESULTS,
    Backend,
    DataDir,
    Jobs,
    Profile,
    ResultsFolder,
    Set,
    StudyArgument,
    Threads,
)
from bn_study.cli.report import report_study
from bn_study.cli.study import planned, say_damages, say_heading
from bn_study.cli.terminal import Terminal, fail
from bn_study.config.load import StudySource
from bn_study.planning.expansion import Plan, Point
from bn_study.store.store import State, Store

if TYPE_CHECKING:
    from bn_study.execution.local import Machine, Outcome
    from bn_study.execution.sweep import Standing


def run(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
    jobs: Jobs = None,
    threads: Threads = 1,
    backend: Annotated[Backend, typer.Option(help="what Keras computes with")] = Backend.tensorflow,
    executor: Executed = Executor.local,
    address: Address = None,
    gpus_per_job: GpusPerJob = None,
    data_dir: DataDir = None,
    results: ResultsFolder = RESULTS,
    run_timeout: Annotated[
        float | None, typer.Option(min=0.1, metavar="SECONDS", help="kill a run that takes longer; off by default")
    ] = None,
    no_report: Annotated[
        bool, typer.Option("--no-report", help="train only: `bn-study report` writes the report later")
    ] = False,
) -> None:
    """Train what is not finished, then write tables and charts. Calling it again resumes."""
    terminal = Terminal()
    plan, folder = planned(study, profile, set_, results)
    folder.claim()
    store = Store(folder.runs)
    where = Where(executor, address, jobs, threads, gpus_per_job)
    with machine_of(terminal, where, backend.value, data_dir, plan.points) as machine:
        outcome = _sweep(terminal, plan, store, machine, run_timeout)
    say_damages(terminal, store)
    stopped = outcome is not None and not outcome.is_complete
    missing = "" if no_report or stopped else report_study(terminal, plan, folder, store)
    if plan.source.study.until and not stopped:
        _say_why_it_ends(terminal, plan, store)
    if outcome is not None:
        _close(terminal, outcome, store)
    if missing:
        fail(missing, 1)


def _sweep(terminal: Terminal, plan: Plan, store: Store, machine: Machine, run_timeout: float | None) -> Outcome | None:
    """What is asked for and not finished; and again, as long as more is asked for by what was trained."""
    from bn_study.analysis.rounds import asked_for
    from bn_study.execution.sweep import discard_leftovers, run_points, standings

    asked = asked_for(plan, store)
    found = standings(asked, store)
    say_heading(terminal, asked, found)
    discard_leftovers(found, store)
    todo, outcome = _to_do(found), None
    if todo:
        _prepare(terminal, plan.source, todo, store, machine)
    while todo:
        outcome = run_points(todo, store, machine, terminal, run_timeout)
        before, asked = asked, asked_for(plan, store)
        if outcome.interrupted or outcome.stopped_because or len(asked.points) == len(before.points):
            break
        todo = _to_do(standings(asked, store))
        terminal.say(f"seed {asked.seeds[-1]}: {', '.join(dict.fromkeys(point.arm for point in todo))}")
    return outcome


def _to_do(found: Iterable[Standing]) -> list[Point]:
    return [standing.point for standing in found if standing.state is not State.DONE]


def _say_why_it_ends(terminal: Terminal, plan: Plan, store: Store) -> None:
    from bn_study.analysis.rounds import course_so_far
    from bn_study.presentation.words.course import why_it_ends

    terminal.say(why_it_ends(course_so_far(plan, store), plan))


def train(terminal: Terminal, plan: Plan, store: Store, machine: Machine) -> None:
    """What is not finished of the plan; ends the command where not all of it could be trained."""
    from bn_study.execution.sweep import run_points, standings

    if todo := _to_do(standings(plan, store)):
        _prepare(terminal, plan.source, todo, store, machine)
        _close(terminal, run_points(todo, store, machine, terminal), store)


def _prepare(terminal: Terminal, source: StudySource, todo: Sequence[Point], store: Store, machine: Machine) -> None:
    """Data, and room for the results; ends the command where there is none, or no backend."""
    from bn_study.execution.description import describe_models
    from bn_study.execution.space import shortage
    from bn_study.execution.worker_environment import ignored

    if importlib.util.find_spec(machine.backend) is None:
        fail(f"{machine.backend} is not installed: pip install 'bn_study[{machine.backend}]', or another --backend", 2)
    models = describe_models(source, todo)
    _fetch(terminal, todo, machine.data_dir)
    workers = min(machine.jobs, len(todo))
    store.folder.mkdir(parents=True, exist_ok=True)
    if short := shortage(todo, models, store.folder, workers):
        fail(short, 1)
    terminal.say(f"{workers} workers of {machine.threads} thread(s), Keras on {machine.backend}")
    if names := ignored(os.environ):
        terminal.say(f"kept from the workers, since they may change numbers: {', '.join(names)}")


def _fetch(terminal: Terminal, points: Sequence[Point], data_dir: Path | None) -> None:
    from bn_study.execution.progress import download_bar
    from bn_study.execution.sweep import fetch_data

    with download_bar(terminal) as tell:
        sentences = fetch_data(points, data_dir, tell)
    for sentence in sentences:
        terminal.say(sentence)


def _close(terminal: Terminal, outcome: Outcome, store: Store) -> None:
    """The last lines, and the exit code."""
    if outcome.retried:
        said = "1 run was" if outcome.retried == 1 else f"{outcome.retried} runs were"
        terminal.say(f"{said} retried alone: killed, or out of memory, at the first attempt")
    if outcome.stopped_because:
        fail(f"stopped: {outcome.stopped_because}", 1)
    if outcome.interrupted:
        terminal.say("Interrupted. The same command goes on from here.")
        raise typer.Exit(130)
    if failed := outcome.count("failed"):
        fail(f"{failed} run(s) failed; `bn-study status` names them, their logs lie in {store.folder}", 1)
    if busy := outcome.busy:
        said = "the one that ends last writes the report, or `bn-study report`"
        terminal.say(f"another sweep is still at {', '.join(busy)}; all others are done; {said}")
