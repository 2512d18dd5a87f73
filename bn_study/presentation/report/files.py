"""The report of a study: findings, tables as CSV, figures, pages and slides that show and explain them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from bn_study.analysis.frame import Table, csv_text
from bn_study.analysis.point import points_table
from bn_study.analysis.published import published_table
from bn_study.analysis.results import Results, results_of
from bn_study.analysis.written import EPOCHS, FINDINGS, RUNS, written_results
from bn_study.planning.expansion import Plan
from bn_study.presentation.drawing.image_files import IMAGES, draw_figures, write_whole
from bn_study.presentation.drawing.style import DARK
from bn_study.presentation.findings import Findings
from bn_study.presentation.report.html import html_text
from bn_study.presentation.report.readme import page_text
from bn_study.presentation.slides.deck import deck_bytes
from bn_study.store.record import RunRecord

FORMATS = ("png", "svg", "pdf", "html", "pptx")
DARK_IMAGES = "dark"  # written if asked for: the images once more, light on dark, into figures/dark
SUPERSEDED = "superseded.md"  # beside results that a change of their study has made wrong: why, in a sentence


@dataclass(frozen=True)
class ReportPaths:
    """The files of a report, all in `folder`; `table` has one row an arm and grid point."""

    folder: Path
    page: Path
    findings: Path
    table: Path
    runs: Path
    epochs: Path
    published: Path
    figures: tuple[Path, ...]
    html: Path | None
    deck: Path | None


def results_in(folder: Path, plan: Plan, records: Mapping[str, RunRecord]) -> Results:
    """Of the records; where there are none, of the tables and findings that an earlier report left in `folder`.

    Raises OSError, ValueError for a foreign file, and Superseded for a report of an earlier version of the study.
    """
    return results_of(plan, records) if records or not has_report(folder) else written_results(plan, folder)


def has_report(folder: Path) -> bool:
    """Whether the numbers of a report lie there."""
    return (folder / FINDINGS).is_file()


def write_report(results: Results, found: Findings, folder: Path, formats: Collection[str] = FORMATS) -> ReportPaths:
    """Write README.md, findings.json and tables into `folder`, and of `formats` what is asked for.

    Works on an unfinished study, and says how much is missing. Every file is written whole or not at all, the
    page last; the same records give the same bytes (but for the date inside deck.pptx). Raises OSError.
    """
    figures = draw_figures(found.figures, folder / "figures", [kind for kind in IMAGES if kind in formats])
    if DARK_IMAGES in formats:
        draw_figures(found.figures, folder / "figures" / "dark", theme=DARK)
    shown = [path.relative_to(folder).as_posix() for path in figures if path.suffix == ".png"]
    beside = tuple(one.beside for one in found.published)
    (folder / SUPERSEDED).unlink(missing_ok=True)
    return ReportPaths(
        folder,
        findings=write_whole(folder / FINDINGS, found.json_text().encode()),
        table=_write_csv(folder / "table.csv", points_table(results.plan, results.summaries)),
        runs=_write_csv(folder / RUNS, results.runs),
        epochs=_write_csv(folder / EPOCHS, results.epochs),
        published=_write_csv(folder / "published.csv", published_table(beside)),
        figures=tuple(figures),
        html=write_whole(folder / "report.html", html_text(found).encode()) if "html" in formats else None,
        deck=write_whole(folder / "deck.pptx", deck_bytes(found)) if "pptx" in formats else None,
        page=write_whole(folder / "README.md", page_text(found, shown).encode()),
    )


def _write_csv(path: Path, table: Table) -> Path:
    return write_whole(path, csv_text(table).encode())
