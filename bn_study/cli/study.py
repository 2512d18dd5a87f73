"""The study that a command names: its file, its plan, its place under the folder of results, how it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bn_study.cli.option import EXPERIMENTS
from bn_study.cli.terminal import fail
from bn_study.config.load import StudySource, load_study
from bn_study.config.validate import suggestion
from bn_study.planning.expansion import Plan, expand
from bn_study.store.store import State, Store

if TYPE_CHECKING:
    from bn_study.execution.sweep import Standing


def study_path(study: str) -> Path:
    """The file itself, or the study of that name under experiments/. Ends the command when there is neither."""
    path = Path(study)
    if path.exists():
        return path
    known = {one.stem: one for one in sorted(EXPERIMENTS.glob("*.yaml"))}
    if study not in known:
        near = suggestion(path.stem, list(known))
        message = f"{study}: no such file, and no study of that name under {EXPERIMENTS}/{near}"
        fail(f"{message}; `bn-study list` names them", 2)
    return known[study]


def planned(study: str, profile: str | None, set_: list[str] | None) -> Plan:
    """The plan of the study that is named so. Raises ConfigError."""
    return expand(load_study(study_path(study), profile, set_ or ()))


def store_of(plan: Plan, results: Path) -> Store:
    """The runs of the plan's study, of all its profiles."""
    return Store(results / plan.source.name / "runs")


def report_folder(source: StudySource, results: Path) -> Path:
    """One folder a profile; a report with --set gets its own, so that it never overwrites the study's."""
    name = source.profile or "base"
    if source.custom:
        name += f".{source.custom}"
    return results / source.name / name


def say_heading(console: Console, plan: Plan, found: list[Standing]) -> None:
    """Title and profile, and how many runs are in which state."""
    source = plan.source
    counts = {state: sum(standing.state is state for standing in found) for state in State}
    said = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
    profile = f", profile {source.profile}" if source.profile else ""
    console.print(f"[bold]{source.study.title}[/bold]{profile}")
    console.print(f"{len(found)} runs: {said}", highlight=False)


def say_damages(console: Console, store: Store) -> None:
    """Files of the store that are not what they should be, each once."""
    for path, reason in dict.fromkeys((damage.path, damage.reason) for damage in store.damages):
        console.print(f"not as it should be: {path}: {reason}", style="yellow", highlight=False, markup=False)
