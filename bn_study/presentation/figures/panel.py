"""Figure → panels → marks: everything that a figure shows, computed. Whoever draws it adds nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bn_study.presentation.figures.arm_style import IN_ORDER, ArmStyle
from bn_study.presentation.figures.marks import AnyMark, Bar, Cell, Cross, Dot, Line

_ROOM = 0.05  # of an axis, beyond the outermost number
_NEAR = 0.2  # of it: a bound so near is its end, for a tick at 100 %


@dataclass(frozen=True)
class Tick:
    """A place of an axis and what is written there."""

    at: float
    said: str


@dataclass(frozen=True)
class Axis:
    """What is visible, from `low` (left, bottom) to `high`; `low` > `high` counts downwards.

    `ticks`: where they stand; None: at round numbers between the ends of `ticked` (None: of the axis). Without ticks
    and label the axis itself is not drawn. `whole`: no ticks between whole numbers. `breaks`: where the axis is broken.
    """

    label: str
    low: float
    high: float
    ticks: tuple[Tick, ...] | None = None
    ticked: tuple[float, float] | None = None
    log: bool = False
    whole: bool = False
    breaks: tuple[float, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One frame. Without a mark it says `empty` instead."""

    title: str
    x: Axis
    y: Axis
    marks: tuple[AnyMark, ...]
    right: Axis | None = None
    empty: str = ""


@dataclass(frozen=True)
class ColorScale:
    """Of cells: the values at the ends of the range of colours, in the unit that is shown."""

    label: str
    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """Panels in rows of `columns`. `form` is what it is in words ('Line chart'), `name` that of its files.

    `styles`: of the arms, by their place in the study. `run_ids`: of the finished runs that it is drawn from.
    """

    form: str
    name: str
    title: str
    panels: tuple[Panel, ...]
    columns: int
    caption: tuple[str, ...]
    colors: ColorScale | None = None
    styles: tuple[ArmStyle, ...] = IN_ORDER
    run_ids: tuple[str, ...] = ()


def arms_of(figure: Figure) -> tuple[tuple[int, str], ...]:
    """(place in the study, label) of every arm that is drawn, in the order of the study."""
    found = {(mark.arm, mark.label) for mark in _marks(figure) if mark.arm is not None and mark.label}
    return tuple(sorted(found))


def samples_of(figure: Figure) -> tuple[AnyMark, ...]:
    """A mark of each arm, in the order of the study: all of one kind, the first of full look that the figure has."""
    kinds = [mark for mark in _marks(figure) if mark.arm is not None and isinstance(mark, (Line, Bar, Dot, Cross))]
    first = min(kinds, key=lambda mark: (isinstance(mark, Cross), mark.look != "full"), default=None)
    return tuple(replace(first, arm=arm, label=label) for arm, label in arms_of(figure)) if first else ()


def meanings_of(figure: Figure) -> tuple[AnyMark, ...]:
    """The first mark of each look that needs a word in the legend, as drawn."""
    found: dict[str, AnyMark] = {}
    for mark in _marks(figure):
        if mark.meaning:
            found.setdefault(mark.meaning, mark)
    return tuple(found.values())


def alt_text(figure: Figure) -> str:
    """What a reader who does not see the figure is told: form, title, panels, caption."""
    titles = "; ".join(panel.title for panel in figure.panels if panel.title)
    panels = f" Panels: {titles}." if titles else ""
    return f"{figure.form}: {figure.title}.{panels} {' '.join(figure.caption)}".strip()


def texts_of(figure: Figure) -> Iterator[str]:
    """Everything that is written in it."""
    yield from (figure.title, *figure.caption)
    for panel in figure.panels:
        yield from (panel.title, panel.empty)
        for axis in (panel.x, panel.y, *([panel.right] if panel.right else [])):
            yield from (axis.label, *(tick.said for tick in axis.ticks or ()))
        yield from (mark.label for mark in panel.marks)


def span(values: Iterable[float], least: float = -math.inf, most: float = math.inf) -> tuple[float, float]:
    """From the lowest to the highest finite number, with a little room; never beyond what the quantity can be.

    Up to the most that it can be, if that is near. Of a single number, or of equal ones, a tenth of it around them;
    0 to 1 where there is none.
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    room = _ROOM * (high - low) or 0.1 * abs(high) or 1.0
    near = most - high < _NEAR * (high - low)
    return max(least, low - room), most if near else min(most, high + room)


def log_span(values: Iterable[float]) -> tuple[float, float]:
    """The same for a logarithmic axis: of the positive numbers."""
    low, high = span(math.log10(value) for value in values if 0 < value < math.inf)
    return 10**low, 10**high


def is_cells(panel: Panel) -> bool:
    """Whether it is a field of cells, which no chart of PowerPoint is."""
    return any(isinstance(mark, Cell) for mark in panel.marks)


def _marks(figure: Figure) -> Iterator[AnyMark]:
    for panel in figure.panels:
        yield from panel.marks
