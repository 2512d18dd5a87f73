"""The index over all studies: one table of every claim, its source, its verdict, and where it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pydantic import ValidationError

from bn_study.datasets.regular_file import opened
from bn_study.presentation.findings import Findings
from bn_study.presentation.report.files import SUPERSEDED
from bn_study.presentation.report.html import environment
from bn_study.presentation.words.text_table import TextTable, escaped
from bn_study.presentation.words.verdict import marked
from bn_study.store.atomic import write_atomically

_MADE_AGAIN = (
    "Each folder holds findings.json, the tables, its README.md and pictures. The page, the slides, and figures as SVG "
    "and PDF are made from these: `bn-study report STUDY --profile PROFILE` draws everything anew, without a run."
)


@dataclass(frozen=True)
class IndexEntry:
    """A study's findings, and the folder that they lie in."""

    folder: Path
    findings: Findings
    superseded: str = ""
    """why they are wrong by now; nothing where they are not"""

    @classmethod
    def read(cls, path: Path) -> IndexEntry:
        """From a findings.json. Raises OSError, and pydantic's ValidationError for a foreign file."""
        why = path.parent / SUPERSEDED
        superseded = " ".join(why.read_text(encoding="utf-8").split()) if why.exists() else ""
        with opened(path) as file:
            return cls(path.parent, Findings.model_validate_json(file.read()), superseded)

    @property
    def said(self) -> str:
        """The tally, and whether it still counts."""
        return f"{self.findings.tally} Superseded: {self.superseded}" if self.superseded else self.findings.tally

    @property
    def link(self) -> str:
        """The folder relative to the folder of all results: STUDY/PROFILE/."""
        return quote(f"{self.folder.parent.name}/{self.folder.name}/")


def read_entries(results: Path) -> tuple[list[IndexEntry], list[Path]]:
    """Of every STUDY/PROFILE/findings.json below `results`, by name; and the files that hold no findings.

    Trials are left out: what profiles named smoke found, and what --set changed.
    """
    entries, damaged = [], []
    for path in sorted(results.glob("*/*/findings.json")):
        if path.parent.name == "smoke" or path.parent.suffix:  # STUDY/PROFILE.DIGEST
            continue
        try:
            entries.append(IndexEntry.read(path))
        except (OSError, ValidationError):
            damaged.append(path)
    return entries, damaged


def write_index(entries: Sequence[IndexEntry], results: Path) -> tuple[Path, ...]:
    """Write README.md and index.html into the folder of all results; returns the paths written. Raises OSError."""
    page = environment().get_template("index.html").render(entries=entries, claims=claims_text(entries))
    written = {results / "README.md": index_text(entries), results / "index.html": page}
    return tuple(write_atomically(path, content.encode()) for path, content in written.items())


def index_text(entries: Sequence[IndexEntry]) -> str:
    """README.md of all results: the studies with their tallies, and the table of all claims."""
    lines = [
        f"- [{escaped(entry.findings.study.title)}]({entry.link}README.md)"
        f"{f' ({escaped(entry.findings.study.profile)})' * bool(entry.findings.study.profile)}: {escaped(entry.said)}"
        for entry in entries
    ]
    table = claims_text(entries).markdown()
    return "\n\n".join(("# What the studies found", "\n".join(lines), _MADE_AGAIN, "## Claims", table)) + "\n"


def claims_text(entries: Sequence[IndexEntry]) -> TextTable:
    """One row a claim of every study."""
    header = ("claim", "source", "verdict", "effect (95 % interval)", "n", "tested", "seen in")
    rows = [row for entry in entries for row in _rows(entry)]
    return TextTable(header, tuple(rows), names=len(header))


def _rows(entry: IndexEntry) -> list[tuple[str, ...]]:
    findings, study = entry.findings, entry.findings.study
    seen = f"{study.name}{f', {study.profile}' if study.profile else ''}{', superseded' if entry.superseded else ''}"
    return [
        (
            judged.verdict.claim.says,
            judged.verdict.claim.source or study.source,
            marked(judged.verdict),
            judged.effect,
            str(judged.verdict.n),
            judged.tested,
            seen,
        )
        for judged in findings.claims
    ]
