"""`bn-study design`: how many seeds a study needs, from the spread between the seeds of a pilot."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from bn_study.cli.interruption import interruptible
from bn_study.cli.machine import Executor, Where, this_machine
from bn_study.cli.option import (
    RESULTS,
    DataDir,
    Jobs,
    Profile,
    ResultsFolder,
    Set,
    StudyArgument,
    Threads,
)
from bn_study.cli.run import train
from bn_study.cli.study import planned, say_damages
from bn_study.cli.terminal import Terminal, fail, table_of
from bn_study.planning.expansion import Plan
from bn_study.store.atomic import remove_parts
from bn_study.store.store import Store, recorded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bn_study.analysis.prospect import Prospect
    from bn_study.execution.local import Machine

#: Seeds of a pilot: of no study, so that its claims are judged by runs that nobody had seen.
PILOT = 900_000
_SHOWN = (5, 6, 8, 10, 15)  # numbers of seeds, in the table; the figure has all


def design(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
    pilot: Annotated[
        int | None, typer.Option(min=2, metavar="SEEDS", help="train so many seeds of their own now, for a pilot")
    ] = None,
    jobs: Jobs = None,
    threads: Threads = 1,
    data_dir: DataDir = None,
    results: ResultsFolder = RESULTS,
) -> None:
    """Say how likely so many seeds decide each claim, how many it needs, and what that costs. From runs that exist."""
    from bn_study.analysis.prospect import all_needed, prospects
    from bn_study.analysis.written import Foreign, Superseded
    from bn_study.presentation.drawing.image_files import draw_figures
    from bn_study.presentation.figures.power import power
    from bn_study.presentation.report.files import results_in

    terminal = Terminal()
    seeds = [f"seeds={list(range(PILOT, PILOT + pilot))}"] if pilot else []
    plan, folder = planned(study, profile, [*(set_ or ()), *seeds], results)
    store = Store(folder.runs)
    machine = this_machine(Where(Executor.local, None, jobs, threads, None), "tensorflow", data_dir)
    if pilot:
        folder.claim()
        train(terminal, plan, store, machine)
    try:
        found = prospects(results_in(folder.report, plan, store.records(plan.runs)))
    except (Foreign, Superseded) as error:
        fail(str(error), 1)
    if not found:
        fail("this study makes no claim, so there is nothing to design for", 2)
    if all(one.why for one in found):
        fail(f"no pilot: {found[0].why}; `--pilot 3` trains one of its own seeds", 1)
    hours = _hours_a_seed(plan, results, machine)
    terminal.print(_table(found, hours))
    for one in found:
        if one.why:
            terminal.say(f"{one.claim.id}: not known: {one.why}")
        elif one.needed is None:
            terminal.say(f"{one.claim.id}: no affordable number of seeds decides it with a chance of 80 %")
    if needed := all_needed(found):
        terminal.say(f"{needed} seeds decide each claim with a chance of 80 % or more: {needed * hours:.2g} h")
    with interruptible("Interrupted.", lambda: remove_parts(folder.report, os.getpid())):
        (drawn,) = draw_figures([power(plan.source.study.title, found)], folder.report, ("png",))
    terminal.say(str(drawn))
    say_damages(terminal, store)


def _hours_a_seed(plan: Plan, results: Path, machine: Machine) -> float:
    """Of all arms and grid points."""
    from bn_study.execution.description import describe_models
    from bn_study.execution.estimate import estimate

    one = [point for point in plan.runs if point.seed == plan.seeds[0]]
    models = describe_models(plan.source, one)
    return estimate([point.spec for point in one], models, recorded(results), machine).seconds / 3600


def _table(found: Sequence[Prospect], hours: float) -> Table:
    from bn_study.presentation.words.number import amount, signed
    from bn_study.presentation.words.verdict import effect_scale

    chances = [f"n = {n}" for n in _SHOWN]
    table = table_of(
        "claim", "pairs", "effect", "spread", *chances, "for 80 %", "hours", title="chance of being decided"
    )
    for one in found:
        if one.why:
            continue
        scale = effect_scale(one.claim)
        spread = amount(one.spread, scale) if one.test == "t" else "by sign" if one.test == "sign" else "none"
        effect = f"{signed(one.effect, scale)} {scale.unit}".rstrip()
        needed = ("more than 60", "") if one.needed is None else (str(one.needed), f"{one.needed * hours:.2g}")
        shares = [f"{100 * one.chances[n]:.0f} %" for n in _SHOWN]
        table.add_row(one.claim.id, str(one.n), effect, spread, *shares, *needed)
    return table
