"""Probe: what was seen inside nets while they were trained: layer × time, by depth, against the step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bn_study.analysis.probing import Probing, probings
from bn_study.analysis.results import Results
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import ProbeFigure, TheoryLine
from bn_study.config.probes import ProbeQuantity
from bn_study.presentation.figures.grid_point import MOST_PANELS, GridPoint, columns_for, grid_points, pages
from bn_study.presentation.figures.heatmap import columns_of_cells
from bn_study.presentation.figures.marks import AnyMark, Band, Cell, Line
from bn_study.presentation.figures.panel import Axis, ColorScale, Figure, Panel, Tick, log_span, span
from bn_study.presentation.words.caption import caption, why_absent
from bn_study.presentation.words.number import Scale, in_full, number
from bn_study.presentation.words.wording import arm_index, arm_label, enumeration, sentence

_MOST_FIGURES = 4  # of one panel an arm: grid points
_MOST_NAMED = 10  # layers beside a heat map
_ZERO = -0.5  # where step 0 stands on a logarithmic axis: half a decade before step 1
_LAST_APART = 0.3  # decades from a power of ten to the last step, so that both have room
_LARGEST_LOG = 250.0  # two seeds that are far apart have an interval that no float holds
_NO_AXIS = Axis("", 0.0, 1.0, ticks=())
_DECADES, _PLAIN = Scale(1.0, "", 1), Scale(1.0, "", 2)


@dataclass(frozen=True)
class _Wish:
    """What is to be drawn, of which grid points."""

    results: Results
    figure: ProbeFigure
    points: tuple[GridPoint, ...]

    @property
    def arms(self) -> tuple[str, ...]:
        """Those that are asked for, in their order."""
        return self.figure.arms or tuple(self.results.plan.source.study.arms)

    def label(self, one: Probing) -> str:
        """What people read for its arm."""
        return arm_label(self.results.plan.source.study.label(one.arm), one.variant)

    def seen(self, quantity: ProbeQuantity) -> tuple[Probing, ...]:
        """Of these arms."""
        return tuple(one for one in probings(self.results, quantity) if one.arm in self.arms)

    def why_absent(self, point: GridPoint, arm: str | None = None) -> str:
        """Why there is nothing to draw there."""
        here = (one for one in self.results.summaries if one.axes == point.axes and arm in (None, one.arm))
        return why_absent(one.counts for one in here)

    def panel_title(self, point: GridPoint) -> str:
        """The grid point, where a figure has several."""
        return point.title if len(self.points) > 1 else ""

    def titled(self, own: str, point: GridPoint, *told_apart: str) -> str:
        """As the study names it, or its `own`; with what tells it from others, and a grid point that is alone."""
        alone = [point.title] * (len(self.points) == 1 or self.figure.view in ("heatmap", "bands"))
        behind = ", ".join(filter(None, (*told_apart, *alone)))
        return ": ".join(filter(None, (self.figure.title or sentence(own), behind)))

    def caption(self, *remarks: str, intervals: bool = True) -> tuple[str, ...]:
        """With what all these figures have to say."""
        logs = any(one.log for one in self.figure.drawn)
        diverged = any(one.counts["diverged"] for one in self.results.summaries)
        said = [
            "Means over seeds are those of logarithms." * logs,
            "Runs that diverged are in it as far as they were looked at." * diverged,
        ]
        return caption(self.results, filter(None, (*said, *remarks)), intervals)


def probe(results: Results, figure: ProbeFigure) -> Iterator[Figure]:
    """Cells and bands: a figure a quantity and grid point, one panel an arm. Else as learning curves are."""
    points = grid_points(results.plan, figure.at)
    yield from _VIEWS[figure.view](_Wish(results, figure, points)) if points else [_nowhere(figure)]


def _nowhere(figure: ProbeFigure) -> Figure:
    """In the place of a figure of grid points that the plan has not."""
    name = "_".join(("probe", figure.view, *figure.names))
    title = figure.title or sentence(enumeration([quantity.label for quantity in figure.drawn[:1]]))
    panel = Panel("", _NO_AXIS, _NO_AXIS, (), empty="this plan has no such grid point")
    return Figure("Line chart", name, title, (panel,), columns=1, caption=())


def _heat_maps(wish: _Wish) -> Iterator[Figure]:
    for name, quantity in zip(wish.figure.names, wish.figure.drawn, strict=True):
        seen = wish.seen(quantity)
        for point in wish.points[:_MOST_FIGURES]:
            here = [one for one in seen if one.axes == point.axes]
            means = [cell.value for one in here for cell in _cells(wish, one) if math.isfinite(cell.value)]
            across, down = max([1, *(len(one.steps) for one in here)]), max([1, *(len(one.of) for one in here)])
            yield Figure(
                form="Heat map",
                name=f"probe_heatmap_{name}",
                title=wish.titled(f"{quantity.label} by {quantity.of} and step", point, *_told_apart(wish, quantity)),
                panels=_arm_panels(wish, point, [(one.arm, _heat_panel(wish, one)) for one in here]),
                columns=columns_of_cells(min(len(wish.arms), MOST_PANELS), across, down),
                caption=wish.caption(*_left_out(wish), intervals=False),
                colors=ColorScale(_in_cells(quantity), min(means), max(means)) if means else None,
            )


def _told_apart(wish: _Wish, quantity: ProbeQuantity) -> list[str]:
    return [quantity.label] * bool(wish.figure.title and len(wish.figure.names) > 1)


def _heat_panel(wish: _Wish, one: Probing) -> Panel:
    steps = tuple(Tick(float(at), f"{step:,}") for at, step in enumerate(one.steps))
    every = math.ceil(len(one.of) / _MOST_NAMED)
    layers = tuple(Tick(float(at), _layer(one, at)) for at in range(0, len(one.of), every))
    x = Axis("step", -0.5, len(one.steps) - 0.5, ticks=steps)
    y = Axis(_depth(one.quantity), -0.5, len(one.of) - 0.5, ticks=layers)
    return Panel(wish.label(one), x, y, tuple(_cells(wish, one)))


def _cells(wish: _Wish, one: Probing) -> Iterator[Cell]:
    scale, label = _DECADES if one.quantity.log else _PLAIN, wish.label(one)
    for look, step in enumerate(one.steps):
        for layer, name in enumerate(one.of):
            value = one.at(look, layer)
            said = number(value.mean, scale) if math.isfinite(value.mean) else ""
            shown = f"{_in_cells(one.quantity)} {number(value.mean, _PLAIN)}, n = {value.n}"
            hover = f"{label}, {name}, step {step:,}: {shown}"
            yield Cell(x=look, y=layer, value=value.mean, said=(said,), short=said, hover=hover)


def _in_cells(quantity: ProbeQuantity) -> str:
    name = quantity.formula or quantity.label
    return f"log₁₀ {name}" if quantity.log else name


def _bands(wish: _Wish) -> Iterator[Figure]:
    """Of one layer: the last, unless another is asked for."""
    low, middle, high = (wish.seen(quantity) for quantity in wish.figure.drawn)
    place = wish.figure.layer or -1
    for point in wish.points[:_MOST_FIGURES]:
        here = [three for three in zip(low, middle, high, strict=True) if three[0].axes == point.axes]
        placed = [(three, layer) for three in here if (layer := _place(three[0], place)) is not None]
        bands = [(three[0], _band(wish, *three, layer)) for three, layer in placed]
        y = Axis(_named(wish.figure.drawn[0]), *span(end for _, (band, _) in bands for end in (*band.low, *band.high)))
        x = _step_axis([one for one, _ in bands])
        panels = [(one.arm, Panel(wish.label(one), x, y, marks)) for one, marks in bands]
        yield Figure(
            form="Percentiles against the step",
            name="probe_bands",
            title=wish.titled(f"inputs of {_nonlinearity(place)} while training", point),
            panels=_arm_panels(wish, point, panels),
            columns=columns_for(min(len(wish.arms), MOST_PANELS)),
            caption=wish.caption(
                "Line: median of z over units and 256 images; band: its 15th to 85th percentile.",
                *_left_out(wish),
                intervals=False,
            ),
        )


def _nonlinearity(place: int) -> str:
    if place == -1:
        return "the last nonlinearity"
    return f"nonlinearity {place}" if place > 0 else f"nonlinearity {-place} from the last"


def _band(wish: _Wish, low: Probing, middle: Probing, high: Probing, layer: int) -> tuple[Band, Line]:
    """Without a label, for the panel has the arm's name."""
    arm, x = arm_index(wish.results.plan, low.arm), tuple(map(_at, low.steps))
    ends = [[one.at(look, layer) for look in range(len(one.steps))] for one in (low, middle, high)]
    lowest, medians, highest = (tuple(value.mean for value in one) for one in ends)
    said = [[number(value, _PLAIN) for value in one] for one in (medians, lowest, highest)]
    hovers = tuple(
        f"{wish.label(low)}, step {step:,}: median {median}, 15 to 85 %: {least} to {most}"
        for step, median, least, most in zip(low.steps, *said, strict=True)
    )
    return Band(arm=arm, x=x, low=lowest, high=highest), Line(arm=arm, x=x, y=medians, hovers=hovers)


