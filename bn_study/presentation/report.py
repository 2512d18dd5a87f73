"""The report of a study: tables as CSV, figures, and a page that shows and explains them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bn_study.analysis.frame import Table, csv_text
from bn_study.analysis.published import beside_published, published_table
from bn_study.analysis.table import epochs_table, points_table, runs_table
from bn_study.config.load import StudySource
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures import draw_figures
from bn_study.presentation.image_file import write_whole
from bn_study.presentation.page import Findings, page_text
from bn_study.store.record import RunRecord


@dataclass(frozen=True)
class ReportPaths:
    """The files of a report, all in `folder`; `table` has one row an arm and grid point."""

    folder: Path
    page: Path
    table: Path
    runs: Path
    epochs: Path
    published: Path
    figures: tuple[Path, ...]


def write_report(source: StudySource, plan: Plan, records: Mapping[str, RunRecord], folder: Path) -> ReportPaths:
    """Write README.md, table.csv, runs.csv, epochs.csv, published.csv and figures/ into `folder`.

    `records`: fingerprint of the spec → record. Works on an unfinished study, and says how much is missing.
    Every file is written whole or not at all, the page last; the same records give the same bytes.
    Raises OSError.
    """
    runs, epochs = runs_table(plan, records), epochs_table(plan, records)
    points, beside = points_table(plan, runs), beside_published(plan, runs, epochs)
    figures = draw_figures(source, plan, runs, epochs, folder / "figures")
    shown = [path.relative_to(folder).as_posix() for path in figures if path.suffix == ".png"]
    page = page_text(source, plan, records, Findings(runs, epochs, points, beside, shown))
    return ReportPaths(
        folder,
        table=_write_csv(folder / "table.csv", points),
        runs=_write_csv(folder / "runs.csv", runs),
        epochs=_write_csv(folder / "epochs.csv", epochs),
        published=_write_csv(folder / "published.csv", published_table(beside)),
        figures=tuple(figures),
        page=write_whole(folder / "README.md", page.encode()),
    )


def _write_csv(path: Path, table: Table) -> Path:
    return write_whole(path, csv_text(table).encode())
