"""Story: the findings in the order in which they are told, a scene each. What a study has no data for has no scene."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bn_study.analysis.axis import axis_paths
from bn_study.analysis.published import BesidePublished, PublishedScore
from bn_study.analysis.results import Results
from bn_study.analysis.verdict import Verdict
from bn_study.config.claim import Claim
from bn_study.config.figure import AxisFigure, BarsFigure, CurvesFigure, GapFigure, StepTimeFigure
from bn_study.config.metric import CLAIM_METRICS, RUN_METRICS, Metric, TimeToAccuracy
from bn_study.presentation.figures.against_axis import against_axis
from bn_study.presentation.figures.arm_style import arm_styles
from bn_study.presentation.figures.bars import bars
from bn_study.presentation.figures.curves import curves
from bn_study.presentation.figures.forest import Row, forest
from bn_study.presentation.figures.gap import gap
from bn_study.presentation.figures.marks import Dot, Line
from bn_study.presentation.figures.panel import Figure, Panel
from bn_study.presentation.figures.quantity import claimed_accuracies
from bn_study.presentation.figures.seeds import seeds
from bn_study.presentation.figures.slope import slope
from bn_study.presentation.figures.step_time import step_time
from bn_study.presentation.words.beside import score_text, score_title
from bn_study.presentation.words.headline import claim_names, headline, spoken_together
from bn_study.presentation.words.number import scale_of
from bn_study.presentation.words.verdict import how_judged, marked, verdict_sentence
from bn_study.presentation.words.wording import sentence

Topic = Literal["claimed", "speed", "accuracy", "over-fitting", "cost", "published", "verdicts"]
_ACCURACY, _GAP, _STEP = "last_validation_accuracy", "generalization_gap", "step_seconds"
_MOST_ROWS = 5  # claims on a slide, their sentences in full


@dataclass(frozen=True)
class Scene:
    """One slide: a title that says what was found, what shows it, and what is said of it.

    `spoken`: two sentences. `where`: the numbers' places in findings.json.
    """

    topic: Topic
    title: str
    figure: Figure
    spoken: tuple[str, ...]
    if_asked: tuple[str, ...]
    where: tuple[str, ...]


@dataclass(frozen=True)
class Material:
    """What scenes are made of; `verdicts` name arms by their labels."""

    results: Results
    verdicts: tuple[Verdict, ...]
    beside: tuple[BesidePublished, ...]
    score: PublishedScore
    tally: str

    @property
    def has_grid(self) -> bool:
        """Whether there is an axis to draw against."""
        return bool(axis_paths(self.results.plan))


def story(found: Material) -> tuple[Scene, ...]:
    """What claims are about, speed, accuracy or grid, over-fitting, cost, published numbers, verdicts.

    None before a run has finished.
    """
    told = (_claimed, _speed, _accuracy, _grid, _over_fitting, _cost, _published, _verdicts)
    results = found.results
    scenes = itertools.chain.from_iterable(one(found) for one in told) if results.finished else ()
    same: dict[str, Any] = {"styles": arm_styles(results.plan.source.study.arms), "run_ids": results.finished}
    return tuple(replace(scene, figure=replace(scene.figure, **same)) for scene in scenes)


def topic_of(claim: Claim) -> Topic | None:
    """The scene that a claim belongs to; None for what only the verdicts show."""
    metric: Metric = CLAIM_METRICS[claim.metric]
    if isinstance(metric.source, TimeToAccuracy):
        return "speed"
    if claim.metric == _GAP:
        return "over-fitting"
    if metric.is_of_the_machine or metric.spread == "none":
        return "cost"
    if claim.metric not in RUN_METRICS:
        return None
    return "accuracy" if metric.is_accuracy else "claimed"


def _scene(found: Material, topic: Topic, figure: Figure, seen: str, where: Sequence[str], metric: str = "") -> Scene:
    """With title and words of the topic's verdicts, of one `metric` if that is named; `seen`: where to look."""
    own = [(place, one) for place, one in enumerate(found.verdicts)
           if topic_of(one.claim) == topic and metric in ("", one.claim.metric)]  # fmt: skip
    own.sort(key=lambda pair: pair[1].outcome == "undecided")  # the decided ones are spoken of
    said = [sentence(verdict_sentence(one)) for _, one in own]
    aloud = filter(None, (seen, spoken_together([one for _, one in own])))
    return Scene(
        topic, headline([one for _, one in own], figure.title), figure, tuple(aloud), (*said, *figure.caption),
        (*(f"claims[{place}].verdict" for place, _ in own), *where),
    )  # fmt: skip