def _place(one: Probing, layer: int) -> int | None:
    """Of a layer counted from 1, or from the last as -1; None where there are not so many."""
    place = layer - 1 if layer > 0 else len(one.of) + layer
    return place if 0 <= place < len(one.of) else None


def _lines(wish: _Wish) -> Iterator[Figure]:
    """Profiles and curves: one panel a quantity where there is one grid point, else a figure a quantity."""
    named = dict(zip(wish.figure.names, wish.figure.drawn, strict=True))
    groups = [named] if len(wish.points) == 1 else [{name: quantity} for name, quantity in named.items()]
    for group in groups:
        drawn = {name: _drawn(wish, quantity) for name, quantity in group.items()}
        labels = enumeration([quantity.label for quantity in group.values()])
        own = sentence(f"{labels} {_against(wish, next(iter(group.values())))}")
        for page in pages(wish.points):
            panels = [_line_panel(wish, group[name], drawn[name], point) for name in group for point in page.points]
            yield Figure(
                form="Line chart",
                name=page.named("_".join(("probe", wish.figure.view, *group))),
                title=page.titled(wish.titled(own, page.points[0])),
                panels=tuple(panels),
                columns=columns_for(len(panels)),
                caption=wish.caption(*_over(wish, group.values()), *page.remarks),
            )


