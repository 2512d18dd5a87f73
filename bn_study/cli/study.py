"""The study that a command names: its file, its plan, its place under the folder of results, how it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bn_study.cli.option import EXPERIMENTS
from bn_study.cli.terminal import Terminal, fail
from bn_study.config.load import STUDIES, load_study, study_files
from bn_study.config.validate import suggestion
from bn_study.planning.expansion import Plan, expand
from bn_study.store.store import State, Store
from bn_study.store.study_folder import StudyFolder

if TYPE_CHECKING:
    from bn_study.execution.sweep import Standing


def study_path(study: Path) -> Path:
    """The file itself, or the study of that name under experiments/, or the shipped one. Ends the command without."""
    if study.exists():
        return study
    files = known_studies()
    named = [file for file in files if file.stem == str(study)]
    if not named:
        near = suggestion(study.stem, [file.stem for file in files])
        message = f"{study}: no such file, and no study of that name under {EXPERIMENTS}/{near}"
        fail(f"{message}; `bn-study list` names them", 2)
    if len(named) > 1:
        fail(f"{study}: this may be {' or '.join(map(str, named))}; give the file", 2)
    return named[0]


def known_studies() -> list[Path]:
    """Those under experiments/, then those that are shipped and have no namesake there."""
    here = study_files(EXPERIMENTS)
    names = {file.stem for file in here}
    return [*here, *(file for file in study_files(STUDIES) if file.stem not in names)]


def planned(study: Path, profile: str | None, set_: list[str] | None, results: Path) -> tuple[Plan, StudyFolder]:
    """The plan of the study that is named so, and its folder. Raises ConfigError, Taken."""
    plan = expand(load_study(study_path(study), profile, set_ or ()))
    folder = StudyFolder.below(results, plan.source)
    folder.refuse_if_taken()
    return plan, folder


def say_heading(terminal: Terminal, plan: Plan, found: list[Standing]) -> None:
    """Title and profile, and how many runs are in which state."""
    source = plan.source
    counts = {state: sum(standing.state is state for standing in found) for state in State}
    said = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
    profile = f", profile {source.profile}" if source.profile else ""
    terminal.say(f"{source.study.title}{profile}", "bold")
    terminal.say(f"{len(found)} runs: {said}")
    if until := source.study.until:
        terminal.say(f"{until}; {len(plan.seeds)} are asked for so far")


def say_damages(terminal: Terminal, store: Store) -> None:
    """Files of the store that are not what they should be, each once."""
    for path, reason in dict.fromkeys((damage.path, damage.reason) for damage in store.damages):
        terminal.say(f"not as it should be: {path}: {reason}", "yellow")
