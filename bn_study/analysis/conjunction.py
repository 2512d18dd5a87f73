"""Conjunction: one claim about several effects, as that they are there at each grid point, or at some of them."""

from __future__ import annotations

import math
from collections.abc import Iterable


def at_least(k: int, p_values: Iterable[float]) -> float:
    """p of "fewer than k of these m effects are there" (Benjamini & Heller 2008, Bonferroni's form).

    If so, m - k + 1 or more have no effect. The smallest of the m - k + 1 largest p, times their number, is a p of
    those that have none, whichever they are and however the tests depend on each other. NaN where one is NaN.
    Raises ValueError for a k that is not in 1 … m.
    """
    each = list(p_values)
    if not 1 <= k <= len(each):
        raise ValueError(f"1 <= k <= {len(each)} must hold, but got {k=}")
    return math.nan if any(map(math.isnan, each)) else min(1.0, (len(each) - k + 1) * sorted(each)[k - 1])


def all_of(p_values: Iterable[float]) -> float:
    """p of "some effect is not there": the largest, the intersection-union test (Berger 1982)."""
    each = list(p_values)
    return at_least(len(each), each)


def some_of(p_values: Iterable[float]) -> float:
    """p of "no effect is there": Bonferroni's."""
    return at_least(1, p_values)