def _over(wish: _Wish, quantities: Iterable[ProbeQuantity]) -> list[str]:
    """What a number of a curve is of, where no layer is named."""
    if wish.figure.view != "curve" or wish.figure.layer is not None:
        return []
    words = {"mean": "Mean over {}s.", "largest": "Largest over {}s.", "slope": ""}
    return list(dict.fromkeys(words[one.over_layers].format(one.of.partition(" (")[0]) for one in quantities))


def _against(wish: _Wish, quantity: ProbeQuantity) -> str:
    if wish.figure.view == "profile":
        return f"by {quantity.of}, {'before the first step' if wish.figure.when == 'start' else 'at the end'}"
    return f"{f'of layer {wish.figure.layer} ' if wish.figure.layer else ''}against the step"


_Points = Mapping[float, tuple[str, Interval]]
"""x → where that is, in words, and the value there, in the quantity's unit"""


def _drawn(wish: _Wish, quantity: ProbeQuantity) -> dict[Probing, _Points]:
    """Points that have a value, of each arm and grid point that has some."""
    read = _profile if wish.figure.view == "profile" else _curve
    found = {one: read(wish, one) for one in wish.seen(quantity)}
    known = {
        one: {x: (where, _shown(one.quantity, v)) for x, (where, v) in points.items() if math.isfinite(v.mean)}
        for one, points in found.items()
    }
    return {one: points for one, points in known.items() if points}


def _line_panel(wish: _Wish, quantity: ProbeQuantity, drawn: Mapping[Probing, _Points], point: GridPoint) -> Panel:
    """All grid points have the same y axis, so that a glance across them compares."""
    here = {one: points for one, points in drawn.items() if one.axes == point.axes}
    marks = [mark for one, points in here.items() for mark in _line(wish, one, points)]
    theory = _theory(wish.figure.theory, here) if wish.figure.theory and here else []
    values = [value for points in drawn.values() for _, value in points.values()]
    ends = [end for one in values for end in (one.mean, one.low, one.high)]
    ends += [end for mark in theory for end in mark.y]
    y = Axis(_named(quantity), *(log_span(ends) if quantity.log else span(ends, quantity.least)), log=quantity.log)
    x = _depth_axis(here) if wish.figure.view == "profile" else _step_axis(drawn)
    return Panel(wish.panel_title(point), x, y, (*theory, *marks), empty="" if marks else wish.why_absent(point))


def _profile(wish: _Wish, one: Probing) -> _Points:
    look = 0 if wish.figure.when == "start" else -1
    return {at + 1.0: (name, one.at(look, at)) for at, name in enumerate(one.of)}


def _curve(wish: _Wish, one: Probing) -> _Points:
    layer = wish.figure.layer
    if layer is None:
        values = one.over_layers()
    elif (place := _place(one, layer)) is not None:
        values = tuple(one.at(look, place) for look in range(len(one.steps)))
    else:
        return {}
    return {_at(step): (f"step {step:,}", value) for step, value in zip(one.steps, values, strict=True)}


