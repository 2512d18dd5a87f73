"""Correlation: whether two metrics of the same runs go together, by rank (Spearman 1904)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from statistics import fmean
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from bn_study.analysis.evidence import Evidence

#: Two runs always lie on a line.
LEAST_RUNS = 3

_Pairs: TypeAlias = Sequence[tuple[float, float]]


def rank_correlations(evidence: Sequence[Evidence], within: Literal["arms", "all"]) -> dict[int, float]:
    """Seed → Spearman's ρ over the runs of that seed; within arms: its mean over the arms.

    Of seeds with LEAST_RUNS runs or more, in each arm if it is within arms. Infinite values keep their rank.
    """
    seeds = sorted({seed for one in evidence for by_seed in one.values.values() for seed in by_seed})
    found = {}
    for seed in seeds:
        sets = [_of_seed(one, seed) for one in evidence]
        if within == "all":
            sets = [list(chain.from_iterable(sets))]
        if all(len(pairs) >= LEAST_RUNS for pairs in sets):
            found[seed] = fmean(map(spearman, sets))
    return found


def spearman(pairs: _Pairs) -> float:
    """In −1 … 1; 0 where one of both is the same in all pairs: it then says nothing of the other."""
    one, other = zip(*pairs, strict=True)
    if len(set(one)) == 1 or len(set(other)) == 1:
        return 0.0
    return float(np.corrcoef(pd.Series(one).rank(), pd.Series(other).rank())[0, 1])


def _of_seed(evidence: Evidence, seed: int) -> list[tuple[float, float]]:
    """Both values of each of its runs."""
    return [(by_seed[seed], evidence.beside[key][seed]) for key, by_seed in evidence.values.items() if seed in by_seed]
