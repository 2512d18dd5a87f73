"""`bn-study status`: where every run stands."""

from __future__ import annotations

from bn_study.cli.option import RESULTS, Jobs, Profile, ResultsFolder, Set, StudyArgument, Threads, jobs_or_default
from bn_study.cli.study import planned, say_damages, say_duration, say_heading
from bn_study.cli.terminal import Terminal
from bn_study.datasets.visible import one_line
from bn_study.store.store import State, Store


def status(
    study: StudyArgument,
    profile: Profile = None,
    set_: Set = None,
    jobs: Jobs = None,
    threads: Threads = 1,
    results: ResultsFolder = RESULTS,
) -> None:
    """Say where every run stands and how long the rest takes, also while a sweep runs in another terminal."""
    from bn_study.analysis.rounds import asked_for
    from bn_study.execution.description import describe_models
    from bn_study.execution.local import Machine
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
    machine = Machine(jobs_or_default(jobs, threads), threads, "tensorflow", None)
    todo = [standing.point for standing in found if standing.to_do]
    say_duration(terminal, found, describe_models(plan.source, todo), machine, results)
    say_damages(terminal, store)
