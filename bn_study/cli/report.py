"""`bn-study report`: what the store holds, as findings, tables, charts, a page and slides."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bn_study.cli.interruption import interruptible
from bn_study.cli.option import EXPERIMENTS, RESULTS, Profile, ResultsFolder, Set, written_out
from bn_study.cli.study import planned, say_damages
from bn_study.cli.terminal import Terminal, complain, fail
from bn_study.config.atlas import load_atlas
from bn_study.config.load import load_study, study_files
from bn_study.config.problem import ConfigError
from bn_study.config.study import Study
from bn_study.planning.expansion import Plan, expand
from bn_study.store.atomic import obstacle, remove_parts, way_out
from bn_study.store.store import Store
from bn_study.store.study_folder import StudyFolder, Taken

if TYPE_CHECKING:
    from bn_study.presentation.findings import Findings
    from bn_study.presentation.report.files import ReportPaths


def report(
    study: Annotated[
        Path | None, typer.Argument(metavar="STUDY", parser=written_out, help="a study file, or its name")
    ] = None,
    profile: Profile = None,
    set_: Set = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="LIST", help="of png,svg,pdf,html,pptx (all by default), dark")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="every study that has results, with an index")] = False,
    experiments: Annotated[
        Path, typer.Option(metavar="FOLDER", parser=written_out, help="folder of study files, for --all")
    ] = EXPERIMENTS,
    template: Annotated[
        Path | None, typer.Option(metavar="FILE", parser=written_out, help="a .pptx or .potx whose master slides take")
    ] = None,
    results: ResultsFolder = RESULTS,
) -> None:
    """Write findings, tables, charts, a page and slides from what is in the store, finished or not."""
    if all_ == (study is not None):
        fail("name one study, or give --all", 2)
    terminal, formats = Terminal(), _formats(format_)
    _check_template(template, formats)
    if study is None:
        _report_all(terminal, experiments, results, profile, formats, template)
        return
    plan, folder = planned(study, profile, set_, results)
    store = Store(folder.runs)
    missing = report_study(terminal, plan, folder, store, formats, template)
    say_damages(terminal, store)
    if missing:
        fail(missing, 1)


def _check_template(template: Path | None, formats: tuple[str, ...]) -> None:
    if template is None:
        return
    if "pptx" not in formats:
        fail(f"--template {template} is for slides, and --format names no pptx", 2)
    from bn_study.presentation.slides.template import NotATemplate, opened

    try:
        opened(template)
    except NotATemplate as error:
        fail(str(error), 2)


def report_study(
    terminal: Terminal,
    plan: Plan,
    folder: StudyFolder,
    store: Store,
    formats: tuple[str, ...] | None = None,
    template: Path | None = None,
) -> str:
    """Write the report, then print the comparison table, and name what a reader opens first.

    Returns what to say of files that could not be written; '' when all were.
    """
    from bn_study.analysis.written import Foreign, Superseded

    try:
        found, written = _written(plan, folder, store, formats, template)
    except (Foreign, Superseded) as error:
        fail(str(error), 1)
    from bn_study.presentation.report.terminal import comparison_table, verdict_lines

    terminal.print(comparison_table(found, terminal.width))
    terminal.print(verdict_lines(found))
    charts = [path for path in written.figures if path.suffix == ".png"]
    for path in filter(None, (written.page, written.html, written.deck, written.findings, written.table, *charts)):
        terminal.say(str(path))
    return _missing(written)


def _missing(written: ReportPaths) -> str:
    if not written.unwritten:
        return ""
    first, *others = written.unwritten
    more = f" ({len(others)} more not either)" if others else ""
    return f"not written: {way_out(first) or obstacle(first)}{more}"


def _written(
    plan: Plan, folder: StudyFolder, store: Store, formats: tuple[str, ...] | None, template: Path | None
) -> tuple[Findings, ReportPaths]:
    """Drawing takes seconds: until all is written, Ctrl-C leaves whole files only, and says what is missing."""
    folder.claim()
    all_results = folder.path.parent
    where = f" --results {shlex.quote(str(all_results))}" if all_results != RESULTS else ""
    again = f"`{plan.source.command('report')}{where}` writes it"
    message = f"Interrupted: the report in {folder.report} is not complete. No run is lost; {again}."
    with interruptible(message, lambda: remove_parts(folder.report, os.getpid())):
        from bn_study.presentation.findings import find
        from bn_study.presentation.report.files import FORMATS, results_in, write_report

        results = results_in(folder.report, plan, store.records(plan.runs))
        found = find(results)
        return found, write_report(results, found, folder.report, formats or FORMATS, template)


def _formats(asked: str | None) -> tuple[str, ...]:
    from bn_study.presentation.report.files import DARK_IMAGES, FORMATS

    if asked is None:
        return FORMATS
    wanted = tuple(filter(None, (part.strip().lower() for part in asked.split(","))))
    unknown = [part for part in wanted if part not in (*FORMATS, DARK_IMAGES)]
    if unknown or not wanted:
        known = ", ".join((*FORMATS, DARK_IMAGES))
        fail(f"--format {asked}: {', '.join(unknown) or 'nothing'} is not one of {known}", 2)
    return wanted


def _report_all(
    terminal: Terminal,
    experiments: Path,
    results: Path,
    profile: str | None,
    formats: tuple[str, ...],
    template: Path | None,
) -> None:
    """Every study that has results at its default profile, or at `profile` where it has that one; then the index.

    A study that cannot be reported on is named, and the others are.
    """
    code, studies = 0, {}
    for path in study_files(experiments):
        try:
            studies[path.stem] = load_study(path).study
            missing = _report_default(terminal, path, results, profile, formats, template)
        except (ConfigError, Taken) as error:
            complain(str(error))
            code = 2
        else:
            if missing:
                complain(missing)
                code = code or 1
    _write_index(terminal, studies, experiments, results)
    raise typer.Exit(code)


def _write_index(terminal: Terminal, studies: Mapping[str, Study], experiments: Path, results: Path) -> None:
    """Of all findings that lie there."""
    from bn_study.presentation.atlas import chapters_of, read_entries
    from bn_study.presentation.report.index import write_index

    entries, damaged = read_entries(results)
    for path in damaged:
        terminal.say(f"not as it should be: {path}: holds no findings", "yellow")
    if not entries:
        fail(f"no study under {experiments} has results in {results}; those of profiles named smoke do not count", 1)
    try:
        atlas = load_atlas(results / "atlas.yaml")
    except ConfigError as error:
        fail(str(error), 2)
    for path in write_index(atlas, chapters_of(atlas, studies, entries), entries, results):
        terminal.say(str(path))


def _report_default(
    terminal: Terminal,
    path: Path,
    results: Path,
    profile: str | None,
    formats: tuple[str, ...],
    template: Path | None,
) -> str:
    """As `report_study` returns it."""
    from bn_study.analysis.written import Foreign, Superseded
    from bn_study.presentation.report.files import has_report

    names = load_study(path).study.profiles
    plan = expand(load_study(path, profile if profile in names else None))
    folder = StudyFolder.below(results, plan.source)
    folder.refuse_if_taken()
    store, missing = Store(folder.runs), ""
    if store.records(plan.runs) or has_report(folder.report):
        try:
            _, written = _written(plan, folder, store, formats, template)
        except (Foreign, Superseded) as error:
            terminal.say(str(error), "yellow")
        else:
            terminal.say(str(written.folder))
            missing = _missing(written)
    say_damages(terminal, store)
    return missing
