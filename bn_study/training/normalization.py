"""Batch normalization, and the re-estimation of its statistics after training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

Moments = tuple[NDArray[np.float64], NDArray[np.float64]]  # mean, variance; one value a channel each


@keras.saving.register_keras_serializable("bn_study")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras' layer, which can also be observed: normalize by the batch's own moments and show them.

    Moving statistics as in Keras 3: moving = momentum * moving + (1 - momentum) * batch, with the biased
    batch variance, from mean 0 and variance 1.
    """

    observed: tuple[Any, Any] | None = None
    observing: bool = False

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        if not self.observing:
            return super().call(inputs, training=training, mask=mask)
        axes = [axis for axis in range(len(inputs.shape)) if axis != len(inputs.shape) - 1]
        wide = ops.cast(inputs, "float32")
        mean, variance = ops.moments(wide, axes=axes)
        self.observed = mean, variance
        outputs = ops.batch_normalization(
            wide, mean, variance, axis=-1, offset=self.beta, scale=self.gamma, epsilon=self.epsilon
        )
        return ops.cast(outputs, inputs.dtype)


def batch_norms(model: keras.Model) -> list[BatchNormalization]:
    """The net's BN layers in the order of the data."""
    return [layer for layer in model.layers if isinstance(layer, BatchNormalization)]


@contextmanager
def observed(layers: Sequence[BatchNormalization]) -> Iterator[None]:
    """While a backend traces the forward pass: BN layers use and expose their batch's moments."""
    for layer in layers:
        layer.observing = True
    try:
        yield
    finally:
        for layer in layers:
            layer.observing, layer.observed = False, None


def population_moments(batches: Iterable[Sequence[tuple[Any, Any]]]) -> list[Moments]:
    """Population mean and variance of each BN layer's input from the moments of equal-sized batches.

    mean = E[μ_B] and variance = E[σ²_B + μ²_B] − E[μ_B]² (Wu & Johnson 2021, "PreciseBN", arXiv:2105.07576).
    """
    means: list[list[NDArray[np.float64]]] = []
    squares: list[list[NDArray[np.float64]]] = []
    for batch in batches:
        mu = [np.asarray(mean, dtype=np.float64) for mean, _ in batch]
        means.append(mu)
        squares.append([np.asarray(v, dtype=np.float64) + m**2 for m, (_, v) in zip(mu, batch, strict=True)])
    mean_of = [np.mean(layer, axis=0) for layer in zip(*means, strict=True)]
    square_of = [np.mean(layer, axis=0) for layer in zip(*squares, strict=True)]
    return [(m, np.maximum(s - m**2, 0.0)) for m, s in zip(mean_of, square_of, strict=True)]


@contextmanager
def statistics(layers: Sequence[BatchNormalization], moments: Sequence[Moments]) -> Iterator[None]:
    """Put other inference statistics into the BN layers for a while."""
    kept = [(np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)) for layer in layers]
    _assign(layers, moments)
    try:
        yield
    finally:
        _assign(layers, kept)


def _assign(layers: Sequence[BatchNormalization], moments: Iterable[tuple[Any, Any]]) -> None:
    for layer, (mean, variance) in zip(layers, moments, strict=True):
        layer.moving_mean.assign(np.asarray(mean, dtype=np.float32))
        layer.moving_variance.assign(np.asarray(variance, dtype=np.float32))
