"""What is wrong with a user's file, said so that it can be mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from bn_study.datasets.visible import cut, visible

MOST_PROBLEMS = 200  # that are looked for: nobody reads more, and a file of nothing else takes seconds


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file; line and column count from 1. `file` may also be 'override 2' for `--set`."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it stands, the dotted path of the field it concerns, and what is wrong."""

    mark: Position
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return cut(visible(f"{self.mark}: {where}{self.message}"))  # keys and file names may hold anything


def contradiction(message: str, *fields: str) -> PydanticCustomError:
    """What a spec's validator raises for `fields` that do not go together; shown at one of them."""
    return PydanticCustomError("contradiction", "{message}", {"message": message, "fields": fields})


class ConfigError(Exception):
    """All problems of the input at once, sorted by place, each said once.

    Of very many those that were found first; then, or if whoever looked for them says so, there are `more`.
    """

    def __init__(self, problems: Iterable[Problem], more: bool = False) -> None:
        found: set[Problem] = set()
        for problem in problems:
            if len(found) == MOST_PROBLEMS:
                more = True
                break
            found.add(problem)
        self.problems, self.more = tuple(sorted(found)), more
        super().__init__("\n".join(map(str, self.problems)))
