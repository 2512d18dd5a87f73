"""`bn-study report`: what the store holds, as findings, tables, charts, a page and slides."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bn_study.cli.option import EXPERIMENTS, RESULTS, Profile, Results, Set
from bn_study.cli.study import planned, report_folder, say_damages, store_of
from bn_study.cli.terminal import fail, terminal
from bn_study.config.load import load_study
from bn_study.planning.expansion import Plan, expand
from bn_study.store.store import Store


def report(
    study: Annotated[str | None, typer.Argument(metavar="STUDY", help="a study file, or its name")] = None,
    profile: Profile = None,
    set_: Set = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="LIST", help="of png,svg,pdf,html,pptx (all by default), dark")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="every study that has results, with an index")] = False,
    experiments: Annotated[Path, typer.Option(help="folder of study files, for --all")] = EXPERIMENTS,
    results: Results = RESULTS,
) -> None:
    """Write findings, tables, charts, a page and slides from what is in the store, finished or not."""
    if all_ == (study is not None):
        fail("name one study, or give --all", 2)
    console, formats = terminal(), _formats(format_)
    if study is None:
        _report_all(console, experiments, results, profile, formats)
        return
    plan = planned(study, profile, set_)
    store = store_of(plan, results)
    report_study(console, plan, store, results, formats)
    say_damages(console, store)


def report_study(
    console: Console, plan: Plan, store: Store, results: Path, formats: tuple[str, ...] | None = None
) -> None:
    """Print the comparison table, write the report, name what a reader opens first."""
    from bn_study.presentation.report.files import FORMATS, results_in, write_report
    from bn_study.presentation.report.terminal import comparison_table, verdict_lines

    folder = report_folder(plan.source, results)
    found = results_in(folder, plan, store.records(plan.runs))
    console.print(comparison_table(found.found, console.width))
    console.print(verdict_lines(found.found), highlight=False)
    written = write_report(found, folder, formats or FORMATS)
    charts = [path for path in written.figures if path.suffix == ".png"]
    for path in filter(None, (written.page, written.html, written.deck, written.findings, written.table, *charts)):
        console.print(str(path), highlight=False, soft_wrap=True)


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
    console: Console, experiments: Path, results: Path, profile: str | None, formats: tuple[str, ...]
) -> None:
    """Every study that has results at its default profile, or at `profile` where it has that one; then the index."""
    from bn_study.presentation.report.files import has_report, results_in, write_report
    from bn_study.presentation.report.index import read_entries, write_index

    for path in sorted(experiments.glob("*.yaml")):
        names = load_study(path).study.profiles
        plan = expand(load_study(path, profile if profile in names else None))
        store, folder = store_of(plan, results), report_folder(plan.source, results)
        records = store.records(plan.runs)
        if records or has_report(folder):
            written = write_report(results_in(folder, plan, records), folder, formats)
            console.print(str(written.page), highlight=False, soft_wrap=True)
        say_damages(console, store)
    entries = read_entries(results)
    if not entries:
        fail(f"no study under {experiments} has results in {results}", 1)
    for path in write_index(entries, results):
        console.print(str(path), highlight=False, soft_wrap=True)
