"""Results that must not be averaged: the same thing was asked for, and something else was run on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bn_study.analysis.frame import Table, texts
from bn_study.planning.expansion import Plan

Kept = Literal["data_fingerprint", "precision", "backend", "device"]
KEPT_APART = {"data_fingerprint": "data", "precision": "precision", "backend": "backend", "device": "device"}


@dataclass(frozen=True)
class MixedResults:
    """Runs that asked for the same data (or precision, or nothing) and got several: kept apart in every mean."""

    column: Kept
    asked: str
    runs: tuple[tuple[str, int], ...]
    """(value, how many runs), in the order of the plan"""

    @property
    def message(self) -> str:
        """A sentence for the report and the printed table."""
        seen = " and ".join(f"{value} in {n} {'run' if n == 1 else 'runs'}" for value, n in self.runs)
        return f"Mixed {KEPT_APART[self.column]}: {self.asked} was {seen}. They are kept apart, not averaged."


def mixed_results(plan: Plan, runs: Table) -> tuple[MixedResults, ...]:
    """What is mixed in the runs table (one row a point of the plan); empty when all is of one kind.

    Arms or axes that ask for different data or precisions are not a mixture: that is the study's question.
    """
    data = [f"{point.spec.dataset.name} {point.spec.dataset.path or ''}".strip() for point in plan.points]
    precision: list[str] = [point.spec.training.precision for point in plan.points]
    unasked = ["the study"] * len(plan.points)  # no spec can ask for a backend or a device
    asked: dict[Kept, list[str]] = {
        "data_fingerprint": data, "precision": precision, "backend": unasked, "device": unasked,
    }  # fmt: skip
    return tuple(one for column, wishes in asked.items() for one in _mixed(runs, column, wishes))


def _mixed(runs: Table, column: Kept, asked: Iterable[str]) -> list[MixedResults]:
    seen: dict[str, Counter[str]] = {}
    for wish, value in zip(asked, texts(runs, column), strict=True):
        if value:
            seen.setdefault(wish, Counter())[value] += 1
    return [MixedResults(column, wish, tuple(n.items())) for wish, n in seen.items() if len(n) > 1]


def kept_apart(mixed: Iterable[MixedResults]) -> tuple[Kept, ...]:
    """The columns by which rows of one point are told apart; none when nothing is mixed."""
    return tuple(dict.fromkeys(one.column for one in mixed))
