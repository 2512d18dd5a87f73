"""`bn-study figure`: one figure alone, as a slide needs it."""

from __future__ import annotations

import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bn_study.cli.interruption import interruptible
from bn_study.cli.option import RESULTS, Profile, ResultsFolder, Set, StudyArgument, written_out
from bn_study.cli.study import planned, say_damages
from bn_study.cli.terminal import Terminal, fail
from bn_study.config.figure import FigureSpec, figure_spec
from bn_study.config.validate import suggestion
from bn_study.planning.expansion import Plan
from bn_study.store.atomic import remove_parts
from bn_study.store.store import Store

if TYPE_CHECKING:
    from bn_study.analysis.results import Results


class ImageFormat(StrEnum):
    png = "png"
    svg = "svg"
    pdf = "pdf"


def figure(
    study: StudyArgument,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="as under `figures:`: curves, bars, axis, heatmap, …")],
    metric: Annotated[list[str] | None, typer.Option("--metric", "-m", help="what is drawn; repeatable")] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", "-o", metavar="KEY=VALUE", help="as under `figures:`, y_scale=log; repeatable"),
    ] = None,
    arms: Annotated[str | None, typer.Option(metavar="LIST", help="draw these arms alone: bn,dropout")] = None,
    format_: Annotated[ImageFormat, typer.Option("--format", help="of the file")] = ImageFormat.png,
    width: Annotated[float, typer.Option(min=200.0, max=4000.0, help="in points, 72 an inch")] = 960.0,
    height: Annotated[float, typer.Option(min=150.0, max=4000.0, help="in points")] = 540.0,
    dark: Annotated[bool, typer.Option("--dark", help="light on dark")] = False,
    transparent: Annotated[bool, typer.Option("--transparent", help="without paper, for a coloured slide")] = False,
    into: Annotated[Path, typer.Option(metavar="FOLDER", parser=written_out, help="where it is written")] = Path(),
    profile: Profile = None,
    set_: Set = None,
    results: ResultsFolder = RESULTS,
) -> None:
    """Draw one figure of what is in the store: of the arms, in the size and on the ground that a slide has."""
    from bn_study.analysis.written import Foreign, Superseded
    from bn_study.presentation.drawing.image_files import draw_figures
    from bn_study.presentation.drawing.style import DARK, LIGHT
    from bn_study.presentation.figures.choose import computed
    from bn_study.presentation.report.files import results_in

    terminal, wanted = Terminal(), figure_spec(kind, metric or (), option or ())
    plan, folder = planned(study, profile, set_, results)
    plan = _drawing(plan, wanted)
    store = Store(folder.runs)
    try:
        found = _of_arms(results_in(folder.report, plan, store.records(plan.runs)), arms)
    except (Foreign, Superseded) as error:
        fail(str(error), 1)
    with interruptible("Interrupted: the figure is not written.", lambda: remove_parts(into, os.getpid())):
        theme = DARK if dark else LIGHT
        size = (width, height)
        paths = draw_figures(computed(found, [wanted]), into, (format_.value,), theme, size, transparent)
    say_damages(terminal, store)
    for path in paths:
        terminal.say(str(path))


def _drawing(plan: Plan, wanted: FigureSpec) -> Plan:
    """The plan as if its study asked for this figure alone: of what probes saw, results hold what is drawn."""
    study = plan.source.study.model_copy(update={"figures": (wanted,)})
    return replace(plan, source=replace(plan.source, study=study))


def _of_arms(found: Results, arms: str | None) -> Results:
    """All of them where none are named."""
    names = tuple(found.plan.source.study.arms)
    if arms is None:
        return found
    asked = [part.strip() for part in arms.split(",") if part.strip()]
    for unknown in (arm for arm in asked if arm not in names):
        fail(f"--arms: {unknown} is not an arm of this study{suggestion(unknown, names)}: {', '.join(names)}", 2)
    if not asked:
        fail(f"--arms names none: {', '.join(names)}", 2)
    return found.of_arms(asked)
