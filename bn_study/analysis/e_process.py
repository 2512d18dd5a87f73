"""E-processes: evidence that may be looked at after every seed, for studies that add seeds until claims are decided.

An e-value of a hypothesis is not negative, and its mean is at most 1 wherever the hypothesis holds. An e-process
is one after every seed, and stays below 20 forever with probability 19/20 at least (Ville 1939): who stops at 20
is wrong in one of 20 cases at most, however often they looked. A fixed-n test that is looked at after each of 24
seeds is wrong about four times as often as it says.

Both processes here are of a one-sided hypothesis as a whole, not of its edge alone. Each is a mixture over
effects δ > 0 of likelihood ratios h = p(δ) / p(0) of a statistic whose likelihood ratios rise with it. Whatever
came before, the next statistic is the larger in law the larger the effect, and h rises with it: so its mean,
1 at the edge, is at most 1 below it.

For t, what came before is known up to its scale. Two claims have two scales, so for their average, which
`e_holm` takes, Ville's inequality is no theorem where seeds stop by both. Measured (tests/analysis/test_e_process.py):
of studies of four claims, all at the edge, looked at after each of 24 seeds, 3.6 % decide any in any direction.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from bn_study.analysis.statistics import Interval

Floats: TypeAlias = NDArray[np.float64]

#: Evidence that decides: 1 / 0.05.
DECISIVE = 20.0
#: Spread of the effect sizes in the mixture: mean over standard deviation of the differences.
EFFECT_SPREAD = 1.0
_LARGEST_LOG = 700.0  # 400 equal differences are evidence that no float holds


def t_e_process(beyond: Floats) -> Floats:
    """E-value after each seed of "the mean is at most 0", for normal values of unknown spread.

    `beyond`: (…, n), in the order of the seeds. With the right-Haar prior 1/σ the likelihood ratio is that of the
    t statistic (Wang & Ramdas 2024, Grünwald, de Heide & Koolen 2024). Mixed over effects μ/σ, half-normal
    with EFFECT_SPREAD, it is 2 · B · P(T_n ≤ q): B the ratio under the whole normal distribution of effects, T_n
    Student's with n degrees of freedom.
    """
    n = np.arange(1, beyond.shape[-1] + 1)
    precision = 1 + n * EFFECT_SPREAD**2
    squares = np.cumsum(beyond**2, axis=-1)
    share = np.cumsum(beyond, axis=-1) / np.sqrt(np.where(squares > 0, squares, 1.0) * precision) * EFFECT_SPREAD
    left = 1 - share**2
    log_ratio = -0.5 * np.log(precision) - n / 2 * np.log(left)
    side = 2 * special.stdtr(n, share * np.sqrt(n / left))
    return np.asarray(np.exp(np.minimum(log_ratio, _LARGEST_LOG)) * side)


def sign_e_process(beyond: Floats) -> Floats:
    """E-value after each seed of "no more than half of all values are above 0".

    `beyond`: (…, n); a value that is 0 or NaN is not above. Beta-binomial: the share of values above, mixed
    over Jeffreys' prior Beta(½, ½) on (½, 1].
    """
    n = np.arange(1, beyond.shape[-1] + 1)
    return _sign_e_value(np.cumsum(beyond > 0, axis=-1), n)


def _sign_e_value(above: NDArray[np.int_], n: NDArray[np.int_]) -> Floats:
    a, b = above + 0.5, n - above + 0.5
    log_ratio = (n + 1) * math.log(2) + special.betaln(a, b) - math.log(math.pi)
    return np.asarray(np.exp(np.minimum(log_ratio, _LARGEST_LOG)) * special.betainc(b, a, 0.5))


def e_holm(e_values: Floats) -> Floats:
    """E-values (…, claims), each adjusted to the smallest mean of any set of them that it is in (Vovk & Wang 2021).

    That of the claims at DECISIVE or more any is wrong has a probability of 1 / DECISIVE at most, however the
    e-values depend on each other. The smallest mean is one with the j smallest others, for some j. NaN stays
    NaN and is not in the count.
    """
    order = np.argsort(e_values, axis=-1)  # NaN last
    ranked = np.take_along_axis(e_values, order, axis=-1)
    smaller = np.cumsum(np.insert(ranked, 0, 0.0, axis=-1)[..., :-1], axis=-1)
    claims = e_values.shape[-1]
    means = (ranked[..., :, None] + smaller[..., None, :]) / np.arange(1, claims + 1)
    means = np.where(np.tri(claims, dtype=bool), means, np.inf)
    adjusted = np.empty_like(e_values)
    np.put_along_axis(adjusted, order, np.where(np.isnan(ranked), np.nan, means.min(axis=-1)), axis=-1)
    return adjusted


def mean_interval_at_any_time(values: Floats) -> Interval:
    """Mean, and the 95 % confidence sequence of `t_e_process`: it covers after every seed at once.

    All means m for which B, the mean of the e-values for and against m, stays below DECISIVE. The ends are
    infinite for fewer than 5 values.
    """
    n = len(values)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0)
    precision = 1 + n * EFFECT_SPREAD**2
    mean, variance = float(values.mean()), float(values.var())
    most = (1 - (DECISIVE**2 * precision) ** (-1 / n)) * precision / (precision - 1)
    half = math.sqrt(variance * most / (1 - most)) if most < 1 else math.inf
    return Interval(mean, mean - half, mean + half, n)


def decisive_count(n: int) -> int:
    """The fewest of n signs that decide for their side at 97.5 %; n + 1 where none do."""
    e_values = _sign_e_value(np.arange(n + 1), np.full(n + 1, n))
    return int(np.searchsorted(e_values, 2 * DECISIVE))
