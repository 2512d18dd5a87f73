"""Batch normalization, and the re-estimation of its statistics after training."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from bn_study.training.tensor import Tensor

Moments = tuple[NDArray[np.float64], NDArray[np.float64]]  # mean, variance; one value a channel each


@keras.saving.register_keras_serializable("bn_study")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras' layer, which can also be observed: normalize by the batch's own moments and show them.

    Moving statistics as in Keras 3: moving = momentum * moving + (1 - momentum) * batch, with the biased
    batch variance, from mean 0 and variance 1. Feature maps go through the backend's fused kernel, if it has one
    and `fused`. `trainable=False` freezes it: moving statistics in training too. `renorm_warmup`, the steps `plain`,
    `rmax` and `dmax`, widens the bounds of renormalization (Ioffe 2017, Sec. 4). Without `statistics_gradient` the
    gradient takes the batch's moments for constants.
    """

    observed: tuple[Tensor, Tensor] | None = None
    observing: bool = False
    #: While it is tapped (training.tap): zeros added to the output y, for ∂L/∂y; and the input with its moments.
    offset: Tensor = None
    shown: tuple[Tensor, Tensor, Tensor] | None = None
    renorm_steps_initializer = keras.initializers.Zeros()

    def __init__(
        self,
        fused: bool = True,
        renorm_warmup: dict[str, int] | None = None,
        statistics_gradient: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fused = fused and statistics_gradient
        self.renorm_warmup = renorm_warmup
        self.statistics_gradient = statistics_gradient

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        if self.renorm_warmup:
            zeros = self.renorm_steps_initializer
            self.renorm_steps = self.add_weight(
                name="renorm_steps", shape=(), dtype="uint32", initializer=zeros, trainable=False, autocast=False
            )

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor = None) -> Tensor:
        if self.observing:
            return self._observe(inputs)
        kernel = fused_kernel() if len(inputs.shape) == 4 and self.fused and not self.renorm else None
        if kernel is None:
            return super().call(inputs, training=training, mask=mask)
        training = training and self.trainable
        gamma, beta = self._factors(inputs.shape[-1])
        if not training:
            mean, variance = (ops.convert_to_tensor(moving) for moving in (self.moving_mean, self.moving_variance))
            return kernel.normalized_by(inputs, gamma, beta, mean, variance, self.epsilon)
        outputs, mean, variance = kernel.normalized_by_batch(inputs, gamma, beta, self.epsilon)
        self._follow(mean, variance)
        return outputs

    def _observe(self, inputs: Tensor) -> Tensor:
        wide = ops.cast(inputs, "float32")
        mean, variance = self._moments(wide, None)
        self.observed = mean, variance
        outputs = ops.batch_normalization(
            wide, mean, variance, axis=-1, offset=self.beta, scale=self.gamma, epsilon=self.epsilon
        )
        outputs = ops.cast(outputs, inputs.dtype)
        if self.offset is None:
            return outputs
        self.shown = wide, mean, variance
        return outputs + self.offset

    def _moments(self, inputs: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        mean, variance = super()._moments(inputs, mask)
        return (mean, variance) if self.statistics_gradient else (ops.stop_gradient(mean), ops.stop_gradient(variance))

    def _factors(self, channels: int) -> tuple[Tensor, Tensor]:
        gamma = self.gamma if self.scale else ops.ones((channels,), dtype="float32")
        beta = self.beta if self.center else ops.zeros((channels,), dtype="float32")
        return ops.convert_to_tensor(gamma), ops.convert_to_tensor(beta)

    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        """Move the moving statistics towards a batch's."""
        for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + new * (1.0 - self.momentum))

    def _renorm_correction_and_moments(self, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Keras' r and d, within its own bounds, kept within those of the step."""
        r, d, mean, variance = super()._renorm_correction_and_moments(mean, variance)
        if not self.renorm_warmup:
            return r, d, mean, variance
        done = ops.cast(self.renorm_steps, "float32")
        self.renorm_steps.assign(ops.add(self.renorm_steps, ops.ones((), "uint32")))
        rmax = 1.0 + (self.renorm_clipping["rmax"] - 1.0) * self._widened(done, "rmax")
        dmax = self.renorm_clipping["dmax"] * self._widened(done, "dmax")
        return ops.clip(r, 1.0 / rmax, rmax), ops.clip(d, -dmax, dmax), mean, variance

    def _widened(self, done: Tensor, bound: str) -> Tensor:
        """Share of the way from the end of the plain steps to this bound's last, after `done` steps: 0 to 1."""
        assert self.renorm_warmup is not None
        plain = self.renorm_warmup["plain"]
        return ops.clip((done - plain) / max(self.renorm_warmup[bound] - plain, 1), 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        own = ("fused", "renorm_warmup", "statistics_gradient")
        return {**super().get_config(), **{name: getattr(self, name) for name in own}}

    # Initial values of what renorm adds, by name, as `initialization` finds those of all weights.
    @property
    def renorm_mean_initializer(self) -> keras.initializers.Initializer:
        return self.moving_mean_initializer

    @property
    def renorm_stddev_initializer(self) -> keras.initializers.Initializer:
        return keras.initializers.Constant(math.sqrt(float(self.moving_variance_initializer((1,))[0])))

    moving_stddev_initializer = renorm_stddev_initializer


@keras.saving.register_keras_serializable("bn_study")
class GhostBatchNormalization(BatchNormalization):
    """Batch normalization of parts of the batch, each by its own moments (Hoffer et al. 2017, Alg. 1).

    A batch of n is cut into the fewest parts of at most `virtual_batch_size`, whose sizes differ by at most one.
    The moving statistics follow the parts one after another, or with `once` the mean of their moments.
    """

    def __init__(self, virtual_batch_size: int, once: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.virtual_batch_size = virtual_batch_size
        self.once = once

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor = None) -> Tensor:
        """Inputs with a known batch size in training."""
        if self.observing:
            wide = ops.cast(inputs, "float32")
            self.observed = ops.moments(wide, axes=list(range(len(inputs.shape) - 1)))
        elif not training:
            return super().call(inputs, training=False)
        outputs, moments = [], []
        for start, parts, size in part_sizes(int(inputs.shape[0]), self.virtual_batch_size):
            block = ops.reshape(inputs[start : start + parts * size], (parts, size, *inputs.shape[1:]))
            output, *of_parts = self._by_part(block)
            outputs.append(ops.reshape(output, (parts * size, *inputs.shape[1:])))
            moments.append([ops.reshape(moment, (parts, -1)) for moment in of_parts])
        if not self.observing:
            means, variances = (ops.concatenate(of_blocks) for of_blocks in zip(*moments, strict=True))
            self._follow_parts(means, variances)
        return outputs[0] if len(outputs) == 1 else ops.concatenate(outputs)

    def _by_part(self, block: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Block (parts, size, …, channels), each part normalized by its own moments; their means and variances."""
        wide = ops.cast(block, "float32")
        mean, variance = ops.moments(wide, axes=list(range(1, len(block.shape) - 1)), keepdims=True)
        gamma, beta = self._factors(block.shape[-1])
        outputs = (wide - mean) * (ops.rsqrt(variance + self.epsilon) * gamma) + beta
        return ops.cast(outputs, block.dtype), mean, variance

    def _follow_parts(self, means: Tensor, variances: Tensor) -> None:
        """Both (parts, channels)."""
        if self.once:
            self._follow(ops.mean(means, axis=0), ops.mean(variances, axis=0))
            return
        for part in range(int(means.shape[0])):
            self._follow(means[part], variances[part])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "virtual_batch_size": self.virtual_batch_size, "once": self.once}


def part_sizes(count: int, most: int) -> list[tuple[int, int, int]]:
    """(start, parts, size) of the runs of equal parts: the fewest parts of at most `most`, the larger ones first."""
    parts = -(-count // most)
    size, larger = divmod(count, parts)
    runs = [(0, larger, size + 1), (larger * (size + 1), parts - larger, size)]
    return [run for run in runs if run[1]]


def fused_kernel() -> ModuleType | None:
    """The backend's module of fused batch normalization; None where there is none (XLA fuses the passes itself)."""
    if keras.backend.backend() != "tensorflow":
        return None
    from bn_study.training import tensorflow_batch_norm

    return tensorflow_batch_norm


def batch_norms(model: keras.Model) -> list[BatchNormalization]:
    """The net's BN layers in the order of the data, without frozen ones: these do not follow what they see."""
    return [layer for layer in model.layers if isinstance(layer, BatchNormalization) and layer.trainable]


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


def population_moments(batches: Iterable[Sequence[tuple[Tensor, Tensor]]]) -> list[Moments]:
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


def _assign(layers: Sequence[BatchNormalization], moments: Iterable[tuple[Tensor, Tensor]]) -> None:
    for layer, (mean, variance) in zip(layers, moments, strict=True):
        layer.moving_mean.assign(np.asarray(mean, dtype=np.float32))
        layer.moving_variance.assign(np.asarray(variance, dtype=np.float32))
