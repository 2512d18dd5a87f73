"""Parallel coordinates: one line an arm and grid point, through the arm, every axis of the grid and every metric."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bn_study.analysis.axis import axes_text, axis_name, axis_paths
from bn_study.analysis.results import Results
from bn_study.config.figure import ParallelFigure
from bn_study.presentation.figures.grid_point import grid_points
from bn_study.presentation.figures.marks import AnyMark, Cross, Line, Text
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick
from bn_study.presentation.figures.place import ordered
from bn_study.presentation.figures.quantity import Placed, Quantity, placed, quantities
from bn_study.presentation.words.caption import caption, why_absent
from bn_study.presentation.words.number import number, scale_of
from bn_study.presentation.words.wording import brief, enumeration, sentence, value_label, with_unit

_HALF = 0.2  # of a coordinate's column, in which its values stand: lines run from column to column
_FLOOR = -0.13  # where lines of runs that all diverged end, below every value
_APART = 0.03  # lines that meet in a value leave it a little apart, else one arm hides another


@dataclass(frozen=True)
class _Coordinate:
    """One column: what is written at which height from 0 to 1, and the height of each line (NaN: no value)."""

    label: str
    ticks: tuple[tuple[float, str], ...]
    heights: tuple[float, ...]


def parallel(results: Results, figure: ParallelFigure) -> Iterator[Figure]:
    """One figure. A line ends where it has no value: in a cross if all its runs diverged."""
    drawn = {one: placed(results, one) for one in quantities(results.plan, figure.metrics)}
    lines = next(iter(drawn.values()))
    coordinates = [*_arms(lines), *_axes(results, lines), *(_metric(one, values) for one, values in drawn.items())]
    names = [axis_name(path) for path in axis_paths(results.plan)] or ["arm"]
    lost = any(map(_is_lost, lines))
    measured = any(one.is_known or one.diverged for values in drawn.values() for one in values)
    ticks = tuple(Tick(float(place), one.label) for place, one in enumerate(coordinates))
    yield Figure(
        form="Parallel coordinates",
        name="_".join(("parallel", *dict.fromkeys(one.metric for one in drawn))),
        title=figure.title or sentence(f"{enumeration([one.label for one in drawn])} by {enumeration(names)}"),
        panels=(
            Panel(
                title="",
                x=Axis("", -0.3, len(coordinates) - 0.7, ticks=ticks),
                y=Axis("", (_FLOOR if lost else 0.0) - 0.06, 1.06, ticks=()),
                marks=tuple(_marks(coordinates, drawn)) if measured else (),
                empty="" if measured else why_absent(one.counts for one in lines),
            ),
        ),
        columns=1,
        caption=caption(results, ["One line an arm and grid point, through its means."], intervals=False),
    )


def _arms(lines: Sequence[Placed]) -> Iterator[_Coordinate]:
    """The first arm on top; none for a single one."""
    labels = list(dict.fromkeys(one.label for one in lines))[::-1]
    if len(labels) > 1:
        yield _of_names("arm", labels, [labels.index(one.label) for one in lines])


def _axes(results: Results, lines: Sequence[Placed]) -> Iterator[_Coordinate]:
    for path in axis_paths(results.plan):
        values = ordered([point.axes[path] for point in grid_points(results.plan)])
        yield _of_names(
            axis_name(path), list(map(value_label, values)), [values.index(one.axes[path]) for one in lines]
        )


def _of_names(label: str, names: Sequence[str], ranks: Sequence[int]) -> _Coordinate:
    def share(rank: int) -> float:
        return rank / (len(names) - 1) if len(names) > 1 else 0.5

    return _Coordinate(label, tuple((share(rank), name) for rank, name in enumerate(names)), tuple(map(share, ranks)))


def _metric(quantity: Quantity, values: Sequence[Placed]) -> _Coordinate:
    """Marked at its least and greatest value and in the middle between them."""
    means, scale = [one.value.mean for one in values], scale_of(quantity.metric)
    finite = [mean for mean in means if math.isfinite(mean)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    ends = [(0.0, low), (0.5, (low + high) / 2), (1.0, high)] if high > low else [(0.5, low)] * bool(finite)
    ticks = tuple((height, number(value, scale)) for height, value in ends)
    heights = tuple((mean - low) / (high - low) if high > low else mean - low + 0.5 for mean in means)
    return _Coordinate(with_unit(quantity.label, quantity.metric), ticks, heights)


def _marks(coordinates: Sequence[_Coordinate], drawn: dict[Quantity, tuple[Placed, ...]]) -> Iterator[AnyMark]:
    for place, one in enumerate(coordinates):
        for x in (place - _HALF, place + _HALF):
            yield Line(x=(x, x), y=(-0.03, 1.03), look="pale")
        yield from (Text(x=float(place), y=height, said=said, room=2 * _HALF) for height, said in one.ticks)
    lines = next(iter(drawn.values()))
    for rank, line in enumerate(lines):
        lift = _APART * (rank / max(1, len(lines) - 1) - 0.5)
        yield from _line(line, [one.heights[rank] for one in coordinates], lift, _hover(drawn, rank))


def _line(one: Placed, heights: Sequence[float], lift: float, hover: str) -> Iterator[AnyMark]:
    """From the right edge of each column to the left edge of the next that has a value."""
    known = [(place, height + lift) for place, height in enumerate(heights) if math.isfinite(height)]
    if _is_lost(one):
        known.append((known[-1][0] + 1, _FLOOR))
    x, y = list[float](), list[float]()
    for (left, start), (right, end) in itertools.pairwise(known):
        x += [left + _HALF, right - _HALF, math.nan]
        y += [start, end, math.nan]
    if x:
        yield Line(arm=one.arm, label=one.label, x=tuple(x[:-1]), y=tuple(y[:-1]), hover=hover)
    if _is_lost(one):
        yield Cross(arm=one.arm, label=one.label, x=x[-2], y=_FLOOR, meaning="all runs diverged", hover=hover)


def _is_lost(one: Placed) -> bool:
    """Whether all its runs diverged."""
    return one.counts["diverged"] == one.counts["planned"]


def _hover(drawn: dict[Quantity, tuple[Placed, ...]], rank: int) -> str:
    """'bn, learning rate 0.01: validation accuracy 45.0, training time 30.1; 1 of 3 runs diverged'."""
    line = next(iter(drawn.values()))[rank]
    said = [
        f"{quantity.label} {number(values[rank].value.mean, scale_of(quantity.metric))}"
        for quantity, values in drawn.items()
        if values[rank].is_known
    ]
    said += [f"{line.diverged.replace('/', ' of ')} runs diverged"] if line.diverged else []
    where = ", ".join(filter(None, (line.label, brief(axes_text(line.axes)))))
    return f"{where}: {', '.join(said) or why_absent([line.counts])}"
