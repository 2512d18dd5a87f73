"""Claim: a sentence of the source as a testable statement, written before the runs."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from bn_study.config.frozen import Frozen, NotNegative
from bn_study.config.metric import ACCURACIES, CLAIM_METRICS, ClaimMetricName, DivergedAs, needing
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


class Claim(Frozen):
    """Judged once, for one metric: either by `compare` (two arms) or by `peak` (one arm along an axis)."""

    id: Name
    says: str
    source: str | None = Field(None, description="where the sentence stands, if not in the study's own source")
    metric: ClaimMetricName
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
    compare: Comparison | None = None
    peak: Peak | None = None

    @model_validator(mode="after")
    def _one_statement(self) -> Self:
        if (self.compare is None) == (self.peak is None):
            raise contradiction("a claim has either `compare:` or `peak:`", "compare", "peak")
        if self.compare and self.compare.arm == self.compare.with_arm:
            raise contradiction("`compare` names one arm twice", "compare")
        if self.peak and self.metric not in ACCURACIES:
            raise contradiction(f"`peak` is only for accuracies, not for {self.metric}", "peak")
        return self

    @model_validator(mode="after")
    def _arguments_where_they_are_needed(self) -> Self:
        self._argument("accuracy")
        self._argument("within")
        if self.diverged_counts_as and self.metric not in ACCURACIES:
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
            case "chance" | "later" as always:
                return always
        return None

    @property
    def expectation(self) -> Expectation:
        """What is expected, of two arms or along an axis."""
        expected = self.compare or self.peak
        assert expected is not None
        return expected

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms that it speaks of: the expected one first."""
        if self.compare:
            return self.compare.arm, self.compare.with_arm
        assert self.peak is not None
        return (self.peak.arm,)