def _claimed(found: Material) -> Iterator[Scene]:
    """Every other quantity that a claim is about, as what probes see in a net: such a study is about it."""
    for metric in dict.fromkeys(one.claim.metric for one in found.verdicts if topic_of(one.claim) == "claimed"):
        if found.has_grid:
            drawn = against_axis(found.results, AxisFigure(kind="axis", metrics=(metric,)))
        else:
            drawn = seeds(found.results, metric)
        for figure in drawn:
            seen = f"What is shown is the {figure.title[:1].lower()}{figure.title[1:]}."
            yield _scene(found, "claimed", figure, seen, [f"points[*].summary.intervals.{metric}"], metric)


def _speed(found: Material) -> Iterator[Scene]:
    """Without a grid: the curves with every level that a claim names, beside what it took to get there."""
    metrics = dict.fromkeys(one.claim.metric for one in found.verdicts if topic_of(one.claim) == "speed")
    for metric in metrics:
        if found.has_grid:
            drawn = against_axis(found.results, AxisFigure(kind="axis", metrics=(metric,)))
        else:
            drawn = bars(found.results, BarsFigure(kind="bars", metrics=(metric,), published=False))
        for figure in drawn:
            shown = figure if found.has_grid else _with_curves(found.results, figure, metric)
            seen = "Look at when each arm reaches the accuracy that the claim names."
            yield _scene(found, "speed", shown, seen, ["reachings[*]"], metric)


def _with_curves(results: Results, figure: Figure, metric: str) -> Figure:
    """The curves stand left, over epochs or, where the claim is about time, over that; the bars' axis has the unit."""
    against: Literal["epoch", "seconds"] = "seconds" if RUN_METRICS[metric].unit == "s" else "epoch"
    (drawn,) = curves(results, CurvesFigure(kind="curves", metrics=("validation_accuracy",), against=against))
    panels = [_with_levels(panel, claimed_accuracies(results.plan)) for panel in drawn.panels]
    bar_panels = [replace(panel, x=replace(panel.x, label=scale_of(metric).unit)) for panel in figure.panels]
    dashed = "Dashed: the accuracy to be reached."
    return replace(
        figure, panels=(*panels, *bar_panels), columns=2, form="Line and bar chart", caption=(dashed, *figure.caption)
    )


def _with_levels(panel: Panel, accuracies: Sequence[float]) -> Panel:
    """A line across at each; the axis reaches them."""
    levels = [100 * accuracy for accuracy in accuracies]
    y = replace(panel.y, low=min(panel.y.low, *levels), high=max(panel.y.high, *levels))
    lines = (Line(look="hollow", x=(panel.x.low, panel.x.high), y=(one, one)) for one in levels)
    return replace(panel, y=y, marks=(*panel.marks, *lines))


def _accuracy(found: Material) -> Iterator[Scene]:
    claimed = [one.claim.metric for one in found.verdicts if topic_of(one.claim) == "accuracy"]
    for metric in () if found.has_grid else dict.fromkeys(claimed or [_ACCURACY]):
        for figure in seeds(found.results, metric):
            seen = "Each hollow mark is one run, and below it stands the arm's mean with its 95 % interval."
            yield _scene(found, "accuracy", figure, seen, [f"points[*].summary.intervals.{metric}"], metric)


