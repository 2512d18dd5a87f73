"""Forest: effects of claims with their intervals, one row a claim; what lies to the right is as claimed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bn_study.analysis.decision import Outcome
from bn_study.analysis.verdict import Verdict
from bn_study.presentation.figures.marks import AnyMark, Dot, Line, Look, Text, Whisker
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick, span
from bn_study.presentation.words.verdict import effect_scale, effect_text, outcome_text

_MOST_ROWS = 9  # of a figure: more cannot be read from the back of a room
#: Shape and look of each outcome: told apart without colour.
_SHAPES: dict[Outcome, tuple[Look, bool]] = {
    "supported": ("full", True), "undecided": ("hollow", True),
    "contradicted": ("full", False), "below_margin": ("hollow", False),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """`name` is what the row is called; effects are in the unit of the claim's metric."""

    name: str
    verdict: Verdict


def forest(name: str, title: str, rows: Sequence[Row]) -> Iterator[Figure]:
    """One figure a unit and so many rows, in their order.

    Claims without an effect have no row; one without end is said.
    """
    units: dict[str, list[Row]] = {}
    for row in rows:
        if not math.isnan(row.verdict.effect):
            units.setdefault(effect_scale(row.verdict.claim).unit, []).append(row)
    pages = [
        (unit, own[first : first + _MOST_ROWS])
        for unit, own in units.items()
        for first in range(0, len(own), _MOST_ROWS)
    ]
    for rank, (unit, page) in enumerate(pages, 1):
        yield Figure(
            form="Forest plot",
            name=f"{name}_{rank}",
            title=title,
            panels=(_panel(unit, page),),
            columns=1,
            caption=("Right of zero lies what is claimed; the short stroke is the margin. Lines: 95 % intervals.",),
        )


def _panel(unit: str, rows: Sequence[Row]) -> Panel:
    y = Axis("", len(rows) - 0.5, -0.5, ticks=tuple(Tick(float(rank), row.name) for rank, row in enumerate(rows)))
    ends = [end for row in rows for end in (*_towards(row.verdict), _bound(row.verdict)) if math.isfinite(end)]
    x = Axis(f"effect, towards the claim{f' ({unit})' * bool(unit)}", *span([0.0, *ends]))
    zero = Line(x=(0.0, 0.0), y=(-0.5, len(rows) - 0.5), look="pale")
    return Panel("", x, y, (zero, *(mark for rank, row in enumerate(rows) for mark in _row(float(rank), row, x))))


def _row(rank: float, row: Row, x: Axis) -> Iterator[AnyMark]:
    verdict, bound = row.verdict, _bound(row.verdict)
    effect, low, high = _towards(verdict)
    if math.isinf(effect):
        yield Text(x=0.0, y=rank, said=effect_text(verdict), side="right")
        return
    hover = f"{row.name}: {effect_text(verdict)}, {outcome_text(verdict.outcome)}, n = {verdict.n}"
    if bound:
        yield Line(x=(bound, bound), y=(rank - 0.3, rank + 0.3), meaning="margin", hover=f"{row.name}: margin")
    end = effect
    if not (math.isnan(low) and math.isnan(high)):  # one end alone is infinite, which JSON does not know
        start = x.low if math.isnan(low) else max(low, x.low)
        end = x.high if math.isnan(high) else min(high, x.high)
        yield Whisker(along="x", at=rank, low=start, high=end)
    look, is_round = _SHAPES[verdict.outcome]
    yield Dot(
        x=effect, y=rank, shape="circle" if is_round else "diamond", look=look, meaning=outcome_text(verdict.outcome),
        hover=hover,
    )  # fmt: skip
    yield Text(x=max(effect, end), y=rank, said=f"n = {verdict.n}", side="right")


def _towards(verdict: Verdict) -> tuple[float, float, float]:
    """Effect and interval in the unit that is shown; positive where they are on the side that is claimed."""
    factor = effect_scale(verdict.claim).factor
    if verdict.claim.expectation.side == "higher":
        return verdict.effect * factor, verdict.low * factor, verdict.high * factor
    return -verdict.effect * factor, -verdict.high * factor, -verdict.low * factor


def _bound(verdict: Verdict) -> float:
    """What the effect is to exceed."""
    return verdict.claim.expectation.bound * effect_scale(verdict.claim).factor
