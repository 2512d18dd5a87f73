"""Claim: a sentence of the source as a testable statement, written before the runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from bn_study.config.frozen import Count, Fraction, Frozen, NotNegative
from bn_study.config.metric import (
    ACCURACIES,
    CLAIM_METRICS,
    ClaimMetricName,
    DivergedAs,
    NearBest,
    RunMetricName,
    Spread,
    needing,
)
from bn_study.config.path import DottedPath, Name, Patch
from bn_study.config.problem import contradiction

_OWN_ARGUMENT = {
    "accuracy": "the validation accuracy to reach",
    "within": "how far below the best accuracy still counts as near it",
}


Expect = Literal["lower", "higher", "not_lower", "not_higher"]


class Expectation(Frozen):
    """A difference is expected to be lower or higher than 0, by more than `margin`.

    `not_lower` and `not_higher` say that one does as well as the other: it is not worse by as much as `margin`
    (non-inferiority), which no absence of a difference can show without a margin.
    """

    expect: Expect
    margin: NotNegative = 0.0

    @model_validator(mode="after")
    def _as_good_needs_a_margin(self) -> Self:
        if self.expect in ("not_lower", "not_higher") and self.margin == 0.0:
            raise contradiction(f"`expect: {self.expect}` needs a `margin` above 0: how much worse is still as good")
        return self

    @property
    def side(self) -> Literal["lower", "higher"]:
        """Where the difference is to lie, seen from `bound`."""
        return "higher" if self.expect in ("higher", "not_lower") else "lower"

    @property
    def bound(self) -> float:
        """What the difference is to exceed, counted towards `side`: below 0 where as good is good enough."""
        return -self.margin if self.expect.startswith("not_") else self.margin


class Comparison(Expectation):
    """`arm` compared with `with`: how much lower or higher the metric is."""

    model_config = ConfigDict(populate_by_name=False)

    arm: Name
    with_arm: Name = Field(alias="with")
    each_at_its_best: DottedPath | None = Field(
        None,
        description="an axis: each arm, in each seed, at the value where its last accuracy on held-out images is best",
    )


class Peak(Expectation):
    """Along `axis`, `arm` is at its best between two values, ends included.

    One value inside does better than every tested value outside by more than `margin`; with `expect:
    not_lower`, it does as well as any of them.
    """

    arm: Name
    axis: DottedPath
    between: tuple[float, float]
    expect: Literal["higher", "not_lower"] = "higher"

    @model_validator(mode="after")
    def _from_low_to_high(self) -> Self:
        if self.between[0] > self.between[1]:
            raise contradiction("`between` names the lower end first", "between")
        return self


class Interaction(Expectation):
    """The difference between two arms changes along `axis`.

    The first arm minus the second, at the second value of `between`, is lower or higher than at the first.
    """

    arms: tuple[Name, Name]
    axis: DottedPath
    between: tuple[Any, Any]

    @model_validator(mode="after")
    def _two_of_each(self) -> Self:
        if self.arms[0] == self.arms[1]:
            raise contradiction("`arms` names one arm twice", "arms")
        if self.between[0] == self.between[1]:
            raise contradiction("`between` names one value twice", "between")
        return self


class Value(Frozen):
    """What is measured in `arm` itself is lower or higher `than` a number, or lies `between` two."""

    arm: Name
    expect: Literal["lower", "higher"] | None = None
    than: float | None = None
    between: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _one_bound_or_two(self) -> Self:
        if (self.than is None) == (self.between is None):
            raise contradiction("`value` names one number, `than`, or two, `between`", "than", "between")
        if (self.than is None) != (self.expect is None):
            raise contradiction("`expect: lower` or `higher` belongs to `than`, and `between` needs none", "expect")
        if self.between and self.between[0] >= self.between[1]:
            raise contradiction("`between` names the lower end first", "between")
        return self

    @property
    def expectation(self) -> Expectation:
        """Of the value minus the number; of two, of how far inside of either it lies."""
        return Expectation(expect=self.expect or "higher")


class Correlation(Frozen):
    """In each seed, by rank (Spearman), the metric goes with `with_metric` over the runs of that seed."""

    with_metric: RunMetricName
    within: Literal["arms", "all"] = Field(
        description="arms: over the grid points of each arm, then the mean over arms; all: over all runs"
    )
    arms: Annotated[tuple[Name, ...], Field(min_length=1)] | None = Field(None, description="null = every arm")
    expect: Literal["positive", "negative"]
    margin: Fraction = 0.0

    @property
    def expectation(self) -> Expectation:
        """Of the rank correlation, which is 0 where neither says anything of the other."""
        return Expectation(expect="higher" if self.expect == "positive" else "lower", margin=self.margin)


class AtLeast(Frozen):
    """Of the grid points that a claim speaks of, it holds at `points` or more."""

    points: Count
    along: DottedPath | None = Field(None, description="count the values of this axis; null = every grid point")


class Claim(Frozen):
    """Judged once, for one metric.

    By `compare` (two arms), `peak` (one arm along an axis), `interaction` (how two arms differ, along an axis),
    `value` (one arm against a number) or `correlate` (two metrics of the same runs).
    """

    id: Name = Field(description="what files know the claim by")
    says: str = Field(description="the sentence that is judged")
    source: str | None = Field(None, description="where the sentence stands, if not in the study's own source")
    metric: ClaimMetricName = Field(description="what is measured of each run")
    accuracy: Annotated[float, Field(gt=0.0, lt=1.0)] | None = Field(
        None, description="the validation accuracy to reach, for the *_to_accuracy metrics"
    )
    within: Annotated[float, Field(ge=0.0, lt=1.0)] | None = Field(
        None, description="for learning_rates_near_best: how far below the best accuracy still counts, as a fraction"
    )
    at: Patch = Field(default_factory=dict, description="grid points it speaks of; without it, the mean over the grid")
    diverged_counts_as: Literal["last", "chance"] | None = Field(
        None,
        description="the accuracy of a diverged run: the last it recorded, or 1 / classes; null = the run is left out",
    )
    clock: Literal["cpu", "wall"] | None = Field(
        None, description="of a time: null = CPU time where every run computed with one thread of a CPU, else wall time"
    )
    compare: Comparison | None = None
    peak: Peak | None = None
    interaction: Interaction | None = None
    value: Value | None = None
    correlate: Correlation | None = None
    at_every: DottedPath | None = Field(
        None, description="an axis: what `compare` or `value` says holds at each of its values, not only in the mean"
    )
    at_least: AtLeast | None = Field(None, description="what `compare` or `value` says holds at so many grid points")

    @model_validator(mode="after")
    def _one_statement(self) -> Self:
        statements = ("compare", "peak", "interaction", "value", "correlate")
        if sum(getattr(self, name) is not None for name in statements) != 1:
            named = ", ".join(f"`{name}:`" for name in statements)
            raise contradiction(f"a claim has one of {named}", *statements)
        if self.compare and self.compare.arm == self.compare.with_arm:
            raise contradiction("`compare` names one arm twice", "compare")
        if self.peak and self.metric not in ACCURACIES:
            raise contradiction(f"`peak` is only for accuracies, not for {self.metric}", "peak")
        return self

    @model_validator(mode="after")
    def _a_clock_for_times(self) -> Self:
        if self.clock and not CLAIM_METRICS[self.metric].cpu:
            raise contradiction(f"`clock` is for times, not for {self.metric}", "clock")
        return self

    @model_validator(mode="after")
    def _over_points(self) -> Self:
        named = [name for name in ("at_every", "at_least") if getattr(self, name) is not None]
        if len(named) > 1:
            raise contradiction("`at_every` and `at_least` say two things; make two claims", *named)
        if named and not self.compare and not (self.value and self.value.than is not None):
            raise contradiction(f"`{named[0]}` is only for `compare` and for `value` with `than`", *named)
        plain = self.compare is not None and not (named or self.compare.each_at_its_best)
        if self.is_of_an_axis and not plain:
            raise contradiction(f"{self.metric} is of the whole axis already: only a plain `compare` fits it", "metric")
        return self

    @model_validator(mode="after")
    def _chosen_and_read_on_other_images(self) -> Self:
        if self.compare and self.compare.each_at_its_best and CLAIM_METRICS[self.metric].of_validation_images:
            message = f"`each_at_its_best` chooses on the images that {self.metric} is read on; use test_accuracy"
            raise contradiction(message, "metric")
        return self

    @model_validator(mode="after")
    def _two_metrics_of_runs(self) -> Self:
        if self.correlate and CLAIM_METRICS[self.correlate.with_metric].needs:
            message = f"{self.correlate.with_metric} takes an argument; name it as `metric`, the other as `with_metric`"
            raise contradiction(message, "correlate")
        if self.correlate and self.correlate.with_metric == self.metric:
            raise contradiction("`correlate` names one metric twice", "correlate")
        return self

    @model_validator(mode="after")
    def _arguments_where_they_are_needed(self) -> Self:
        self._argument("accuracy")
        self._argument("within")
        if self.diverged_counts_as and not ACCURACIES.intersection(self.metrics):
            raise contradiction(f"`diverged_counts_as` is for accuracies, not for {self.metric}", "diverged_counts_as")
        return self

    def _argument(self, name: Literal["accuracy", "within"]) -> None:
        given, needed = getattr(self, name) is not None, CLAIM_METRICS[self.metric].needs == name
        if needed and not given:
            message = f"`metric: {self.metric}` needs `{name}:`, {_OWN_ARGUMENT[name]}"
            raise contradiction(message, "metric")
        if given and not needed:
            raise contradiction(f"`{name}` is only for {', '.join(needing(name))}, not for {self.metric}", name)

    @property
    def argument(self) -> float | None:
        """What its metric needs to be defined."""
        return self.accuracy if self.within is None else self.within

    @property
    def diverged_as(self) -> DivergedAs | None:
        """What a diverged run counts as, by the metric or as the claim says; None: it has no value, or is one."""
        match CLAIM_METRICS[self.metric].diverged:
            case "as claimed":
                return self.diverged_counts_as
            case "chance" | "later" | "largest" as always:
                return always
        return None

    @property
    def is_of_an_axis(self) -> bool:
        """Whether its metric is one number of all learning rates."""
        return isinstance(CLAIM_METRICS[self.metric].source, NearBest)

    @property
    def is_of_a_mean(self) -> bool:
        """Whether several grid points enter as their mean."""
        of_points = self.at_every or self.at_least or self.is_of_an_axis
        return bool(self.compare or self.value) and not of_points

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that it speaks of: its own first."""
        return (self.metric, self.correlate.with_metric) if self.correlate else (self.metric,)

    @property
    def spread(self) -> Spread:
        """How what is judged differs between seeds: a correlation freely, all else as the metric does."""
        return "continuous" if self.correlate else CLAIM_METRICS[self.metric].spread

    @property
    def expectation(self) -> Expectation:
        """What is expected of what is judged in each seed."""
        if stated := self.value or self.correlate:
            return stated.expectation
        expected = self.compare or self.peak or self.interaction
        assert expected is not None
        return expected

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms that it speaks of: the expected one first; none where it speaks of every arm."""
        if self.value:
            return (self.value.arm,)
        if self.correlate:
            return self.correlate.arms or ()
        if self.compare:
            return self.compare.arm, self.compare.with_arm
        if self.interaction:
            return self.interaction.arms
        assert self.peak is not None
        return (self.peak.arm,)
