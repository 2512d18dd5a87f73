"""The report of a study: findings, tables as CSV, figures, pages and slides that show and explain them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bn_study.analysis.frame import Table, csv_text
from bn_study.analysis.point import points_table
from bn_study.analysis.published import published_table
from bn_study.analysis.results import Results, results_of
from bn_study.analysis.rounds import course_of
from bn_study.analysis.written import EPOCHS, FINDINGS, PROBES, RUNS, SUPERSEDED, Superseded, written_results
from bn_study.planning.expansion import Plan
from bn_study.presentation.drawing.image_files import IMAGES, draw_figures
from bn_study.presentation.drawing.style import DARK, LIGHT, Theme
from bn_study.presentation.drawing.thumbnails import thumbnails
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.findings import Findings
from bn_study.presentation.report.earlier import figures_in, remove
from bn_study.presentation.report.html import html_text
from bn_study.presentation.report.readme import page_text
from bn_study.presentation.slides.deck import deck_bytes
from bn_study.store.atomic import write_atomically
from bn_study.store.record import RunRecord

FORMATS = ("png", "svg", "pdf", "html", "pptx")
DARK_IMAGES = "dark"  # written if asked for: the images once more, light on dark, into figures/dark
_PICTURES = ("figures", "figures/dark")


@dataclass(frozen=True)
class ReportPaths:
    """The files of a report, all in `folder`; None for what was not asked for, or could not be written.

    `table` has one row an arm and grid point.
    """

    folder: Path
    page: Path | None
    findings: Path | None
    table: Path | None
    runs: Path | None
    epochs: Path | None
    probes: Path | None
    published: Path | None
    figures: tuple[Path, ...]
    html: Path | None
    deck: Path | None
    unwritten: tuple[OSError, ...]


def results_in(folder: Path, plan: Plan, records: Mapping[str, RunRecord]) -> Results:
    """Of the records; where there are none, of the tables and findings that an earlier report left in `folder`.

    Of the runs that the study asks for by now: a study until decided asks for more as they end.

    Raises OSError, Foreign for what is no report, and Superseded for a report of an earlier version of the study.
    """
    anew = records or not has_report(folder)
    if not anew and (folder / SUPERSEDED).exists():
        again = f"`{plan.source.command('run')}` makes it anew"
        raise Superseded(f"{folder} is left as it is: its {SUPERSEDED} says why its numbers are wrong by now; {again}")
    results = results_of(plan, records) if anew else written_results(plan, folder)
    if plan.source.study.until is None:
        return results
    asked = course_of(results).points
    return results_of(replace(plan, points=asked), records) if anew else results.of(asked)


def has_report(folder: Path) -> bool:
    """Whether the numbers of a report lie there."""
    return (folder / FINDINGS).is_file()


def write_report(
    results: Results,
    found: Findings,
    folder: Path,
    formats: Collection[str] = FORMATS,
    template: Path | None = None,
) -> ReportPaths:
    """Write README.md, findings.json and tables into `folder`, and of `formats` what is asked for.

    `template` has the master of the slides. Raises NotATemplate, before anything is written.

    Works on an unfinished study, and says how much is missing. Every file is written whole or not at all, the
    page last; one that cannot be written is noted, and the others are. The same records give the same bytes (but
    for the date inside deck.pptx). Images of figures that an earlier report had, and this one has not, are removed.
    """
    images = thumbnails(results.plan.points[0].spec.dataset) if "pptx" in formats else None
    deck = deck_bytes(found, template, images) if "pptx" in formats else None
    files, before = _Files(folder), figures_in(folder / FINDINGS)
    kinds = [kind for kind in IMAGES if kind in formats]
    figures = files.draw(found.figures, _PICTURES[0], kinds, LIGHT)
    if DARK_IMAGES in formats:
        files.draw(found.figures, _PICTURES[1], kinds or IMAGES, DARK)
    files.remove(before - {figure.name for figure in found.figures})
    shown = [path.relative_to(folder).as_posix() for path in figures if path.suffix == ".png"]
    beside = tuple(one.beside for one in found.published)
    (folder / SUPERSEDED).unlink(missing_ok=True)
    return ReportPaths(
        folder,
        table=files.write_csv("table.csv", points_table(results.plan, results.summaries)),
        runs=files.write_csv(RUNS, results.runs),
        epochs=files.write_csv(EPOCHS, results.epochs),
        probes=files.write_csv(PROBES, results.probes) if len(results.probes) else None,
        published=files.write_csv("published.csv", published_table(beside)),
        figures=tuple(figures),
        findings=files.write(FINDINGS, found.json_text().encode()),
        html=files.write("report.html", html_text(found).encode()) if "html" in formats else None,
        deck=files.write("deck.pptx", deck) if deck else None,
        page=files.write("README.md", page_text(found, shown).encode()),
        unwritten=tuple(files.unwritten),
    )


class _Files:
    """Writes into a report's folder, which need not be there; keeps the errors of what cannot be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unwritten: list[OSError] = []

    def write(self, name: str, content: bytes) -> Path | None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return write_atomically(self.folder / name, content)
        except OSError as error:
            self.unwritten.append(error)
            return None

    def write_csv(self, name: str, table: Table) -> Path | None:
        return self.write(name, csv_text(table).encode())

    def draw(self, figures: Iterable[Figure], folder: str, kinds: Sequence[str], theme: Theme) -> list[Path]:
        paths: list[Path] = []
        for figure in figures:
            try:
                paths += draw_figures([figure], self.folder / folder, kinds, theme)
            except OSError as error:
                self.unwritten.append(error)
        return paths

    def remove(self, figures: Iterable[str]) -> None:
        try:
            remove(figures, *(self.folder / folder for folder in _PICTURES))
        except OSError as error:
            self.unwritten.append(error)
