"""Gradients: how the signal that trains a layer fares on its way down, and how weights and their gradients grow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bn_study.training.derivative import Signal
from bn_study.training.layers import kernels
from bn_study.training.probes.look import Look, Seen


def seen(look: Look, signals: Sequence[Signal]) -> Seen:
    """RMS of ∂Lᵢ/∂z by activation; norms of each kernel, of its gradient, and its largest weight over the RMS."""
    _, gradients = look.derivative.gradients(look.derivative.weights(), look.profile_batch)
    places, variables = kernels(look.derivative.model), look.derivative.model.trainable_variables
    weights = {name: np.asarray(variables[place], np.float64) for name, place in places.items()}
    norm = {name: float(np.linalg.norm(weight)) for name, weight in weights.items()}
    return {
        "signal": {one.layer: one.gradient_rms for one in signals},
        "weight_norm": norm,
        "gradient_norm": {name: float(np.linalg.norm(gradients[place])) for name, place in places.items()},
        "weight_peak": {
            name: float(np.abs(weight).max()) * weight.size**0.5 / norm[name] if norm[name] else np.nan
            for name, weight in weights.items()
        },
    }


def slope(values: Sequence[float]) -> float:
    """Decades a layer: the slope of log₁₀ of one value a layer over depth, by least squares. NaN where one is not > 0.

    Above 0 the signal shrinks on its way from the loss down, below 0 it grows. A ReLU net with BN before each
    activation, at its start: −½·log₁₀(π/(π−1)) = −0.0832 (Yang et al. 2019, "A Mean Field Theory of Batch
    Normalization").
    """
    array = np.asarray(values, np.float64)
    if len(array) < 2 or not (np.isfinite(array) & (array > 0)).all():
        return np.nan
    return float(np.polyfit(np.arange(len(array)), np.log10(array), 1)[0])
