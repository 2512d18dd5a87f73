"""Power: the chance that a claim is decided, against the number of seeds; one line a claim."""

from __future__ import annotations

from collections.abc import Sequence

from bn_study.analysis.prospect import WANTED, Prospect
from bn_study.presentation.figures.marks import AnyMark, Line
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick


def power(title: str, found: Sequence[Prospect]) -> Figure:
    """Of the claims of which a pilot says something; the others are named in the caption."""
    known = [one for one in found if not one.why]
    seeds = sorted({n for one in known for n in one.chances})
    x = Axis("seeds", seeds[0], seeds[-1], whole=True)
    y = Axis("chance of being decided (%)", 0.0, 100.0, ticks=tuple(Tick(at, f"{at:.0f}") for at in _TICKS))
    wanted = Line(x=(x.low, x.high), y=(100 * WANTED,) * 2, look="pale", meaning=f"{100 * WANTED:.0f} %")
    lines = (_line(place, one) for place, one in enumerate(found) if not one.why)
    marks: tuple[AnyMark, ...] = (wanted, *lines)
    unknown = [f"{one.claim.id}: {one.why}." for one in found if one.why]
    return Figure(
        form="Line chart",
        name="design",
        title=f"{title}: how many seeds?",
        panels=(Panel("", x, y, marks),),
        columns=1,
        caption=("From the spread between the seeds of a pilot, by the rule of the verdicts.", *unknown),
    )


_TICKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)


def _line(place: int, one: Prospect) -> Line:
    n, chances = tuple(one.chances), tuple(100 * chance for chance in one.chances.values())
    needed = f"{one.needed} seeds for {100 * WANTED:.0f} %" if one.needed else f"never {100 * WANTED:.0f} %"
    return Line(arm=place, label=one.claim.id.replace("_", " "), x=n, y=chances, hover=f"{one.claim.id}: {needed}")
