"""Smoothness: loss and gradient along the direction of the step (Santurkar et al. 2018, Sec. 3.1 and Fig. 4).

At w − ηg for several multiples of the learning rate η, on the following batch. Behind BN ‖g‖ grows as 1 / ‖w‖, so
only relative quantities may be compared between nets.
"""

from __future__ import annotations

import math

import numpy as np

from bn_study.training.derivative import Arrays
from bn_study.training.probes.look import Look, Seen

#: Multiples of the learning rate.
STEPS = (0.5, 1.0, 2.0, 4.0)


def seen(look: Look) -> Seen:
    """By step length: ‖Δg‖ / ‖g‖, L / L₀, and β = ‖Δg‖ / (η ‖g‖), the effective smoothness."""
    start, gradients = look.following_gradients
    weights, length = look.derivative.weights(), _norm(gradients)
    change, ratio, beta = {}, {}, {}
    for multiple in STEPS:
        step = multiple * look.rate
        moved = [
            weight - np.float32(step) * np.asarray(g, np.float32) for weight, g in zip(weights, gradients, strict=True)
        ]
        loss, there = look.derivative.gradients(moved, look.following_batch)
        difference = _norm([a - b for a, b in zip(there, gradients, strict=True)])
        name = f"{multiple:g}"
        change[name] = difference / length if length else math.nan
        ratio[name] = loss / start if start else math.nan
        beta[name] = difference / (step * length) if step * length else math.nan
    return {"gradient_change": change, "loss_ratio": ratio, "beta": beta}


def _norm(arrays: Arrays) -> float:
    return math.sqrt(sum(float((array**2).sum()) for array in arrays))
