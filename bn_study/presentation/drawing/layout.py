"""Layout: where panels, their labels and their texts stand, in points. Everything is measured before it is drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bn_study.presentation.drawing.style import LEAST_POINTS, TEXT_POINTS
from bn_study.presentation.drawing.text import cut, text_width, wrapped
from bn_study.presentation.drawing.ticks import are_apart, share, ticks_along, ticks_up
from bn_study.presentation.figures.marks import AnyMark, Band, Bar, Cell, Cross, Dot, Line, Side, Text, Whisker
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick

LINE = 1.25  # height of a line of text, in its size
TICK_PAD = 7.0  # points between a frame and its tick labels
TURN = 40.0  # degrees of tick labels that have no room side by side
LETTER_PAD = 10.0  # points between a place and the text beside it
_MARK = 6.0  # points from the middle of a dot, a cross or a cap to its edge
_APART = 1.5  # points that texts keep free on either side
_GAP = 18.0  # points between two panels
_SIZES = (TEXT_POINTS - 1, 16, 14, LEAST_POINTS)  # of numbers at marks: the largest that has room
_SMALL = 15  # points of tick labels that have no room, of names of rows at most so small, of numbers in cells
_SEVERAL = 3  # columns of panels, from which on their titles and numbers are smaller
_LEAST_ROW = 9.0
_MOST_LINES = 3  # of a tick label, of a panel's title
_MOST_NAME = 0.3  # of the area's width: names of rows
_MOST_TICK = 130.0  # points of a turned tick label


@dataclass(frozen=True)
class Box:
    """A rectangle in points, from the lower left corner of what it stands in."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.bottom + self.height

    def meets(self, other: Box) -> bool:
        """Whether they overlap."""
        aside = self.right <= other.left or other.right <= self.left
        return not (aside or self.top <= other.bottom or other.top <= self.bottom)


@dataclass(frozen=True)
class Letters:
    """A text at the side of a place, and the box that it takes, in points of its frame. `arm`: whose number it is."""

    said: str
    side: Side
    x: float
    y: float
    size: float
    box: Box
    arm: int | None = None
    quiet: bool = False


@dataclass(frozen=True)
class View:
    """A panel as it is drawn: labels are empty where a neighbour has the same axis.

    `cells` are the lines in each of its cells, `letters` all other texts in it.
    """

    panel: Panel
    frame: Box
    title: tuple[str, ...] = ()
    x_label: tuple[str, ...] = ()
    y_label: tuple[str, ...] = ()
    right_label: tuple[str, ...] = ()
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()
    right_ticks: tuple[Tick, ...] = ()
    across_size: float = TEXT_POINTS
    up_size: float = TEXT_POINTS
    title_size: float = TEXT_POINTS
    turned: bool = False
    cell_size: float = 0.0
    cells: tuple[tuple[str, ...], ...] = ()
    letters: tuple[Letters, ...] = ()

    def place(self, x: float, y: float, right: bool = False) -> tuple[float, float]:
        """Of a value on both axes, in points of the figure."""
        axis = self.panel.right if right and self.panel.right else self.panel.y
        return (
            self.frame.left + share(self.panel.x, x) * self.frame.width,
            self.frame.bottom + share(axis, y) * self.frame.height,
        )


@dataclass(frozen=True)
class _Numbers:
    """How large numbers at marks are, and whether crosses have theirs; none at all at size 0."""

    size: float
    counts: bool


@dataclass(frozen=True)
class Layout:
    """Panels, and the labels of axes that all of them have, which stand once beside them all."""

    views: tuple[View, ...]
    x_label: tuple[str, ...] = ()
    y_label: tuple[str, ...] = ()

    @property
    def frames(self) -> Box:
        """Around all frames."""
        boxes = [view.frame for view in self.views]
        left, bottom = min(box.left for box in boxes), min(box.bottom for box in boxes)
        return Box(left, bottom, max(box.right for box in boxes) - left, max(box.top for box in boxes) - bottom)


