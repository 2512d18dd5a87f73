"""Derivative: loss and gradients of a net at any weights. Nothing here assigns a variable, so no training bit moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from bn_study.training.gradient import compiled, with_gradient
from bn_study.training.intervention import ActivationNoise, as_in_training
from bn_study.training.loop import Order, Part, Resident
from bn_study.training.normalization import BatchNormalization, GhostBatchNormalization, batch_norms, observed
from bn_study.training.tap import tapped, taps

#: Tensors of the backend, one a variable.
Tensors: TypeAlias = list[Any]
Arrays: TypeAlias = list[NDArray[np.float64]]

#: So many units of a layer are looked at, evenly spread over its channels, and places of a feature map.
MOST_CHANNELS, MOST_PLACES = 64, 4


@dataclass(frozen=True)
class Batch:
    """Scaled images (n, h, w, c) float32 and labels (n,) int32, as tensors."""

    images: Any
    labels: Any


@dataclass(frozen=True)
class Signal:
    """What one activation gets, and how the loss depends on it.

    `units` (values, units): its input z at a sample of units and places, a row an image and place.
    `gradient_rms`: the root mean square, over images and units, of ∂Lᵢ/∂z, Lᵢ the image's own loss.
    `cosine`: the mean cosine between the z of two images: 1 where all images look alike.
    """

    layer: str
    units: NDArray[np.float64]
    gradient_rms: float
    cosine: float


@dataclass(frozen=True)
class NormGradient:
    """Of one BN layer, a value a channel: x its input with moments (mean, variance), y its output.

    `by_normalized` is Σ ∂L/∂y·x̂, `by_input` is Σ ∂L/∂y·x, `by_output` is Σ ∂L/∂y.
    """

    layer: BatchNormalization
    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    by_normalized: NDArray[np.float64]
    by_input: NDArray[np.float64]
    by_output: NDArray[np.float64]


class Derivative:
    """The mean cross-entropy of a batch, BN by the batch's own statistics, dropout and augmentation off.

    Noise behind BN is on, as drawn for the step that follows: it is what a net with it is looked at for.
    Penalties on γ and β are left out: what is asked is how the net fits the images.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.taps = taps(model)
        self.norms = [layer for layer in batch_norms(model) if not isinstance(layer, GhostBatchNormalization)]
        self._observed = batch_norms(model)
        self._noises = [layer for layer in model.layers if isinstance(layer, ActivationNoise)]
        self._gradients = compiled(with_gradient(self._plain_loss))
        self._signals = compiled(self._at(self.taps, _signal))
        self._norm_sums = compiled(self._at(self.norms, _norm_sums))

    def weights(self) -> Tensors:
        """The trainable variables as they are now; copies, since JAX gives the originals away in a step."""
        return [ops.copy(variable.value) for variable in self.model.trainable_variables]

    def gradients(self, weights: Tensors, batch: Batch) -> tuple[float, Arrays]:
        """(mean loss, its gradient by each trainable variable)."""
        loss, _, gradients = self._gradients(weights, self._others(), batch.images, batch.labels)
        return float(loss), _arrays(gradients)

    def signals(self, batch: Batch) -> list[Signal]:
        """Of every activation, in the order of the data, at the weights of now."""
        found = self._signals(*self._now(self.taps, batch))
        return [
            Signal(tap.name, np.asarray(units, np.float64), float(rms), float(cosine))
            for tap, (units, rms, cosine) in zip(self.taps, found, strict=True)
        ]

    def norm_gradients(self, batch: Batch) -> list[NormGradient]:
        """Of every BN layer that normalizes whole batches, in the order of the data, at the weights of now."""
        found = self._norm_sums(*self._now(self.norms, batch))
        return [NormGradient(layer, *_arrays(sums)) for layer, sums in zip(self.norms, found, strict=True)]

    def _now(self, layers: Sequence[Any], batch: Batch) -> tuple[Any, ...]:
        count = batch.images.shape[0]
        offsets = [ops.zeros((count, *layer.output.shape[1:]), layer.compute_dtype) for layer in layers]
        return offsets, self.weights(), self._others(), batch.images, batch.labels

    def _others(self) -> Tensors:
        return [ops.copy(variable.value) for variable in self.model.non_trainable_variables]

    def _loss(self, weights: Tensors, others: Tensors, images: Any, labels: Any) -> Any:
        logits, _ = self.model.stateless_call(weights, others, images, training=False)
        chosen = ops.take_along_axis(ops.log_softmax(logits, axis=-1), ops.expand_dims(labels, -1), axis=-1)
        return -ops.mean(chosen)

    def _plain_loss(self, *arguments: Any) -> tuple[Any, Any]:
        with observed(self._observed), as_in_training(self._noises):
            return self._loss(*arguments), ()

    def _at(self, layers: Sequence[Any], reduce: Callable[..., Any]) -> Callable[..., list[Any]]:
        """What `reduce` makes of each layer's ∂L/∂(what it shows), where the tensors are: they would not fit twice."""

        def loss(offsets: Tensors, *arguments: Any) -> tuple[Any, Any]:
            with observed(self._observed), as_in_training(self._noises), tapped(layers, offsets):
                return self._loss(*arguments), [layer.shown for layer in layers]

        def call(*arguments: Any) -> list[Any]:
            _, shown, gradients = with_gradient(loss)(*arguments)
            return [reduce(*one) for one in zip(layers, gradients, shown, strict=True)]

        return call


