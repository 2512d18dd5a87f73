"""`bn-study status`: where every run stands."""

from __future__ import annotations

from bn_study.cli.option import RESULTS, Profile, Results, Set, StudyArgument
from bn_study.cli.study import planned, say_damages, say_heading, store_of
from bn_study.cli.terminal import terminal
from bn_study.store.store import State


def status(study: StudyArgument, profile: Profile = None, set_: Set = None, results: Results = RESULTS) -> None:
    """Say where every run stands, also while a sweep runs in another terminal."""
    from bn_study.execution.sweep import standings

    console = terminal()
    plan = planned(study, profile, set_)
    store = store_of(plan, results)
    found = standings(plan, store)
    say_heading(console, plan, found)
    for standing in found:
        if standing.state not in (State.DONE, State.PENDING):
            console.print(f"{standing.state.value:<12}{standing.point.run_id}  {standing.why}", highlight=False)
    say_damages(console, store)
