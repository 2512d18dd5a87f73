"""The atlas: every claim of every study, by the questions that they answer, judged or not run yet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from pydantic import ValidationError

from bn_study.analysis.naming import labelled
from bn_study.analysis.written import SUPERSEDED
from bn_study.config.atlas import Atlas, Question
from bn_study.config.claim import Claim
from bn_study.config.study import Study
from bn_study.datasets.regular_file import opened
from bn_study.presentation.figures.forest import Row, forest
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.findings import Findings, JudgedClaim
from bn_study.presentation.words.verdict import MARKS, expectation_text, marked

NOT_RUN = "not run yet"
_OTHERS = Question(id="others", question="Other claims", claims=())


@dataclass(frozen=True)
class AtlasEntry:
    """A study's findings, and the folder that they lie in."""

    folder: Path
    findings: Findings
    superseded: str = ""
    """why they are wrong by now; nothing where they are not"""

    @classmethod
    def read(cls, path: Path) -> AtlasEntry:
        """From a findings.json. Raises OSError, and pydantic's ValidationError for a foreign file."""
        why = path.parent / SUPERSEDED
        superseded = " ".join(why.read_text(encoding="utf-8").split()) if why.exists() else ""
        with opened(path) as file:
            return cls(path.parent, Findings.model_validate_json(file.read()).in_words, superseded)

    @property
    def said(self) -> str:
        """The tally, and whether it still counts."""
        return f"{self.findings.tally} Superseded: {self.superseded}" if self.superseded else self.findings.tally

    @property
    def link(self) -> str:
        """The folder relative to the folder of all results: STUDY/PROFILE/."""
        return quote(f"{self.folder.parent.name}/{self.folder.name}/")

    def picture(self, claim: Claim) -> str:
        """Link of a figure that shows the claim's metric; of the first one, else; '' without pictures."""
        names = [figure.name for figure in self.findings.figures]
        names = [name for name in names if (self.folder / "figures" / f"{name}.png").is_file()]
        showing = [name for name in names if claim.metric in name]
        return next((f"{self.link}figures/{quote(name)}.png" for name in (*showing, *names)), "")


@dataclass(frozen=True)
class ClaimRow:
    """A claim where it was tested; `judged` is None where it was not run yet."""

    number: int
    study: str
    claim: Claim
    source: str
    entry: AtlasEntry | None
    judged: JudgedClaim | None

    @property
    def counts(self) -> bool:
        """Whether it was judged by the study as it is now."""
        return self.entry is not None and not self.entry.superseded

    @property
    def outcome(self) -> str:
        """For a class of the page."""
        return self.judged.verdict.outcome if self.judged else "waiting"

    @property
    def verdict(self) -> str:
        """'✔ supported'."""
        return marked(self.judged.verdict) if self.judged else f"… {NOT_RUN}"

    @property
    def tested(self) -> str:
        """What would have to be measured."""
        return self.judged.tested if self.judged else expectation_text(self.claim)

    @property
    def conditions(self) -> str:
        """'Inception net; CIFAR-10, …; laptop, superseded'."""
        if self.entry is None:
            return ""
        study, old = self.entry.findings.study, "superseded" if self.entry.superseded else ""
        return "; ".join(filter(None, (study.setting, study.profile, old)))

    @property
    def picture(self) -> str:
        """Link of the figure that decides."""
        return self.entry.picture(self.claim) if self.entry else ""


@dataclass(frozen=True)
class Chapter:
    """A question with its claims."""

    question: Question
    rows: tuple[ClaimRow, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """How many claims have each outcome, in the order of MARKS; last, how many are still to be run, or again."""
        found = [row.judged.verdict.outcome if row.counts and row.judged else NOT_RUN for row in self.rows]
        return tuple(found.count(outcome) for outcome in (*MARKS, NOT_RUN))

    @property
    def tally(self) -> str:
        """'8 claims: 3 ✔, 1 ✘, 2 ?, 2 not run yet'."""
        said = (f"{n} {mark}" for n, mark in zip(self.counts, (*MARKS.values(), NOT_RUN), strict=True) if n)
        return f"{len(self.rows)} claim{'s' * (len(self.rows) != 1)}: {', '.join(said)}"

    def forests(self) -> Iterator[Figure]:
        """The effects of all judged claims, what is superseded left out."""
        rows = [
            Row(
                f"{row.number}  {(', ' if row.claim.correlate else ' − ').join(row.claim.arms) or 'all arms'}",
                row.judged.verdict,
            )
            for row in self.rows
            if row.judged and row.counts
        ]
        return forest(self.question.id, self.question.question, rows)


_Placed: TypeAlias = tuple[str, Claim, str, AtlasEntry | None, JudgedClaim | None]


def read_entries(results: Path) -> tuple[list[AtlasEntry], list[Path]]:
    """Of every STUDY/PROFILE/findings.json below `results`, by name; and the files that hold no findings.

    Trials are left out: what profiles named smoke found, and what --set changed.
    """
    entries, damaged = [], []
    for path in sorted(results.glob("*/*/findings.json")):
        if path.parent.name == "smoke" or path.parent.suffix:  # STUDY/PROFILE.DIGEST
            continue
        try:
            entries.append(AtlasEntry.read(path))
        except (OSError, ValidationError):
            damaged.append(path)
    return entries, damaged


def chapters_of(atlas: Atlas, studies: Mapping[str, Study], entries: Sequence[AtlasEntry]) -> list[Chapter]:
    """By question, in the order of the atlas; claims that no question names last. `studies` by name.

    A claim has a row for each profile at which it was tested. Findings of studies that are not there any more
    have their rows, too.
    """
    placed: dict[str, list[_Placed]] = {}
    for study, claim, source in _claims(studies, entries):
        question = atlas.question_of(study, claim.id) or _OTHERS
        tested = [
            (entry, judged)
            for entry in entries
            if entry.findings.study.name == study
            for judged in entry.findings.claims
            if judged.verdict.claim.id == claim.id
        ]
        own = placed.setdefault(question.id, [])
        own += [(study, judged.verdict.claim, source, entry, judged) for entry, judged in tested] or [
            (study, claim, source, None, None)
        ]
    numbers = itertools.count(1)
    return [
        Chapter(question, tuple(ClaimRow(next(numbers), *one) for one in sorted(placed[question.id], key=_waits)))
        for question in (*atlas.questions, _OTHERS)
        if question.id in placed
    ]


def _waits(placed: _Placed) -> bool:
    """What was not run yet stands last."""
    return placed[-1] is None


def _claims(studies: Mapping[str, Study], entries: Iterable[AtlasEntry]) -> Iterator[tuple[str, Claim, str]]:
    """(study, claim, source): of the studies as they are now, then what only findings know."""
    known: set[tuple[str, str]] = set()
    for name, study in studies.items():
        for claim in study.claims:
            known.add((name, claim.id))
            yield name, labelled(claim, study.labels), claim.source or study.source
    for entry in entries:
        found = entry.findings.study
        for judged in entry.findings.claims:
            claim = judged.verdict.claim
            if (found.name, claim.id) not in known:
                known.add((found.name, claim.id))
                yield found.name, claim, claim.source or found.source