def lay_out(figure: Figure, area: Box, names_at_ends: bool = False) -> Layout:
    """Equal frames in rows; numbers at marks as large as they have room, and at none where they have none."""
    across, up = ({getattr(panel, side).label for panel in figure.panels if panel.marks} for side in ("x", "y"))
    x_label = _lines(across.pop(), area.width) if len(across) == 1 and len(figure.panels) > 1 else ()
    y_label = _lines(up.pop(), 0.8 * area.height) if len(up) == 1 and len(figure.panels) > 1 else ()
    line = LINE * TEXT_POINTS
    left, below = len(y_label) * line, len(x_label) * line
    inner = Box(area.left + left, area.bottom + below, area.width - left, area.height - below)
    once = replace(
        figure, panels=tuple(_without_labels(panel, bool(x_label), bool(y_label)) for panel in figure.panels)
    )
    for numbers in _readable(figure):
        views = _placed(once, inner, numbers, names_at_ends)
        if not any(map(_crowded, views)):
            break
    return Layout(_with_cells(views), x_label, y_label)


def _readable(figure: Figure) -> list[_Numbers]:
    """From what is read best to what always has room."""
    sizes = [size for size in _SIZES if figure.columns < _SEVERAL or size < max(_SIZES)]
    counted = any(isinstance(mark, Cross) for panel in figure.panels for mark in panel.marks)
    return [_Numbers(size, counts) for counts in (True, False)[: 1 + counted] for size in sizes] + [
        _Numbers(0.0, False)
    ]


def _without_labels(panel: Panel, x: bool, y: bool) -> Panel:
    return replace(
        panel, x=replace(panel.x, label="") if x else panel.x, y=replace(panel.y, label="") if y else panel.y
    )


def end_together(figure: Figure) -> bool:
    """Whether all that is drawn are lines that end at one x, where they could be named."""
    marks = [mark for panel in figure.panels for mark in panel.marks]
    return all(isinstance(mark, (Line, Band)) and mark.look == "full" for mark in marks) and all(
        len({_end(mark)[0] for mark in panel.marks if isinstance(mark, Line)}) < 2 for panel in figure.panels
    )


def ends_are_apart(views: Sequence[View]) -> bool:
    """Whether the names of lines do not meet where these end."""
    for view in views:
        ends = [_end(mark) for mark in view.panel.marks if isinstance(mark, Line)]
        if not are_apart([(view.place(*end)[1], LINE * TEXT_POINTS) for end in ends], 0.0):
            return False
    return True


def _end(line: Line) -> tuple[float, float]:
    """Its last point."""
    known = [(x, y) for x, y in zip(line.x, line.y, strict=True) if math.isfinite(y)]
    return known[-1]


def _placed(figure: Figure, area: Box, numbers: _Numbers, names_at_ends: bool) -> tuple[View, ...]:
    """Frames depend on what their labels take, which depends on the frames: settled after a few rounds."""
    columns, count = figure.columns, len(figure.panels)
    rows = math.ceil(count / columns)
    width, height = 0.75 * area.width / columns, 0.6 * area.height / rows
    for _ in range(4):
        views = [_view(figure, place, Box(0, 0, width, height), area, numbers, names_at_ends) for place in range(count)]
        around = [_margins(view) for view in views]
        left, right = ([max(m[side] for m in around[c::columns]) for c in range(columns)] for side in (0, 2))
        below, above = ([max(m[side] for m in around[r * columns :][:columns]) for r in range(rows)] for side in (1, 3))
        width = max(20.0, (area.width - sum(left) - sum(right) - _GAP * (columns - 1)) / columns)
        height = max(20.0, (area.height - sum(below) - sum(above) - 0.6 * _GAP * (rows - 1)) / rows)
    placed = []
    for place, view in enumerate(views):
        row, column = divmod(place, columns)
        x = area.left + sum(left[: column + 1]) + sum(right[:column]) + column * (width + _GAP)
        y = area.top - sum(above[: row + 1]) - sum(below[:row]) - row * (height + 0.6 * _GAP) - height
        placed.append(replace(view, frame=Box(x, y, width, height)))
    return tuple(placed)


