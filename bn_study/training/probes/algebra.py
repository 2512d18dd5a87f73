"""Algebra: what BN's formulas say, checked on the trained net. At the end of training.

The gradient of γ is Σ ∂L/∂y·x̂ (Ioffe & Szegedy 2015, Sec. 3). A source prints Σ ∂L/∂y·x, which is
√(σ² + ε)·∂L/∂γ + μ·∂L/∂β. And at inference BN is affine, so that the net without it gives the same logits.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.training.derivative import NormGradient, batch_of
from bn_study.training.gradient import compiled
from bn_study.training.probes.folding import folded
from bn_study.training.probes.look import Look, Seen

#: The fastest of so many passes counts.
REPEATS = 5


def seen(look: Look) -> tuple[Seen, dict[str, float]]:
    """(errors of ∂L/∂γ by BN layer, numbers of the whole net by metric)."""
    return dict(_gamma_errors(look)), _folding(look)


def _gamma_errors(look: Look) -> Iterator[tuple[str, dict[str, float]]]:
    derivative = look.derivative
    learned = [one for one in derivative.norm_gradients(look.profile_batch) if one.layer.scale]
    if not learned:
        return
    _, gradients = derivative.gradients(derivative.weights(), look.profile_batch)
    places = {id(variable): place for place, variable in enumerate(derivative.model.trainable_variables)}
    true = {one.layer.name: gradients[places[id(one.layer.gamma)]] for one in learned}
    formulas: dict[str, Callable[[NormGradient], NDArray[np.float64]]] = {
        "gamma_gradient_error": lambda one: one.by_normalized,
        "gamma_gradient_error_as_printed": lambda one: one.by_input,
    }
    for quantity, formula in formulas.items():
        yield quantity, {one.layer.name: relative_error(formula(one), true[one.layer.name]) for one in learned}


def relative_error(found: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    """‖found − true‖ / ‖true‖; NaN where there is nothing to compare with."""
    length = float(np.linalg.norm(true))
    return float(np.linalg.norm(found - true)) / length if length else math.nan


def _folding(look: Look) -> dict[str, float]:
    """The largest difference of a logit, and seconds a pass of the profile batch, of the net as it is and folded."""
    images = batch_of(look.data.resident, look.profile).images
    whole, thin = _inference(look.net.trainee.model), _inference(folded(look.net.trainee.model))
    before, after = np.asarray(whole(images)), np.asarray(thin(images))
    return {
        "folding_error": float(np.abs(after - before).max()),
        "inference_seconds": _seconds(whole, images),
        "folded_inference_seconds": _seconds(thin, images),
    }


def _inference(model: keras.Model) -> Callable[[Any], Any]:
    state = [
        [variable.value for variable in group] for group in (model.trainable_variables, model.non_trainable_variables)
    ]
    call = compiled(
        lambda trainable, others, images: model.stateless_call(trainable, others, images, training=False)[0]
    )
    return lambda images: call(*state, images)


def _seconds(inference: Callable[[Any], Any], images: Any) -> float:
    found = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        np.asarray(inference(images))
        found.append(time.perf_counter() - start)
    return min(found)
