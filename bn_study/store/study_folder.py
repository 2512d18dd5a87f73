"""The folder of one study under the folder of all results, and which study file it belongs to."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from pydantic import BaseModel, ConfigDict, ValidationError

from bn_study.config.load import StudySource
from bn_study.datasets.regular_file import opened
from bn_study.store.atomic import write_atomically
from bn_study.store.lock import kernel_lock


class Owner(BaseModel):
    """Which study a folder belongs to; `owner.json`. `study` is its file as a URL from the folder: both can move."""

    model_config = ConfigDict(frozen=True)

    study: str
    title: str
    question: str


class Taken(Exception):
    """A folder belongs to another study of the same name. The message names both, and the ways out."""


@dataclass(frozen=True)
class StudyFolder:
    """RESULTS/STUDY: `runs/` of all profiles, one folder a profile for its report, and `owner.json`."""

    path: Path
    source: StudySource

    @classmethod
    def below(cls, results: Path, source: StudySource) -> StudyFolder:
        return cls(results / source.name, source)

    @property
    def runs(self) -> Path:
        """The folder of a Store, shared by all profiles."""
        return self.path / "runs"

    @property
    def report(self) -> Path:
        """One folder a profile; a report with --set gets its own, so that it never overwrites the study's."""
        name = self.source.profile or "base"
        return self.path / (f"{name}.{self.source.custom}" if self.source.custom else name)

    def refuse_if_taken(self) -> None:
        """Two studies of one name must not mix their runs, nor overwrite each other's report. Raises Taken.

        A study is the same when its file is, edited or not; and when that file is gone and this one has its title
        and question: then it was moved.
        """
        owner = self._owner
        if owner is None:
            return
        before = self.path / os.fsdecode(unquote_to_bytes(owner.study))
        if before.exists():
            same = before.samefile(self.source.path)
        else:
            same = (owner.title, owner.question) == (self.source.study.title, self.source.study.question)
        if not same:
            raise Taken(self._taken_by(before))

    def claim(self) -> None:
        """From now on the folder is this study's. Raises Taken, OSError."""
        self.path.mkdir(parents=True, exist_ok=True)
        with kernel_lock(self.runs / ".locks" / "owner"):
            self.refuse_if_taken()
            study = self.source.study
            path = os.path.relpath(self.source.path.resolve(), self.path.resolve())
            owner = Owner(study=quote(os.fsencode(path)), title=study.title, question=study.question)
            if owner != self._owner:
                write_atomically(self._owner_file, f"{owner.model_dump_json(indent=1)}\n".encode())

    @property
    def _owner_file(self) -> Path:
        return self.path / "owner.json"

    @property
    def _owner(self) -> Owner | None:
        """None for a folder that is nobody's yet; a file that is torn or foreign says nothing."""
        with suppress(OSError, ValidationError), opened(self._owner_file) as file:
            return Owner.model_validate_json(file.read())
        return None

    def _taken_by(self, other: Path) -> str:
        there = Path(os.path.relpath(other))
        there = other.resolve() if there.parts[:1] == ("..",) else there
        moved = "" if other.exists() else f", which is gone (if this is it, remove {self._owner_file})"
        return (
            f"{self.path} holds the runs and the report of {there}, another study{moved}; "
            f"rename {self.source.path}, or choose another folder with --results"
        )
