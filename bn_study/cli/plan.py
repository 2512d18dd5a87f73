"""`bn-study plan`: what would run, and how long it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.table import Table

from bn_study.cli.option import RESULTS, Jobs, Profile, ResultsFolder, Set, StudyArgument, Threads, jobs_or_default
from bn_study.cli.study import planned, say_damages, say_heading
from bn_study.cli.terminal import Terminal, table_of
from bn_study.datasets.visible import one_line
from bn_study.execution.terminal import fitted
from bn_study.planning.expansion import Plan
from bn_study.store.store import Store, recorded

if TYPE_CHECKING:
    from pathlib import Path

    from bn_study.execution.description import ModelFacts
    from bn_study.execution.local import Machine
    from bn_study.execution.sweep import Standing


def plan(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
    jobs: Jobs = None,
    threads: Threads = 1,
    results: ResultsFolder = RESULTS,
    runs: Annotated[bool, typer.Option("--runs", help="name every run, not only their number in each arm")] = False,
) -> None:
    """Say what would run: done, pending and why, each model's size, and how long it takes. Trains nothing."""
    from bn_study.analysis.rounds import asked_for
    from bn_study.execution.description import describe_models
    from bn_study.execution.local import Machine
    from bn_study.execution.sweep import standings

    terminal = Terminal()
    whole, folder = planned(study, profile, set_, results)
    store = Store(folder.runs)
    asked = asked_for(whole, store)
    found = standings(asked, store)
    models = describe_models(asked.source, asked.points)
    say_heading(terminal, asked, found)
    terminal.print(_models(asked, models))
    terminal.print(_runs(found, terminal.width) if runs else _arms(found, terminal.width))
    machine = Machine(jobs_or_default(jobs, threads), threads, "tensorflow", None)
    _say_duration(terminal, found, models, machine, results)
    say_damages(terminal, store)


def _say_duration(
    terminal: Terminal, found: Sequence[Standing], models: Mapping[str, ModelFacts], machine: Machine, results: Path
) -> None:
    """How long what is to do takes, from what was recorded on such machines; nothing where all is done."""
    from bn_study.execution.estimate import estimate
    from bn_study.execution.progress import clock

    todo = [standing.point for standing in found if standing.to_do]
    if not todo:
        return
    expected = estimate([point.spec for point in todo], models, recorded(results), machine)
    workers = min(machine.jobs, len(todo))
    between = f"{clock(expected.low)} to {clock(expected.high)}"
    terminal.say(f"about {clock(expected.seconds)} ({between}) for {len(todo)} runs on {workers} workers")
    if expected.probing:
        share = expected.probing / expected.seconds
        terminal.say(f"of it {clock(expected.probing)} ({share:.0%}) for probes, which look into the nets")
    terminal.say(expected.basis)


def _models(asked: Plan, models: Mapping[str, ModelFacts]) -> Table:
    from bn_study.execution.description import model_key

    table = table_of("arms", "parameters", "forward MFLOP an image", title="models")
    for key, facts in models.items():
        arms = dict.fromkeys(point.arm for point in asked.points if model_key(point.spec) == key)
        table.add_row(", ".join(arms), f"{facts.parameters:,}", f"{facts.forward_flops / 1e6:,.3f}")
    return table


def _arms(found: Sequence[Standing], width: int) -> RenderableType:
    """A row an arm and reason: how many of its runs there are, and in which state."""
    alike = Counter((one.point.arm, one.state.value, one_line(one.why)) for one in found)
    rows = [(arm, state, why, f"{count:,}") for (arm, state, why), count in alike.items()]
    return fitted(("arm", "state", "why", "runs"), rows, names=4, width=width, least=0)[0]


def _runs(found: Sequence[Standing], width: int) -> RenderableType:
    """A row a run, which is said whole where the terminal is too narrow for columns."""
    rows = [(standing.point.run_id, standing.state.value, one_line(standing.why)) for standing in found]
    return fitted(("run", "state", "why"), rows, names=3, width=width, least=0)[0]
