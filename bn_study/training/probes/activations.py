"""Activations: how the inputs of the nonlinearities are distributed, and how far that moves while training.

Percentiles as in Ioffe & Szegedy 2015, Fig. 1: what they called internal covariate shift is that these move. The
shift is the 1-Wasserstein distance of each unit's distribution to the one at the look before, in standard deviations
of the layer then: without the division it explodes in nets that have collapsed.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.config.model import Net, RecurrentModel
from bn_study.training.derivative import MOST_CHANNELS, Signal, spread
from bn_study.training.kept_model import Copy
from bn_study.training.probes.look import Seen
from bn_study.training.tap import taps

#: Points at which a unit's distribution is kept from one look to the next.
QUANTILES = 100
_COUNTED = ("p15", "p50", "p85", "mean", "deviation", "kurtosis", "correlation", "saturated", "cosine", "shift")


class Activations:
    """`memory` is what the next look needs of this one: each layer's quantiles and deviation."""

    def __init__(self, spec: Net, model: keras.Model) -> None:
        self.activation = "linear" if isinstance(spec, RecurrentModel) else spec.activation
        units = [len(spread(tap.output.shape[-1], MOST_CHANNELS)) for tap in taps(model)]
        self.memory = [Copy(np.full((QUANTILES + 1, count), np.nan)) for count in units]

    def seen(self, signals: Sequence[Signal]) -> Seen:
        """One value a layer of every quantity of _COUNTED; remembers the signals for the next call."""
        by_layer = {one.layer: _described(one, self.activation) for one in signals}
        for one, memory in zip(signals, self.memory, strict=True):
            now = quantiles(one.units)
            by_layer[one.layer]["shift"] = distance(now, memory.value[:-1]) / float(memory.value[-1, 0])
            deviation = np.full((1, now.shape[1]), one.units.std() or np.nan)
            memory.assign(np.concatenate([now, deviation]))
        return {quantity: {layer: values[quantity] for layer, values in by_layer.items()} for quantity in _COUNTED}


def _described(signal: Signal, activation: str) -> dict[str, float]:
    units = signal.units
    mean, deviation = units.mean(axis=0), units.std(axis=0)
    low, middle, high = np.percentile(units, (15, 50, 85))
    return {
        "p15": float(low), "p50": float(middle), "p85": float(high),
        "mean": float(np.abs(mean).mean()),
        "deviation": float(np.sqrt((deviation**2).mean())),
        "kurtosis": excess_kurtosis(units),
        "correlation": mean_correlation(units),
        "saturated": saturated_share(units, activation),
        "cosine": signal.cosine,
    }  # fmt: skip


def quantiles(units: NDArray[np.float64]) -> NDArray[np.float64]:
    """(values, units) → (QUANTILES, units), at the middles of equal shares."""
    at = ((np.arange(QUANTILES) + 0.5) / QUANTILES * len(units)).astype(int)
    return np.sort(units, axis=0)[at]


def distance(now: NDArray[np.float64], before: NDArray[np.float64]) -> float:
    """Mean over units of the 1-Wasserstein distance of two distributions, given by their quantiles."""
    return float(np.abs(now - before).mean())


def excess_kurtosis(units: NDArray[np.float64]) -> float:
    """Median over units: 0 for a Gaussian. NaN where no unit varies."""
    varying = units[:, units.std(axis=0) > 0]
    if not varying.size:
        return np.nan
    standardized = (varying - varying.mean(axis=0)) / varying.std(axis=0)
    return float(np.median((standardized**4).mean(axis=0) - 3.0))


def mean_correlation(units: NDArray[np.float64]) -> float:
    """Mean absolute correlation of two different units: 0 for independent ones. NaN with fewer than two that vary."""
    varying = units[:, units.std(axis=0) > 0]
    if varying.shape[1] < 2:
        return np.nan
    units_seen = varying.shape[1]
    total = np.abs(np.corrcoef(varying.T)).sum() - units_seen  # without each with itself
    return float(total / (units_seen * (units_seen - 1)))


def saturated_share(units: NDArray[np.float64], activation: str) -> float:
    """Sigmoid: outside 0.05 to 0.95; tanh: beyond ±0.9; ReLU: units that fire for no image. NaN for others."""
    match activation:
        case "sigmoid":
            return float((np.abs(units) > np.log(0.95 / 0.05)).mean())
        case "tanh":
            return float((np.abs(np.tanh(units)) > 0.9).mean())
        case "relu":
            return float((units.max(axis=0) <= 0).mean())
    return np.nan