def _view(figure: Figure, place: int, frame: Box, area: Box, numbers: _Numbers, names_at_ends: bool) -> View:
    panel, columns = figure.panels[place], figure.columns
    row, column = divmod(place, columns)
    before = figure.panels[place - 1] if column else None
    after = figure.panels[place + 1] if column + 1 < columns and place + 1 < len(figure.panels) else None
    below = figure.panels[place + columns] if place + columns < len(figure.panels) else None
    view = View(panel, frame)
    if panel.marks:
        view = _with_x(view, shown=not (below and below.marks and below.x == panel.x))
        view = _with_y(view, area, shown=not (before and before.marks and before.y == panel.y))
        if panel.right:
            view = _with_right(view, panel.right, shown=not (after and after.marks and after.right == panel.right))
        view = replace(view, letters=(*_letters(view, numbers), *(_names(view) if names_at_ends else ())))
    above = figure.panels[place - columns] if row else None
    return view if above and above.title == panel.title else _with_title(view, columns)


def _with_title(view: View, columns: int) -> View:
    """In one line above the frame and what stands on its right, or with a line for each axis."""
    text, size = view.panel.title, TEXT_POINTS - 2 if columns >= _SEVERAL else TEXT_POINTS
    width = max([view.frame.width, *(letters.box.right for letters in view.letters)])
    lines = [text] if text else []
    if text_width(text, size) > width:
        axes = text.split(", ")
        parts = [*axes[: _MOST_LINES - 1], *filter(None, [", ".join(axes[_MOST_LINES - 1 :])])]
        lines = [*(f"{part}," for part in parts[:-1]), parts[-1]]
    return replace(view, title=tuple(cut(line, size, width) for line in lines), title_size=size)


def _lines(text: str, width: float) -> tuple[str, ...]:
    """No narrower than its longest word: the name of an axis may be longer than the axis."""
    longest = max((text_width(word, TEXT_POINTS) for word in text.split()), default=0.0)
    return tuple(wrapped(text, TEXT_POINTS, max(width, longest))) if text else ()


def _with_x(view: View, shown: bool) -> View:
    """Labels side by side where they do not touch, smaller, else turned, and where that is too near not all."""
    axis, width = view.panel.x, view.frame.width
    ticks = ticks_along(axis, width)
    if not shown:
        return replace(view, x_ticks=tuple(replace(tick, said="") for tick in ticks))
    view = replace(view, x_label=_lines(axis.label, width))
    for size, broken in ((TEXT_POINTS, False), (_SMALL, False), (_SMALL, True)):
        texts = [wrapped(tick.said, size, width / len(ticks)) if broken else [tick.said] for tick in ticks]
        places = [(share(axis, tick.at) * width, _wide(lines, size)) for tick, lines in zip(ticks, texts, strict=True)]
        if are_apart(places) and (not broken or _whole(ticks, texts)):
            named = (replace(tick, said="\n".join(lines)) for tick, lines in zip(ticks, texts, strict=True))
            return replace(view, x_ticks=tuple(named), across_size=size)
    least, last, kept = LINE * _SMALL / math.sin(math.radians(TURN)), -math.inf, []
    for tick in ticks:
        at = share(axis, tick.at) * width
        said = cut(tick.said, _SMALL, _MOST_TICK) if at - last >= least else ""
        last = at if said else last
        kept.append(replace(tick, said=said))
    return replace(view, x_ticks=tuple(kept), across_size=_SMALL, turned=True)


def _wide(lines: Sequence[str], size: float) -> float:
    return max((text_width(line, size) for line in lines), default=0.0)


def _whole(ticks: Sequence[Tick], said: Sequence[Sequence[str]]) -> bool:
    """Whether labels are in a few lines with no word torn."""
    pairs = zip(ticks, said, strict=True)
    return all(len(lines) <= _MOST_LINES and tick.said.split() == " ".join(lines).split() for tick, lines in pairs)


