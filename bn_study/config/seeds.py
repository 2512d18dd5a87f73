"""Seeds: which ones a study trains, as a list, or one by one until its claims are decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from bn_study.config.distinct import UNIQUE, distinct
from bn_study.config.frozen import Frozen
from bn_study.config.problem import contradiction

_END = 2**31  # of numpy's and Keras' seeds
Listed = Annotated[tuple[Annotated[int, Field(ge=0, lt=_END)], ...], UNIQUE, AfterValidator(distinct)]


class UntilDecided(Frozen):
    """`first` seeds, then one by one for the arms of claims that are open; verdicts stay valid however often one looks.

    The seeds are `from`, `from` + 1, …
    """

    first: int = Field(ge=2, description="seeds of every arm and grid point, before claims are looked at")
    until: Literal["decided"]
    most: int = Field(ge=2, le=1_000, description="seeds after which a claim that is open stays so")
    start: int = Field(0, alias="from", ge=0, lt=_END - 1_000, description="the first seed")

    @model_validator(mode="after")
    def _first_is_not_beyond_most(self) -> Self:
        if self.first > self.most:
            raise contradiction("`first` is more than `most`", "first")
        return self

    @property
    def all(self) -> tuple[int, ...]:
        """Every seed that may be trained, in the order in which they are."""
        return tuple(range(self.start, self.start + self.most))

    def __str__(self) -> str:
        return f"{self.first} seeds, then one by one until every claim is decided, at most {self.most}"


def _form(value: Any) -> str:
    return "[mapping]" if isinstance(value, (Mapping, UntilDecided)) else "[list]"


Seeds = Annotated[Annotated[Listed, Tag("[list]")] | Annotated[UntilDecided, Tag("[mapping]")], Discriminator(_form)]
