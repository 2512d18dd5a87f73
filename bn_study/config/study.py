"""Study: which question is asked. Arms, axes, seeds and profiles are changes to one base recipe."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from bn_study.config.arm import Arm
from bn_study.config.claim import Claim
from bn_study.config.distinct import UNIQUE, distinct
from bn_study.config.figure import FigureSpec
from bn_study.config.frozen import Count, Frozen, NotNegative
from bn_study.config.metric import CLAIM_METRICS, AnyMetricName
from bn_study.config.path import DottedPath, Name, Patch
from bn_study.config.probes import Probes
from bn_study.config.problem import contradiction
from bn_study.config.seeds import Seeds, UntilDecided

Axis = Annotated[tuple[Any, ...], UNIQUE, AfterValidator(distinct)]


class Published(Frozen):
    """One number that a source printed. `uncertainty` is its ±, in the number's own unit."""

    id: str = Field(description="row in the table of published numbers, for walking back to the source")
    arm: Name
    at: Patch = Field(default_factory=dict, description="the grid point, for example {training.batch_size: 250}")
    metric: AnyMetricName
    epoch: Count | None = Field(None, description="for a number of one epoch, counted from 1")
    value: float
    uncertainty: NotNegative = 0.0
    same_data: bool = Field(True, description="false: other data, so only sign and size of gaps carry over")
    source: str | None = Field(None, description="where it stands, if not in the study's own source")


class Study(Frozen):
    """A study file. Later layers win: base < profile < arm < grid < --set."""

    title: str = Field(description="heads the report")
    question: str = Field(description="what the study is to answer, in a sentence")
    source: str = Field("", description="whose sentences and numbers it tests")
    notes: str | None = Field(None, description="what differs from the publication, and why")
    base: str = Field(description="a complete run recipe: its path from this file, or the name of a shipped one")
    arms: Annotated[dict[Name, Arm], Field(min_length=1)] = Field(
        description="what is compared: name → changes by dotted path; the order is the order in every chart"
    )
    probes: Probes | None = Field(None, description="what every run looks at inside its net; null = what the base says")
    grid: dict[DottedPath, Axis] = Field(default_factory=dict, description="axes crossed with the arms")
    seeds: Seeds = Field(
        description="an axis too: arms of one seed see the same data in the same order; as a list, or one by one: "
        "{first: 6, until: decided, most: 24}"
    )
    default_profile: Name | None = Field(None, description="used without --profile; null = the base as it stands")
    profiles: dict[Name, Patch] = Field(
        default_factory=dict, description="sizes of the study: changes by dotted path; also `seeds:` and `grid:`"
    )
    published: tuple[Published, ...] = ()
    claims: tuple[Claim, ...] = ()
    figures: tuple[FigureSpec, ...] = ()

    def label(self, arm: str) -> str:
        """What people read for the arm of this name."""
        return self.arms[arm].label or arm

    @property
    def labels(self) -> dict[str, str]:
        """Name → label of every arm."""
        return {arm: self.label(arm) for arm in self.arms}

    @model_validator(mode="after")
    def _what_is_added_seeds_for(self) -> Self:
        """Which clock a claim is about may depend on the runs; a rule that is asked after each must not."""
        if self.until is None:
            return self
        if not self.claims:
            raise contradiction("`until: decided` is of claims, and this study makes none: list the seeds", "seeds")
        if timed := [one.id for one in self.claims if CLAIM_METRICS[one.metric].cpu and one.clock is None]:
            message = f"`until: decided` needs `clock: cpu` or `clock: wall` in claims on times: {', '.join(timed)}"
            raise contradiction(message, "seeds")
        return self

    @property
    def until(self) -> UntilDecided | None:
        """How seeds are added one by one; None where they are listed."""
        return self.seeds if isinstance(self.seeds, UntilDecided) else None

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """Every seed that may be trained."""
        return self.seeds.all if isinstance(self.seeds, UntilDecided) else self.seeds
