"""`bn-study status`: where every run stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from bn_study.cli.option import RESULTS, Jobs, Profile, ResultsFolder, Set, StudyArgument, jobs_or_default
from bn_study.cli.study import planned, say_damages, say_heading
from bn_study.cli.terminal import Terminal
from bn_study.datasets.visible import one_line
from bn_study.store.record import RunRecord
from bn_study.store.store import State, Store

if TYPE_CHECKING:
    from bn_study.execution.sweep import Standing


def status(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
    jobs: Jobs = None,
    results: ResultsFolder = RESULTS,
) -> None:
    """Say where every run stands and how long the rest takes, also while a sweep runs in another terminal."""
    from bn_study.analysis.rounds import asked_for
    from bn_study.execution.progress import clock
    from bn_study.execution.sweep import standings

    terminal = Terminal()
    whole, folder = planned(study, profile, set_, results)
    store = Store(folder.runs)
    plan = asked_for(whole, store)
    found = standings(plan, store)
    say_heading(terminal, plan, found)
    for standing in found:
        if standing.state not in (State.DONE, State.PENDING):
            terminal.say(f"{standing.state.value:<12}{standing.point.run_id}  {one_line(standing.why)}")
    if seconds := _rest(found, store.records(plan.runs)):
        workers = jobs_or_default(jobs, threads=1)
        terminal.say(f"about {clock(seconds / workers)} for the rest on {workers} workers, by the runs that are done")
    say_damages(terminal, store)


def _rest(found: Sequence[Standing], records: Mapping[str, RunRecord]) -> float:
    """Seconds of one worker: each run takes as long as those of its arm took, or as all did; 0 where none is done."""
    took: dict[str, list[float]] = {}
    for standing in found:
        if (record := records.get(standing.point.fingerprint)) and record.cost:
            took.setdefault(standing.point.arm, []).append(record.cost.total_seconds)
    every = [seconds for own in took.values() for seconds in own]
    todo = [standing.point.arm for standing in found if standing.to_do]
    return sum(fmean(took.get(arm, every)) for arm in todo) if every else 0.0
