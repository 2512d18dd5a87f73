"""Probes: what is looked at inside a net while it is trained."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

ProbeName = Literal["activations", "gradients", "covariate_shift", "smoothness", "statistics", "algebra"]


def _in_one_order(names: tuple[ProbeName, ...]) -> tuple[ProbeName, ...]:
    """Each once, in the order of ProbeName: two ways to write the same probes are the same run."""
    return tuple(name for name in get_args(ProbeName) if name in names)


Probes = Annotated[tuple[ProbeName, ...], Field(min_length=1), AfterValidator(_in_one_order)]