def _with_y(view: View, area: Box, shown: bool) -> View:
    """Names of rows as large as the rows allow."""
    axis, height = view.panel.y, view.frame.height
    ticks = ticks_up(axis, height)
    if not shown:
        return replace(view, y_ticks=tuple(replace(tick, said="") for tick in ticks))
    size = float(TEXT_POINTS)
    if axis.ticks and len(axis.ticks) > 1:
        rows = sorted(share(axis, tick.at) * height for tick in axis.ticks)
        size = max(_LEAST_ROW, min(size, min(b - a for a, b in itertools.pairwise(rows)) / 1.1))
    named = tuple(replace(tick, said=cut(tick.said, size, _MOST_NAME * area.width)) for tick in ticks)
    return replace(view, y_ticks=named, y_label=_lines(axis.label, height), up_size=size)


def _with_right(view: View, axis: Axis, shown: bool) -> View:
    ticks = ticks_up(axis, view.frame.height)
    if not shown:
        return replace(view, right_ticks=tuple(replace(tick, said="") for tick in ticks))
    return replace(view, right_ticks=ticks, right_label=_lines(axis.label, view.frame.height))


def _margins(view: View) -> tuple[float, float, float, float]:
    """What stands outside the frame on the left, below, on the right and above; in points."""
    frame, line = view.frame, LINE * TEXT_POINTS
    boxes = [letters.box for letters in view.letters]
    left = [-box.left for box in boxes] + [beside(view.y_ticks, view.up_size) + len(view.y_label) * line]
    right = [box.right - frame.width for box in boxes]
    if view.right_ticks:
        right.append(beside(view.right_ticks, TEXT_POINTS) + len(view.right_label) * line)
    below = [-box.bottom for box in boxes] + [0.5 * TEXT_POINTS]
    above = [box.top - frame.height for box in boxes] + [0.5 * TEXT_POINTS]
    for tick in view.x_ticks:
        at, wide = share(view.panel.x, tick.at) * frame.width, _wide(tick.said.split("\n"), view.across_size)
        if view.turned:
            left.append(wide * math.cos(math.radians(TURN)) - at + TICK_PAD)
        else:
            left.append(wide / 2 - at)
            right.append(at + wide / 2 - frame.width)
    below.append(under(view) + len(view.x_label) * line)
    return max(left), max(below), max([0.0, *right]), max(above) + len(view.title) * LINE * view.title_size


def beside(ticks: Sequence[Tick], size: float) -> float:
    """How far tick labels reach to the side of the frame."""
    widest = _wide([tick.said for tick in ticks], size)
    return widest + TICK_PAD + 2 if widest else 0.0


def under(view: View) -> float:
    """How far tick labels reach below the frame."""
    lines = [tick.said.split("\n") for tick in view.x_ticks if tick.said]
    if not lines:
        return 0.0
    turn, size = math.radians(TURN * view.turned), view.across_size
    down = max(_wide(one, size) * math.sin(turn) + len(one) * LINE * size * math.cos(turn) for one in lines)
    return down + TICK_PAD


def _letters(view: View, numbers: _Numbers) -> Iterator[Letters]:
    """Numbers of arms at one size; other texts at theirs, each where it is free."""
    taken = [box for mark in view.panel.marks for box in mark_boxes(view, mark)]
    for mark in view.panel.marks:
        if isinstance(mark, Cross) and mark.said and numbers.counts:
            yield _letters_at(view, mark, mark.said, mark.side, min(numbers.size, 14))
        elif isinstance(mark, Text) and mark.arm is not None and numbers.size:
            yield _letters_at(view, mark, mark.said, mark.side, numbers.size)
        elif isinstance(mark, Text) and mark.arm is None:
            letters = _letters_in(view, mark)
            if not any(letters.box.meets(box) for box in taken):
                taken.append(letters.box)
                yield letters


def _letters_in(view: View, mark: Text) -> Letters:
    """Smaller where its room is narrow, and cut where it is too narrow."""
    room = abs(_unit(view.panel.x)) * view.frame.width * mark.room if mark.room else math.inf
    size = max(LEAST_POINTS, min(16.0, view.up_size, room / max(1e-9, text_width(mark.said, 1.0))))
    return _letters_at(view, mark, cut(mark.said, size, room), mark.side, size)


