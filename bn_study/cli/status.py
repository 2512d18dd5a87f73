"""`bn-study status`: where every run stands."""

from __future__ import annotations

from bn_study.cli.option import RESULTS, Profile, ResultsFolder, Set, StudyArgument
from bn_study.cli.study import planned, say_damages, say_heading
from bn_study.cli.terminal import Terminal
from bn_study.datasets.visible import one_line
from bn_study.store.store import State, Store


def status(study: StudyArgument, profile: Profile = None, set_: Set = None, results: ResultsFolder = RESULTS) -> None:
    """Say where every run stands, also while a sweep runs in another terminal."""
    from bn_study.analysis.rounds import asked_for
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
    say_damages(terminal, store)
