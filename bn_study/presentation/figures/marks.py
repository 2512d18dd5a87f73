"""Marks: what stands in a panel, as data in the units of its axes. A kind of figure only composes them.

They know nothing of ink: `drawing` draws them for images and pages, `slides` writes them as charts that can be edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bn_study.analysis.statistics import Number

Direction = Literal["x", "y"]
Look = Literal["full", "pale", "hollow", "hatched"]
Side = Literal["left", "right", "above", "below", "middle"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What all marks have.

    `arm` is the arm's place in the study, by which the figure knows its style (None: ink); `label` names it in the
    legend. `look` tells marks of one arm apart, and `meaning` says in the legend what it stands for, in grey
    ('training', 'published'). `hover` is read over the mark. `right`: in the units of the right axis.
    """

    arm: int | None = None
    label: str = ""
    look: Look = "full"
    meaning: str = ""
    hover: str = ""
    right: bool = False


@dataclass(frozen=True, kw_only=True)
class Line(Mark):
    """Through points from left to right; NaN leaves a gap. `hovers` has one text a point, or is empty.

    full: the arm's dash and marker; hollow: hollow markers; pale: broad, without markers. Of no arm: a thin line,
    which hollow dashes, to compare with.
    """

    x: tuple[Number, ...]
    y: tuple[Number, ...]
    hovers: tuple[str, ...] = ()
    kind: Literal["line"] = "line"


@dataclass(frozen=True, kw_only=True)
class Band(Mark):
    """The area between `low` and `high` over `x`: the interval of a line with the same x."""

    x: tuple[Number, ...]
    low: tuple[Number, ...]
    high: tuple[Number, ...]
    kind: Literal["band"] = "band"


@dataclass(frozen=True, kw_only=True)
class Whisker(Mark):
    """An interval from `low` to `high` along an axis, at `at` of the other one."""

    along: Direction
    at: float
    low: float
    high: float
    kind: Literal["whisker"] = "whisker"


@dataclass(frozen=True, kw_only=True)
class Bar(Mark):
    """From zero to `end` along an axis; on the other one `width` broad, around `at`."""

    along: Direction
    at: float
    width: float
    end: float
    kind: Literal["bar"] = "bar"


@dataclass(frozen=True, kw_only=True)
class Dot(Mark):
    """One value; with the arm's own marker, or of a shape that means something; a ring goes around another mark."""

    x: float
    y: float
    shape: Literal["arm", "circle", "diamond", "ring"] = "arm"
    kind: Literal["dot"] = "dot"


@dataclass(frozen=True, kw_only=True)
class Cross(Mark):
    """Something that has no value: runs that diverged. `said` stands beside it ('2/3')."""

    x: float
    y: float
    said: str = ""
    side: Side = "right"
    kind: Literal["cross"] = "cross"


@dataclass(frozen=True, kw_only=True)
class Cell(Mark):
    """A field of one by one around its place, coloured by `value` (NaN: paper).

    `said` are lines of text in it, `short` what stands there where they have no room. hatched: without a value, for
    no run got that far.
    """

    x: float
    y: float
    value: Number
    said: tuple[str, ...] = ()
    short: str = ""
    kind: Literal["cell"] = "cell"


@dataclass(frozen=True, kw_only=True)
class Text(Mark):
    """`said` at a `side` of a place, in at most `room` units of x. Drawn where it is free, or not at all.

    So what matters stands in a hover too.
    """

    x: float
    y: float
    said: str
    side: Side = "middle"
    room: float | None = None
    kind: Literal["text"] = "text"


AnyMark: TypeAlias = Annotated[Line | Band | Whisker | Bar | Dot | Cross | Cell | Text, Field(discriminator="kind")]