def _line(wish: _Wish, one: Probing, points: _Points) -> Iterator[AnyMark]:
    """The mean over its interval."""
    arm, label, x = arm_index(wish.results.plan, one.arm), wish.label(one), tuple(points)
    shown = [value for _, value in points.values()]
    if any(math.isfinite(value.low) for value in shown):
        low, high = tuple(value.low for value in shown), tuple(value.high for value in shown)
        yield Band(arm=arm, label=label, x=x, low=low, high=high)
    hovers = tuple(f"{label}, {where}: {in_full(value, _PLAIN)}" for where, value in points.values())
    yield Line(arm=arm, label=label, x=x, y=tuple(value.mean for value in shown), hovers=hovers)


def _shown(quantity: ProbeQuantity, value: Interval) -> Interval:
    """Of a logarithm the number itself, for a logarithmic axis."""
    if not quantity.log:
        return value
    ends = (value.mean, value.low, value.high)
    mean, low, high = (10**end for end in np.clip(ends, -_LARGEST_LOG, _LARGEST_LOG).tolist())
    return Interval(mean, low, high, value.n)


def _theory(theory: TheoryLine, drawn: Mapping[Probing, _Points]) -> list[Line]:
    """Across the panel: a value, or a slope through the last layer of the arm that it is about."""
    own = next((points for one, points in drawn.items() if theory.arm in (None, one.arm)), None)
    if own is None:
        return []
    x = (min(own), max(own))
    if theory.slope is None:
        y = (theory.value or 0.0, theory.value or 0.0)
    else:
        last, fall = own[x[1]][1].mean, theory.slope * (x[1] - x[0])
        y = (last / 10**fall if next(iter(drawn)).quantity.log else last - fall, last)
    return [Line(label=theory.says, meaning=theory.says, x=x, y=y)]


def _arm_panels(wish: _Wish, point: GridPoint, drawn: Sequence[tuple[str, Panel]]) -> tuple[Panel, ...]:
    """In the order of the arms; an arm that has none says why."""
    panels = []
    for arm in wish.arms:
        own = [panel for name, panel in drawn if name == arm]
        panels += own or [
            Panel(wish.results.plan.source.study.label(arm), _NO_AXIS, _NO_AXIS, (), empty=wish.why_absent(point, arm))
        ]
    return tuple(panels[:MOST_PANELS])


def _left_out(wish: _Wish) -> list[str]:
    points, arms = len(wish.points), len(wish.arms)
    return [
        *[f"The first {_MOST_FIGURES} of {points} grid points; `at` picks others."] * (points > _MOST_FIGURES),
        *[f"The first {MOST_PANELS} of {arms} arms; `arms` picks others."] * (arms > MOST_PANELS),
    ]


def _named(quantity: ProbeQuantity) -> str:
    """'gradient, RMS ∂L/∂z'."""
    return ", ".join(filter(None, (quantity.label, quantity.formula)))


def _depth(quantity: ProbeQuantity) -> str:
    return f"{quantity.of}, from the input" if quantity.is_by_depth else quantity.of


def _layer(one: Probing, at: int) -> str:
    return str(at + 1) if one.quantity.is_by_depth else one.of[at]


def _depth_axis(drawn: Iterable[Probing]) -> Axis:
    """With a name at every place where it is no number of a layer."""
    deepest = max(drawn, key=lambda one: len(one.of), default=None)
    if deepest is None:
        return _NO_AXIS
    named = tuple(Tick(at + 1.0, name) for at, name in enumerate(deepest.of))
    ticks = None if deepest.quantity.is_by_depth else named
    ends = (1.0, float(len(deepest.of)))
    return Axis(_depth(deepest.quantity), *span(ends), ticks=ticks, ticked=ends, whole=True)


def _at(step: int) -> float:
    """Where a step stands on a logarithmic axis that has a place for 0."""
    return math.log10(step) if step else _ZERO


def _step_axis(seen: Iterable[Probing]) -> Axis:
    last = max((step for one in seen for step in one.steps), default=1)
    decades = [10**power for power in range(math.floor(math.log10(max(1, last)) - _LAST_APART) + 1)]
    ticks = [Tick(_at(step), f"{step:,}") for step in dict.fromkeys((0, *decades, last))]
    return Axis("step", *span([_ZERO, _at(last)]), ticks=tuple(ticks), breaks=(_ZERO / 2,))


_VIEWS: dict[str, Callable[[_Wish], Iterator[Figure]]] = {
    "heatmap": _heat_maps, "bands": _bands, "profile": _lines, "curve": _lines,
}  # fmt: skip
