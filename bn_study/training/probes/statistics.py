"""Statistics: what BN's inference rests on, at the end of training, held against what it should be.

Three kinds of population moments of each BN layer's input: the moving averages; those pooled over batches of training
images (Wu & Johnson 2021, "PreciseBN"); and those of Ioffe & Szegedy 2015, Alg. 2: E[μ_B] and m/(m−1)·E[σ²_B], with m
the values of a batch that one channel's variance is taken of. The latter two are of the same batches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.training.assessment import evaluate, training_batches
from bn_study.training.derivative import batch_of
from bn_study.training.normalization import Moments, batch_norms, population_moments, statistics
from bn_study.training.probes.look import Look, Seen
from bn_study.training.workbench import Net

#: Channels of less variance than this are dead: ratios of their variances say nothing.
LEAST_VARIANCE = 1e-4


def seen(look: Look) -> tuple[Seen, dict[str, float]]:
    """(quantities by BN layer, accuracies by metric); nothing where there is no BN."""
    layers = batch_norms(look.net.trainee.model)
    if not layers:
        return {}, {}
    batches = [
        look.net.loop.moments(look.data.resident, batch)
        for batch in training_batches(look.net, look.data, look.spec.seed)
    ]
    pooled, printed = (
        population_moments(batches),
        algorithm_2(batches, [values_of(look.net, layer) for layer in layers]),
    )
    moving = [np.asarray(layer.moving_variance, np.float64) for layer in layers]
    tested = validation_variances(look)
    with statistics(layers, printed):
        _, accuracy = evaluate(look.net, look.data, "validation")
    shift = [typical_ratio(*pair) for pair in zip(tested, moving, strict=True)]
    ratio = [mean_ratio(one[1], other[1]) for one, other in zip(printed, pooled, strict=True)]
    names = [layer.name for layer in layers]
    quantities = {"variance_shift": shift, "population_variance_ratio": ratio}
    table = {quantity: dict(zip(names, values, strict=True)) for quantity, values in quantities.items()}
    return table, {"alg2_validation_accuracy": accuracy}


def algorithm_2(batches: Sequence[Sequence[tuple[Any, Any]]], values: Sequence[int]) -> list[Moments]:
    """(E[μ_B], m/(m−1)·E[σ²_B]) of each BN layer; `values` is m, by layer, 2 or more."""
    found = []
    for layer, m in enumerate(values):
        means, variances = (
            np.mean([np.asarray(batch[layer][k], np.float64) for batch in batches], axis=0) for k in (0, 1)
        )
        found.append((means, variances * m / (m - 1)))
    return found


def values_of(net: Net, layer: keras.Layer) -> int:
    """How many values of a training batch one channel's variance is taken of: images times places."""
    return max(2, net.trainee.batch_size * math.prod(layer.input.shape[1:-1]))


def validation_variances(look: Look) -> list[NDArray[np.float64]]:
    """The variance of each BN layer's input over the validation images, in inference mode; a value a channel."""
    model, resident = look.net.trainee.model, look.data.resident
    layers = batch_norms(model)
    upto = keras.Model(model.inputs, [layer.input for layer in layers])
    size = look.net.trainee.evaluation_batch_size
    sums, count = [np.zeros((2, layer.input.shape[-1])) for layer in layers], resident.count("validation")
    for start in range(0, count, size):
        order = np.arange(start, min(start + size, count), dtype=np.int32)
        found = upto(batch_of(resident, order, "validation").images, training=False)
        for total, x in zip(sums, found if isinstance(found, list) else [found], strict=True):
            wide = np.asarray(x, np.float64)
            over = tuple(range(wide.ndim - 1))
            total += len(order) * np.stack([wide.mean(axis=over), (wide**2).mean(axis=over)])
    return [np.maximum(total[1] / count - (total[0] / count) ** 2, 0.0) for total in sums]


def typical_ratio(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Geometric mean over the channels that live in both; NaN where none does."""
    alive = (one > LEAST_VARIANCE) & (other > LEAST_VARIANCE)
    return float(np.exp(np.log(one[alive] / other[alive]).mean())) if alive.any() else np.nan


def mean_ratio(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Mean over the channels whose second value is not dead; NaN where none is."""
    alive = other > LEAST_VARIANCE
    return float((one[alive] / other[alive]).mean()) if alive.any() else np.nan
