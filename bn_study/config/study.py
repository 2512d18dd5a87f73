"""Study: which question is asked. Arms, axes, seeds and profiles are changes to one base recipe."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from bn_study.config.arm import Arm
from bn_study.config.claim import Claim
from bn_study.config.figure import FigureSpec
from bn_study.config.frozen import Count, Frozen, NotNegative
from bn_study.config.metric import AnyMetricName
from bn_study.config.path import DottedPath, Name, Patch
from bn_study.config.probes import Probes


def _distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """A value given twice would count one run as two."""
    seen = set()
    for value in values:
        key = _key(value)
        if key in seen:
            raise ValueError(f"the value {str(value)[:40]} stands twice")
        seen.add(key)
    return values


def _key(value: Any) -> Hashable:
    """Equal for equal values: 1 and 1.0, but not 1 and true; mappings in any order."""
    if isinstance(value, dict):
        return frozenset((name, _key(part)) for name, part in value.items())
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    return isinstance(value, bool), value


_UNIQUE = Field(min_length=1, json_schema_extra={"uniqueItems": True})
Axis = Annotated[tuple[Any, ...], _UNIQUE, AfterValidator(_distinct)]
Seeds = Annotated[tuple[Annotated[int, Field(ge=0, lt=2**31)], ...], _UNIQUE, AfterValidator(_distinct)]


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

    title: str
    question: str
    source: str
    notes: str | None = Field(None, description="what differs from the publication, and why")
    base: str = Field(description="path of a complete run recipe, relative to this file")
    arms: Annotated[dict[Name, Arm], Field(min_length=1)] = Field(
        description="what is compared: name → changes by dotted path; the order is the order in every chart"
    )
    probes: Probes | None = Field(None, description="what every run looks at inside its net; null = what the base says")
    grid: dict[DottedPath, Axis] = Field(default_factory=dict, description="axes crossed with the arms")
    seeds: Seeds = Field(description="an axis too: arms of one seed see the same data in the same order")
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