def _names(view: View) -> Iterator[Letters]:
    for mark in view.panel.marks:
        if isinstance(mark, Line):
            x, y = _end(mark)
            yield _letters_at(view, Text(arm=mark.arm, x=x, y=y, said=""), mark.label, "right", TEXT_POINTS)


def _letters_at(view: View, mark: Text | Cross, said: str, side: Side, size: float) -> Letters:
    at, up = view.place(mark.x, mark.y)
    width, height, pad = text_width(said, size), 0.85 * size, LETTER_PAD
    left = {"left": at - pad - width, "right": at + pad}.get(side, at - width / 2)
    under = 0.15 * size  # of a line, below its letters and above them
    bottom = {"below": up - pad - under - height, "above": up + 0.6 * pad + under}.get(side, up - height / 2)
    quiet = mark.arm is None and side != "middle"
    box = Box(left - _APART, bottom, width + 2 * _APART, height)
    return Letters(said, side, at, up, size, box, mark.arm, quiet)


def _crowded(view: View) -> bool:
    """Whether a number meets another text or a mark."""
    frame = view.frame
    inside = replace(view, frame=Box(0, 0, frame.width, frame.height))
    marks = [box for mark in view.panel.marks for box in mark_boxes(inside, mark)]
    boxes = [letters.box for letters in view.letters]
    pairs = itertools.combinations(boxes, 2)
    return any(one.meets(other) for one, other in pairs) or any(box.meets(mark) for box in boxes for mark in marks)


def mark_boxes(view: View, mark: AnyMark) -> Iterator[Box]:
    """What a mark covers, but for lines and bands, which cross a panel."""
    match mark:
        case Bar():
            ends = [(0.0, mark.at - mark.width / 2), (mark.end, mark.at + mark.width / 2)]
            yield _around([end if mark.along == "x" else end[::-1] for end in ends], view, 0.0)
        case Whisker():
            ends = [(mark.low, mark.at), (mark.high, mark.at)]
            yield _around([end if mark.along == "x" else end[::-1] for end in ends], view, _MARK, mark.along)
        case Dot() | Cross():
            yield _around([(mark.x, mark.y)], view, _MARK)


def _around(places: Sequence[tuple[float, ...]], view: View, room: float, along: str = "") -> Box:
    points = [view.place(x, y) for x, y in places]
    (left, bottom), (right, top) = (tuple(map(pick, zip(*points, strict=True))) for pick in (min, max))
    aside, up = room * (along != "x"), room * (along != "y")
    return Box(left - aside, bottom - up, right - left + 2 * aside, top - bottom + 2 * up)


def _with_cells(views: Sequence[View]) -> tuple[View, ...]:
    """Texts of all cells at one size: their lines one above the other, side by side, or in short."""
    cells = [[mark for mark in view.panel.marks if isinstance(mark, Cell)] for view in views]
    stacked: list[tuple[tuple[str, ...], ...]] = [tuple(cell.said for cell in own) for own in cells]
    joined: list[tuple[tuple[str, ...], ...]] = [tuple((" ".join(cell.said),) for cell in own) for own in cells]
    short: list[tuple[tuple[str, ...], ...]] = [tuple((cell.short,) for cell in own) for own in cells]
    said = max((stacked, joined), key=lambda one: _cell_size(views, one))
    said = said if _cell_size(views, said) >= _LEAST_ROW else short
    size = _cell_size(views, said)
    readable = size >= _LEAST_ROW
    return tuple(replace(v, cells=s if readable else (), cell_size=size) for v, s in zip(views, said, strict=True))


def _cell_size(views: Sequence[View], said: Sequence[Sequence[tuple[str, ...]]]) -> float:
    """The largest size at which every cell holds its lines."""
    size = float(TEXT_POINTS)
    for view, cells in zip(views, said, strict=True):
        width, height = view.frame.width * abs(_unit(view.panel.x)), view.frame.height * abs(_unit(view.panel.y))
        for lines in cells:
            if any(lines):
                size = min(size, 0.88 * width / _wide(lines, 1.0), 0.9 * height / (1.12 * len(lines)))
    return size


def _unit(axis: Axis) -> float:
    """What one unit of it is, as a share of its length."""
    return 1 / (axis.high - axis.low)