def batch_of(resident: Resident, order: Order, part: Part = "train") -> Batch:
    """The images of these numbers, scaled as for training."""
    images = ops.take(resident.images[part], order, axis=0)
    scaled = (ops.cast(images, "float32") - resident.mean) * resident.scale
    return Batch(scaled, ops.take(resident.labels[part], order))


def _signal(_: Any, gradient: Any, z: Any) -> tuple[Any, Any, Any]:
    """(units (values, units), RMS of ∂Lᵢ/∂z, mean cosine) of one activation; z (n, …, channels)."""
    count = z.shape[0]
    z, gradient = ops.cast(z, "float32"), ops.cast(gradient, "float32") * count  # of the image's own loss
    flat = ops.reshape(z, (count, -1))
    directions = flat / ops.maximum(ops.norm(flat, axis=1, keepdims=True), 1e-12)
    cosine = (ops.sum(ops.square(ops.sum(directions, axis=0))) - count) / (count * (count - 1))
    return _sample(z), ops.sqrt(ops.mean(ops.square(gradient))), cosine


def _sample(z: Any) -> Any:
    """(n, …, channels) → (n · places, channels): at most MOST_PLACES places and MOST_CHANNELS channels."""
    count, channels = z.shape[0], z.shape[-1]
    by_place = ops.reshape(z, (count, -1, channels))
    places, units = spread(by_place.shape[1], MOST_PLACES), spread(channels, MOST_CHANNELS)
    chosen = ops.take(ops.take(by_place, places, axis=1), units, axis=2)
    return ops.reshape(chosen, (-1, len(units)))


def _norm_sums(layer: BatchNormalization, gradient: Any, shown: tuple[Any, Any, Any]) -> tuple[Any, ...]:
    """The numbers of a NormGradient; `shown` is the layer's input with its moments over the batch."""
    x, mean, variance = shown
    gradient = ops.cast(gradient, "float32")
    over = list(range(len(x.shape) - 1))
    normalized = (x - mean) / ops.sqrt(variance + layer.epsilon)
    sums = [ops.sum(gradient * factor, axis=over) for factor in (normalized, x, ops.ones_like(x))]
    return mean, variance, *sums


def spread(count: int, most: int) -> NDArray[np.int32]:
    """At most so many of the numbers below `count`, evenly spread, ends included."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int32))


def _arrays(tensors: Sequence[Any]) -> Arrays:
    return [np.asarray(tensor, np.float64) for tensor in tensors]
