"""Which figures a study has, computed: those that it names, or what suits its grid."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from bn_study.analysis.axis import axis_paths
from bn_study.analysis.results import Results
from bn_study.config.figure import (
    AxisFigure,
    BarsFigure,
    CurvesFigure,
    FigureSpec,
    GapFigure,
    HeatmapFigure,
    ParallelFigure,
    ProbeFigure,
    StepTimeFigure,
)
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.against_axis import against_axis
from bn_study.presentation.figures.arm_style import arm_styles
from bn_study.presentation.figures.bars import bars
from bn_study.presentation.figures.curves import curves
from bn_study.presentation.figures.evidence import evidence
from bn_study.presentation.figures.gap import gap
from bn_study.presentation.figures.grid_point import MOST_PANELS, grid_points
from bn_study.presentation.figures.heatmap import heatmap
from bn_study.presentation.figures.panel import Figure
from bn_study.presentation.figures.parallel import parallel
from bn_study.presentation.figures.probe import probe
from bn_study.presentation.figures.published import published
from bn_study.presentation.figures.step_time import step_time

#: What computes each kind: (results, the study's wish) → figures.
_KINDS: dict[type[Any], Callable[[Results, Any], Iterable[Figure]]] = {
    CurvesFigure: curves,
    BarsFigure: bars,
    AxisFigure: against_axis,
    HeatmapFigure: heatmap,
    StepTimeFigure: step_time,
    GapFigure: gap,
    ParallelFigure: parallel,
    ProbeFigure: probe,
}

_ACCURACIES = CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy"))
_AXIS = AxisFigure(kind="axis", metrics=("last_validation_accuracy",))
_TIMES = AxisFigure(kind="axis", metrics=("train_seconds",))
_HEATMAP = HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",))
_GAP, _STEP_TIME = GapFigure(kind="gap"), StepTimeFigure(kind="step_time")
_BY_AXES: tuple[tuple[FigureSpec, ...], ...] = (
    (
        _ACCURACIES,
        CurvesFigure(kind="curves", metrics=("train_loss", "validation_loss")),
        CurvesFigure(kind="curves", metrics=("validation_accuracy",), against="seconds"),
        BarsFigure(kind="bars", metrics=("last_validation_accuracy", "best_validation_accuracy")),
        _GAP,
        _STEP_TIME,
    ),
    (_AXIS, _TIMES, _ACCURACIES, _GAP, _STEP_TIME),
    (_HEATMAP, _AXIS, _ACCURACIES),
    (_AXIS, _HEATMAP),
    (ParallelFigure(kind="parallel", metrics=("last_validation_accuracy", "train_seconds")), _AXIS),
)


def figures_of(results: Results) -> tuple[Figure, ...]:
    """Those that the study names, or what suits its grid; the evidence where seeds are added; what was published."""
    wanted = results.plan.source.study.figures or default_figures(results.plan)
    return computed(results, wanted, (*evidence(results), *published(results)))


def computed(results: Results, wanted: Iterable[FigureSpec], more: Iterable[Figure] = ()) -> tuple[Figure, ...]:
    """Every figure with a name of its own, the styles of the arms, and the runs that it is drawn from."""
    asked = itertools.chain.from_iterable(_KINDS[type(figure)](results, figure) for figure in wanted)
    same: dict[str, Any] = {"styles": arm_styles(results.plan.source.study.arms), "run_ids": results.finished}
    return tuple(replace(one, **same) for one in _named_apart([*asked, *more]))


def default_figures(plan: Plan) -> tuple[FigureSpec, ...]:
    """By how many axes the grid has; small multiples only where one figure holds them."""
    suitable = _BY_AXES[min(len(axis_paths(plan)), len(_BY_AXES) - 1)]
    if len(grid_points(plan)) <= MOST_PANELS:
        return suitable
    return tuple(one for one in suitable if isinstance(one, (AxisFigure, HeatmapFigure, ParallelFigure)))


def _named_apart(drawn: Iterable[Figure]) -> Iterator[Figure]:
    """Figures of the same metrics, with other titles say, do not overwrite each other; equal ones are one."""
    taken: set[str] = set()
    once = {repr(figure): figure for figure in drawn}  # by text, for NaN is not equal to itself
    for figure in once.values():
        names = itertools.chain([figure.name], (f"{figure.name}_{n}" for n in itertools.count(2)))
        name = next(name for name in names if name not in taken)
        taken.add(name)
        yield replace(figure, name=name)
