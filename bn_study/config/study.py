"""Study: which question is asked. Arms, axes, seeds and profiles are changes to one base recipe."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from bn_study.config.frozen import Count, Frozen, NotNegative
from bn_study.config.problem import contradiction


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """A value given twice would count one run as two."""
    seen = set()
    for value in values:
        key = json.dumps(value, sort_keys=True) if isinstance(value, (dict, tuple)) else value
        if key in seen:
            raise ValueError(f"the value {str(value)[:40]} stands twice")
        seen.add(key)
    return values


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,59}$")]
DOTTED_PATH = r"^[a-z_0-9]+(\.[a-z_0-9]+)*$"
DottedPath = Annotated[str, Field(pattern=DOTTED_PATH)]
Patch = dict[DottedPath, Any]
_UNIQUE = Field(min_length=1, json_schema_extra={"uniqueItems": True})
Axis = Annotated[tuple[Any, ...], _UNIQUE, AfterValidator(_distinct)]
Seeds = Annotated[tuple[Annotated[int, Field(ge=0, lt=2**31)], ...], _UNIQUE, AfterValidator(_distinct)]
EpochMetricName = Literal[
    "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "learning_rate", "train_seconds",
    "images_per_second",
]  # fmt: skip
RunMetricName = Literal[
    "last_validation_accuracy", "best_validation_accuracy", "last_train_accuracy", "last_train_loss",
    "last_validation_loss", "generalization_gap", "reestimated_validation_accuracy", "step_seconds", "train_seconds",
    "epochs_to_accuracy", "steps_to_accuracy", "seconds_to_accuracy", "parameters", "forward_flops",
]  # fmt: skip


class Published(Frozen):
    """One number that a source printed. `uncertainty` is its ±, in the number's own unit."""

    id: str = Field(description="row in the table of published numbers, for walking back to the source")
    arm: Name
    at: Patch = Field(default_factory=dict, description="the grid point, for example {training.batch_size: 250}")
    metric: Literal[EpochMetricName, RunMetricName]
    epoch: Count | None = Field(None, description="for a number of one epoch, counted from 1")
    value: float
    uncertainty: NotNegative = 0.0
    same_data: bool = Field(True, description="false: other data, so only sign and size of gaps carry over")
    source: str | None = Field(None, description="where it stands, if not in the study's own source")


class Comparison(Frozen):
    """`arm` compared with `with`: the claim expects the metric to be lower or higher, by more than `margin`."""

    model_config = ConfigDict(populate_by_name=False)

    arm: Name
    with_arm: Name = Field(alias="with")
    expect: Literal["lower", "higher"]
    margin: NotNegative = 0.0


class Claim(Frozen):
    """A sentence of the source as a testable statement, written before the runs."""

    id: Name
    says: str
    metric: RunMetricName
    accuracy: Annotated[float, Field(gt=0.0, lt=1.0)] | None = Field(
        None, description="the validation accuracy to reach, for the *_to_accuracy metrics"
    )
    compare: Comparison

    @model_validator(mode="after")
    def _accuracy_where_it_is_needed(self) -> Self:
        needed = self.metric.endswith("_to_accuracy")
        if needed and self.accuracy is None:
            message = f"`metric: {self.metric}` needs `accuracy:`, the validation accuracy to reach"
            raise contradiction(message, "metric")
        if not needed and self.accuracy is not None:
            message = f"`accuracy` is only for metrics that end in _to_accuracy, not for {self.metric}"
            raise contradiction(message, "accuracy")
        return self


class CurvesFigure(Frozen):
    """Metrics against epoch or training time: mean over seeds with a 95 % t-interval band."""

    kind: Literal["curves"]
    metrics: Annotated[tuple[EpochMetricName, ...], Field(min_length=1)]
    against: Literal["epoch", "seconds"] = "epoch"
    title: str | None = None


class BarsFigure(Frozen):
    """One group of bars an arm, with t-intervals; `published` puts the source's numbers beside them."""

    kind: Literal["bars"]
    metrics: Annotated[tuple[RunMetricName, ...], Field(min_length=1)]
    published: bool = True
    title: str | None = None


Figure = Annotated[CurvesFigure | BarsFigure, Field(discriminator="kind")]


class Study(Frozen):
    """A study file. Later layers win: base < profile < arm < grid < --set."""

    title: str
    question: str
    source: str
    notes: str | None = Field(None, description="what differs from the publication, and why")
    base: str = Field(description="path of a complete run recipe, relative to this file")
    arms: Annotated[dict[Name, Patch], Field(min_length=1)] = Field(
        description="what is compared: name → changes by dotted path; the order is the order in every chart"
    )
    grid: dict[DottedPath, Axis] = Field(default_factory=dict, description="axes crossed with the arms")
    seeds: Seeds = Field(description="an axis too: arms of one seed see the same data in the same order")
    default_profile: Name | None = Field(None, description="used without --profile; null = the base as it stands")
    profiles: dict[Name, Patch] = Field(
        default_factory=dict, description="sizes of the study: changes by dotted path; also `seeds:` and `grid:`"
    )
    published: tuple[Published, ...] = ()
    claims: tuple[Claim, ...] = ()
    figures: tuple[Figure, ...] = ()
