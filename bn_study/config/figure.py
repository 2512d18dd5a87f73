"""FigureSpec: what a study wants drawn. One entry of its `figures:` block, told apart by `kind`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bn_study.config.frozen import Frozen
from bn_study.config.metric import EpochMetricName, RunMetricName
from bn_study.config.path import DottedPath, Name, Patch
from bn_study.config.probes import PERCENTILES, PROBE_QUANTITIES, ProbeQuantity, ProbeQuantityName
from bn_study.config.problem import ConfigError, Position, Problem, contradiction
from bn_study.config.source import Located, parse_yaml
from bn_study.config.validate import validated


def _different(axes: tuple[str, str]) -> tuple[str, str]:
    if axes[0] == axes[1]:
        raise ValueError("two different axes are meant")
    return axes


def _rising(ends: tuple[float, float]) -> tuple[float, float]:
    if not ends[0] < ends[1]:
        raise ValueError("the lower end first, the higher one second")
    return ends


RunMetrics = Annotated[tuple[RunMetricName, ...], Field(min_length=1, description="what is drawn")]


class CurvesFigure(Frozen):
    """Metrics against epoch or training time: mean over seeds with a 95 % t-interval band; one panel a metric."""

    kind: Literal["curves"]
    metrics: Annotated[tuple[EpochMetricName, ...], Field(min_length=1, description="what is drawn")]
    against: Literal["epoch", "seconds"] = "epoch"
    y_scale: Literal["linear", "log"] = "linear"
    y_range: Annotated[tuple[float, float], AfterValidator(_rising)] | None = Field(
        None, description="ends of the y axis, in the unit that is shown (percent); null = what the numbers need"
    )
    title: str | None = Field(None, description="null = one that is made from what is drawn")


class BarsFigure(Frozen):
    """One group of bars an arm, with t-intervals; `published` puts the source's numbers beside them."""

    kind: Literal["bars"]
    metrics: RunMetrics
    published: bool = Field(True, description="draw the numbers of the source beside what was measured")
    title: str | None = Field(None, description="null = one that is made from what is drawn")


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
    published: bool = Field(True, description="draw the numbers of the source beside what was measured")
    title: str | None = Field(None, description="null = one that is made from what is drawn")


class HeatmapFigure(Frozen):
    """Each metric over two axes of the grid, one panel an arm, with the number in every cell."""

    kind: Literal["heatmap"]
    metrics: RunMetrics
    axes: Annotated[tuple[DottedPath, DottedPath], AfterValidator(_different)] | None = Field(
        None, description="across and down; null = the first two of the grid"
    )
    title: str | None = Field(None, description="null = one that is made from what is drawn")


class StepTimeFigure(Frozen):
    """Median time of a training step by arm, with its ratio to the first arm."""

    kind: Literal["step_time"]
    title: str | None = Field(None, description="null = one that is made from what is drawn")


class GapFigure(Frozen):
    """Training and validation accuracy at the end, both in inference mode, and the gap between them, by arm."""

    kind: Literal["gap"]
    title: str | None = Field(None, description="null = one that is made from what is drawn")


class ParallelFigure(Frozen):
    """Parallel coordinates: one line an arm and grid point through every axis of the grid and every metric."""

    kind: Literal["parallel"]
    metrics: RunMetrics
    title: str | None = Field(None, description="null = one that is made from what is drawn")


class TheoryLine(Frozen):
    """What a theory says: a `value`; or a `slope` a layer, in decades of what spans decades, through an arm's last."""

    says: str = Field(description="for the legend")
    value: float | None = None
    slope: float | None = None
    arm: Name | None = Field(None, description="the arm through whose last layer a slope goes")

    @model_validator(mode="after")
    def _one_line(self) -> Self:
        if (self.value is None) == (self.slope is None) or (self.slope is None) != (self.arm is None):
            raise contradiction("a theory's line is a `value`, or a `slope` with the `arm` it goes through", "says")
        return self


class ProbeFigure(Frozen):
    """What probes saw inside the nets.

    heatmap: a quantity by layer and time, one panel an arm. profile: by layer, one line an arm, before the first step
    or at the end. curve: over layers against the step, one line an arm. bands: the 15th to the 85th percentile of one
    layer's inputs against the step, one panel an arm (Ioffe & Szegedy 2015, Fig. 1).
    """

    kind: Literal["probe"]
    view: Literal["heatmap", "profile", "curve", "bands"]
    quantities: Annotated[tuple[ProbeQuantityName, ...], Field(min_length=1)] | None = Field(
        None, description="null = gradient; bands takes none, for it draws percentiles"
    )
    arms: Annotated[tuple[Name, ...], Field(min_length=1)] | None = Field(None, description="null = every arm")
    at: Patch = Field(default_factory=dict, description="grid points to draw; {} = all")
    layer: int | None = Field(
        None,
        description="of curve and bands: 1 = next to the input, -1 = the last; null = over layers, of bands the last",
    )
    when: Literal["start", "end"] = Field("start", description="of a profile: before the first step, or at the end")
    theory: TheoryLine | None = None
    title: str | None = Field(None, description="null = one that is made from what is drawn")

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.view == "bands" and self.quantities:
            raise contradiction(
                "`view: bands` draws the percentiles of a layer's inputs: it takes no quantities", "view"
            )
        if "gradient_decay" in (self.quantities or ()) and self.view != "curve":
            raise contradiction("gradient_decay is of all layers: only `view: curve` fits it", "quantities", "view")
        if self.layer is not None and (self.layer == 0 or self.view not in ("curve", "bands")):
            raise contradiction(
                "`layer` is for curve and bands: 1, 2, … from the input, -1, -2, … from the loss", "layer"
            )
        if self.theory and (self.view not in ("profile", "curve") or (self.theory.arm and self.view == "curve")):
            raise contradiction("`theory` is for profile; for curve with a `value`", "theory")
        return self

    @property
    def drawn(self) -> tuple[ProbeQuantity, ...]:
        """The tables that it is drawn from."""
        return PERCENTILES if self.view == "bands" else tuple(PROBE_QUANTITIES[name] for name in self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """Of its quantities."""
        return ("activation_percentiles",) if self.view == "bands" else self.quantities or ("gradient",)


FigureSpec = Annotated[
    CurvesFigure | BarsFigure | AxisFigure | HeatmapFigure | StepTimeFigure | GapFigure | ParallelFigure | ProbeFigure,
    Field(discriminator="kind"),
]


class _Asked(Frozen):
    figure: FigureSpec


def figure_spec(kind: str, metrics: Sequence[str], options: Sequence[str]) -> FigureSpec:
    """One entry of `figures:` from the words of a command line; options are KEY=VALUE. Raises ConfigError."""
    where = "command line"
    fields = {"kind": parse_yaml(kind, where)}
    if metrics:
        fields["metrics"] = parse_yaml(f"[{', '.join(metrics)}]", where)
    for text in options:
        key, equals, value = text.partition("=")
        if not equals:
            raise ConfigError([Problem(Position(where, 1, 1), key, "an option is KEY=VALUE")])
        fields[key.strip()] = parse_yaml(value, where)
    start = Position(where, 1, 1)
    return validated(_Asked, Located({"figure": Located(fields, start, start)}, start)).figure
