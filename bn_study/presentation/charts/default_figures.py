"""What is drawn for a study that names no figures."""

from __future__ import annotations

from bn_study.config.figure import (
    AxisFigure,
    BarsFigure,
    CurvesFigure,
    FigureSpec,
    GapFigure,
    HeatmapFigure,
    ParallelFigure,
    StepTimeFigure,
)

_ACCURACIES = CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy"))
_AXIS = AxisFigure(kind="axis", metrics=("last_validation_accuracy",))
_HEATMAP = HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",))
_GAP, _STEP_TIME = GapFigure(kind="gap"), StepTimeFigure(kind="step_time")

_WITHOUT_GRID: tuple[FigureSpec, ...] = (
    _ACCURACIES,
    CurvesFigure(kind="curves", metrics=("train_loss", "validation_loss")),
    CurvesFigure(kind="curves", metrics=("validation_accuracy",), against="seconds"),
    BarsFigure(kind="bars", metrics=("last_validation_accuracy", "best_validation_accuracy")),
    _GAP,
    _STEP_TIME,
)
_BY_AXES: tuple[tuple[FigureSpec, ...], ...] = (
    _WITHOUT_GRID,
    (_AXIS.model_copy(update={"second_metric": "train_seconds"}), _ACCURACIES, _GAP, _STEP_TIME),
    (_HEATMAP, _AXIS, _ACCURACIES),
    (_AXIS, _HEATMAP),
    (ParallelFigure(kind="parallel", metrics=("last_validation_accuracy", "train_seconds")), _AXIS),
)


def default_figures(axes: int) -> tuple[FigureSpec, ...]:
    """By how many axes the grid has: four or more are parallel coordinates first."""
    return _BY_AXES[min(axes, len(_BY_AXES) - 1)]