def _grid(found: Material) -> Iterator[Scene]:
    """The accuracy against the first axis, with diverged runs as crosses and a ring around the best point."""
    claimed = [one.claim.metric for one in found.verdicts if topic_of(one.claim) == "accuracy"]
    for metric in dict.fromkeys(claimed or [_ACCURACY]) if found.has_grid else ():
        for figure in against_axis(found.results, AxisFigure(kind="axis", metrics=(metric,))):
            seen = "The ring marks the best mean of all, and crosses are runs that diverged."
            yield _scene(found, "accuracy", _ringed(figure), seen, [f"points[*].summary.intervals.{metric}"], metric)


def _ringed(figure: Figure) -> Figure:
    """With a ring around the highest point of all lines."""
    points = [(y, x, place, mark) for place, panel in enumerate(figure.panels) for mark in panel.marks
              if isinstance(mark, Line) for x, y in zip(mark.x, mark.y, strict=True) if math.isfinite(y)]  # fmt: skip
    if not points:
        return figure
    y, x, place, line = max(points, key=lambda point: point[0])
    ring = Dot(arm=line.arm, label=line.label, x=x, y=y, shape="ring", meaning="best mean")
    ringed = replace(figure.panels[place], marks=(*figure.panels[place].marks, ring))
    return replace(figure, panels=(*figure.panels[:place], ringed, *figure.panels[place + 1 :]))


def _over_fitting(found: Material) -> Iterator[Scene]:
    if found.has_grid:
        drawn = against_axis(found.results, AxisFigure(kind="axis", metrics=(_GAP,)))
    else:
        drawn = gap(found.results, GapFigure(kind="gap"))
    for figure in drawn:
        seen = "The longer the way from validation to training accuracy, the more the net over-fits."
        yield _scene(found, "over-fitting", figure, seen, [f"points[*].summary.intervals.{_GAP}"])


def _cost(found: Material) -> Iterator[Scene]:
    if found.has_grid:
        drawn = against_axis(found.results, AxisFigure(kind="axis", metrics=(_STEP,)))
    else:
        drawn = step_time(found.results, StepTimeFigure(kind="step_time"))
    for figure in drawn:
        seen = "This is what a step of training costs with each arm, on one machine."
        yield _scene(found, "cost", figure, seen, [f"points[*].summary.intervals.{_STEP}"])


def _published(found: Material) -> Iterator[Scene]:
    for figure in slope(found.results, found.beside):
        seen = "On the left stands what the source printed, on the right what was measured here."
        scene = _scene(found, "published", figure, seen, ["published[*].beside", "gaps[*]"])
        yield replace(scene, title=score_title(found.score), spoken=(seen, score_text(found.score)))


def _verdicts(found: Material) -> Iterator[Scene]:
    """A few claims a slide, those of one unit together; the words stand with the names, so no look needs any."""
    names = claim_names([one.claim for one in found.verdicts])
    rows = [Row(f"{marked(one)}: “{name}”", one) for name, one in zip(names, found.verdicts, strict=True)]
    pages = [list(forest("claims", "", rows[first : first + _MOST_ROWS])) for first in range(0, len(rows), _MOST_ROWS)]
    for figures in filter(None, pages):
        panels = tuple(_without_meanings(panel) for figure in figures for panel in figure.panels)
        figure = replace(figures[0], panels=panels)
        seen = "What lies right of zero, and of the stroke for the margin, is as the source claims."
        scene = _scene(found, "verdicts", figure, seen, ["claims[*].verdict"])
        yield replace(
            scene,
            title=found.tally.removesuffix("."),
            spoken=(seen, found.tally),
            if_asked=(how_judged(found.verdicts),),
        )


def _without_meanings(panel: Panel) -> Panel:
    return replace(panel, marks=tuple(replace(mark, meaning="") for mark in panel.marks))
