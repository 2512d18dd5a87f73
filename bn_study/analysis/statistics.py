"""Statistics of few seeds: Student-t intervals, differences paired by seed, sign flips, Holm.

Why t and not the bootstrap: at a nominal 95 % the percentile bootstrap covers 76 % at n = 3 and 85 % at
n = 5, the t interval 95 % (DESIGN.md, section 7; `tests/analysis/test_statistics.py` holds the latter).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from pydantic import BeforeValidator
from scipy import special

MOST_SEEDS_ENUMERATED = 20

Number: TypeAlias = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]
"""A float that may be NaN; JSON has null for it"""


@dataclass(frozen=True)
class Interval:
    """A mean with its interval, in the unit of the values; NaN where n is too small to have one."""

    mean: Number
    low: Number
    high: Number
    n: int

    @property
    def half(self) -> float:
        """Half the width; NaN at n < 2."""
        return (self.high - self.low) / 2


NO_INTERVAL = Interval(math.nan, math.nan, math.nan, 0)


@dataclass(frozen=True)
class PairedDifference:
    """Mean of a - b over the seeds that both have; `p_value` is two-sided, for a mean difference of zero."""

    mean: Number
    low: Number
    high: Number
    n: int
    p_value: Number


def mean_interval(values: Iterable[float], confidence: float = 0.95) -> Interval:
    """Mean and Student-t interval: mean ± t(n-1) · s / √n, s with n - 1 (Student 1908).

    Values that are not finite are left out and not in `n`: the caller says how many there were. At n = 1 the
    ends are NaN, at n = 0 the mean too. Raises ValueError for a confidence outside (0, 1).
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"0 < confidence < 1 must hold, but got {confidence=}")
    kept = [value for value in values if math.isfinite(value)]
    n = len(kept)
    if n == 0:
        return NO_INTERVAL
    mean = math.fsum(kept) / n
    if n == 1:
        return Interval(mean, math.nan, math.nan, 1)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in kept) / (n - 1))
    half = float(special.stdtrit(n - 1, 0.5 + confidence / 2)) * spread / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


def prediction_interval(values: Iterable[float], confidence: float = 0.95) -> Interval:
    """Mean, and where one more value of the same kind is expected: mean ± t(n-1) · s · √(1 + 1/n).

    What one published run is held against: the interval of the mean, √(n + 1) times narrower, would miss one run in
    two at n = 6, and more the more seeds there are. Leaves out what `mean_interval` does, and raises as it does.
    """
    interval = mean_interval(values, confidence)
    half = interval.half * math.sqrt(interval.n + 1)
    return Interval(interval.mean, interval.mean - half, interval.mean + half, interval.n)


def paired_difference(a: Mapping[int, float], b: Mapping[int, float], confidence: float = 0.95) -> PairedDifference:
    """a - b paired by seed: t interval of the differences and the p of `sign_flip_p_value`.

    Seeds that only one of them has, or whose difference is not finite, are not in `n`.
    """
    differences = [a[seed] - b[seed] for seed in a if seed in b]
    differences = [difference for difference in differences if math.isfinite(difference)]
    interval = mean_interval(differences, confidence)
    p_value = sign_flip_p_value(differences)
    return PairedDifference(interval.mean, interval.low, interval.high, interval.n, p_value)


def sign_flip_p_value(differences: Sequence[float]) -> float:
    """Two-sided p that the differences are symmetric around zero (Fisher 1935, chapter 21).

    Exact up to 20 differences: the share of the 2^n sign patterns whose sum is at least as far from zero as
    the observed one. Above, the p of the paired t test, which differs little from it there. NaN for none.
    """
    n = len(differences)
    if n == 0:
        return math.nan
    if n > MOST_SEEDS_ENUMERATED:
        return _t_test_p_value(differences)
    sums = np.array([differences[0]], dtype=np.float64)  # the other half of the patterns is its mirror image
    for difference in differences[1:]:
        sums = np.concatenate([sums + difference, sums - difference])
    rounding = 1e-12 * math.fsum(map(abs, differences))  # equal sums, added in another order, stay equal
    return float(np.mean(np.abs(sums) >= abs(math.fsum(differences)) - rounding))


def _t_test_p_value(differences: Sequence[float]) -> float:
    interval = mean_interval(differences)
    if interval.half == 0.0:
        return 1.0 if interval.mean == 0.0 else 0.0
    error = interval.half / float(special.stdtrit(interval.n - 1, 0.975))
    return 2 * float(special.stdtr(interval.n - 1, -abs(interval.mean) / error))


def smallest_n_for_significance(alpha: float = 0.05) -> int:
    """The fewest seeds with which a sign-flip p can be at most alpha: 2 / 2^n <= alpha; 6 at 0.05.

    Raises ValueError for an alpha outside (0, 1].
    """
    if not 0.0 < alpha <= 1.0:
        raise ValueError(f"0 < alpha <= 1 must hold, but got {alpha=}")
    n = 1
    while 2 / 2**n > alpha:
        n += 1
    return n


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's adjusted p values, in the order given (Holm 1979); NaN stays NaN and is not in the count."""
    ranked = sorted((p, place) for place, p in enumerate(p_values) if not math.isnan(p))
    adjusted = [math.nan] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(ranked):
        largest = max(largest, min(1.0, (len(ranked) - rank) * p))
        adjusted[place] = largest
    return tuple(adjusted)
