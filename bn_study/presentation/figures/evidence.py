"""Evidence against seeds, in a study that adds seeds until its claims are decided: one panel a claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from bn_study.analysis.e_process import DECISIVE
from bn_study.analysis.results import Results
from bn_study.analysis.rounds import AfterSeeds
from bn_study.analysis.verdict import Verdict, judge
from bn_study.presentation.figures.grid_point import MOST_PANELS, columns_for
from bn_study.presentation.figures.marks import AnyMark, Dot, Line, Look
from bn_study.presentation.figures.panel import Axis, Figure, Panel
from bn_study.presentation.words.number import e_text

LEAST, MOST = 0.01, 1000.0
Side: TypeAlias = Literal["for it", "against it"]
_CAPTION = (
    "After each seed, the evidence for each claim and against it, adjusted over the claims; "
    f"at {DECISIVE:g} a claim is decided.",
    f"Less than {LEAST:g} is drawn as {LEAST:g}, more than {MOST:g} as {MOST:g}.",
)


def evidence(results: Results) -> Iterator[Figure]:
    """Up to six claims a figure; none of a study that lists its seeds."""
    if results.plan.source.study.until is None:
        return
    followed = [verdict for verdict in judge(results) if verdict.looks]
    for start in range(0, len(followed), MOST_PANELS):
        shown = followed[start : start + MOST_PANELS]
        yield Figure(
            form="Line chart",
            name="evidence",
            title="Evidence by the number of seeds",
            panels=tuple(_panel(verdict, results.plan.seeds) for verdict in shown),
            columns=columns_for(len(shown)),
            caption=_CAPTION,
        )


def _panel(verdict: Verdict, seeds: Sequence[int]) -> Panel:
    first, last = verdict.looks[0].seeds, len(seeds)
    return Panel(
        title=verdict.claim.id,
        x=Axis("seeds", first - 0.5, max(last, first + 1) + 0.5, whole=True),
        y=Axis("evidence", 0.8 * LEAST, 1.25 * MOST, log=True),
        marks=tuple(_marks(verdict, last)),
    )


def _marks(verdict: Verdict, last: int) -> Iterator[AnyMark]:
    looks = verdict.looks
    yield Line(x=(looks[0].seeds - 0.5, last + 0.5), y=(DECISIVE, DECISIVE), look="pale", meaning="decides")
    yield from _course(looks, [look.evidence["supported"] for look in looks], "for it")
    against = [max(look.evidence["contradicted"], look.evidence["below_margin"]) for look in looks]
    yield from _course(looks, against, "against it")


def _course(
    looks: Sequence[AfterSeeds], values: Sequence[float], side: Literal["for it", "against it"]
) -> Iterator[AnyMark]:
    """A line through dots: full circles for it, hollow diamonds against it."""
    look: Look = "full" if side == "for it" else "hollow"
    shape: Literal["circle", "diamond"] = "circle" if side == "for it" else "diamond"
    y = [min(max(value, LEAST), MOST) for value in values]
    yield Line(x=tuple(float(one.seeds) for one in looks), y=tuple(y), look="pale")
    for one, value, height in zip(looks, values, y, strict=True):
        hover = f"{one.seeds} seeds: evidence {side} {e_text(value)}"
        yield Dot(x=one.seeds, y=height, shape=shape, look=look, meaning=side, hover=hover)
