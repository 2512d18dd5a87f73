"""FigureSpec: what a study wants drawn. One entry of its `figures:` block, told apart by `kind`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bn_study.config.frozen import Frozen
from bn_study.config.metric import EpochMetricName, RunMetricName
from bn_study.config.path import DottedPath


def _different(axes: tuple[str, str]) -> tuple[str, str]:
    if axes[0] == axes[1]:
        raise ValueError("two different axes are meant")
    return axes


def _rising(ends: tuple[float, float]) -> tuple[float, float]:
    if not ends[0] < ends[1]:
        raise ValueError("the lower end first, the higher one second")
    return ends


RunMetrics = Annotated[tuple[RunMetricName, ...], Field(min_length=1)]


class CurvesFigure(Frozen):
    """Metrics against epoch or training time: mean over seeds with a 95 % t-interval band; one panel a metric."""

    kind: Literal["curves"]
    metrics: Annotated[tuple[EpochMetricName, ...], Field(min_length=1)]
    against: Literal["epoch", "seconds"] = "epoch"
    y_scale: Literal["linear", "log"] = "linear"
    y_range: Annotated[tuple[float, float], AfterValidator(_rising)] | None = Field(
        None, description="ends of the y axis, in the unit that is shown (percent); null = what the numbers need"
    )
    title: str | None = None


class BarsFigure(Frozen):
    """One group of bars an arm, with t-intervals; `published` puts the source's numbers beside them."""

    kind: Literal["bars"]
    metrics: RunMetrics
    published: bool = True
    title: str | None = None


class AxisFigure(Frozen):
    """Each metric against one axis of the grid, one line or bar an arm; the other axes become panels.

    Diverged runs are marked where they would stand; logarithmic from one decade on.
    """

    kind: Literal["axis"]
    metrics: RunMetrics
    against: DottedPath | None = Field(None, description="dotted path of an axis; null = the first of the grid")
    mark: Literal["lines", "bars"] = "lines"
    second_metric: RunMetricName | None = Field(
        None, description="as dashed lines on an axis of its own, on the right: train_seconds, for one"
    )
    published: bool = True
    title: str | None = None


class HeatmapFigure(Frozen):
    """Each metric over two axes of the grid, one panel an arm, with the number in every cell."""

    kind: Literal["heatmap"]
    metrics: RunMetrics
    axes: Annotated[tuple[DottedPath, DottedPath], AfterValidator(_different)] | None = Field(
        None, description="across and down; null = the first two of the grid"
    )
    title: str | None = None


class StepTimeFigure(Frozen):
    """Median time of a training step by arm, with its ratio to the first arm."""

    kind: Literal["step_time"]
    title: str | None = None


class GapFigure(Frozen):
    """Training and validation accuracy at the end, both in inference mode, and the gap between them, by arm."""

    kind: Literal["gap"]
    title: str | None = None


class ParallelFigure(Frozen):
    """Parallel coordinates: one line an arm and grid point through every axis of the grid and every metric."""

    kind: Literal["parallel"]
    metrics: RunMetrics
    title: str | None = None


FigureSpec = Annotated[
    CurvesFigure | BarsFigure | AxisFigure | HeatmapFigure | StepTimeFigure | GapFigure | ParallelFigure,
    Field(discriminator="kind"),
]
