"""Interventions: batch normalization with one of its mechanisms taken away, or undone behind it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
from keras import ops

from bn_study.training.random_layer import RandomLayer
from bn_study.training.tensor import Tensor


@keras.saving.register_keras_serializable("bn_study")
class ActivationNoise(RandomLayer):
    """y → s·y + m, of a distribution that each step draws anew (Santurkar et al. 2018); see config.norm.Noise.

    What BN made stable is unstable again. Not at inference, but `looking` makes it so where probes look.
    """

    purpose = "noise"
    looking = False

    def __init__(self, mean: float, deviation: float, spread: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mean, self.deviation, self.spread = mean, deviation, spread
        self.supports_masking = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Inputs (n, …, channels) with a known batch size in training and in looks."""
        if not (training or self.looking):
            return inputs
        shape, channels = tuple(inputs.shape), int(inputs.shape[-1])
        count = math.prod(shape)
        draws = self.drawn(2 * channels + 3 * count)
        of_channels = ops.reshape(draws[: 2 * channels], (2, channels))
        of_each = ops.reshape(draws[2 * channels :], (3, *shape))
        shift = self.mean * _centred(of_channels[0]) + self.spread * _centred(of_each[0])
        factor = 1.0 + (self.deviation - 1.0) * of_channels[1] + self.spread * _normal(of_each[1], of_each[2])
        return ops.cast(ops.cast(inputs, "float32") * factor + shift, inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean, "deviation": self.deviation, "spread": self.spread}


def _centred(draws: Tensor) -> Tensor:
    """Uniform in [0, 1) → in [−1, 1)."""
    return 2.0 * draws - 1.0


def _normal(one: Tensor, other: Tensor) -> Tensor:
    """Two uniform in [0, 1) → normal with mean 0 and variance 1 (Box & Muller 1958)."""
    return ops.sqrt(-2.0 * ops.log(1.0 - one)) * ops.cos(2.0 * math.pi * other)


@contextmanager
def as_in_training(layers: Sequence[ActivationNoise]) -> Iterator[None]:
    """While a backend traces the forward pass of a look: noise is there as in the step that follows."""
    for layer in layers:
        layer.looking = True
    try:
        yield
    finally:
        for layer in layers:
            layer.looking = False


@keras.saving.register_keras_serializable("bn_study")
class Affine(keras.layers.Layer):
    """γ·x + β with one γ and β a channel, from 1 and 0."""

    gamma_initializer = keras.initializers.Ones()
    beta_initializer = keras.initializers.Zeros()

    def __init__(self, center: bool = True, scale: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.center, self.scale = center, scale
        self.gamma = self.beta = None
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        if self.scale:
            self.gamma = self._vector("gamma", input_shape)
        if self.center:
            self.beta = self._vector("beta", input_shape)

    def _vector(self, name: str, input_shape: tuple[int | None, ...], trainable: bool = True) -> keras.Variable:
        initializer = getattr(self, f"{name}_initializer")
        shape = input_shape[-1:]
        return self.add_weight(name=name, shape=shape, initializer=initializer, trainable=trainable, autocast=False)

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Inputs (n, …, channels); computed in float32."""
        y = self._normalized(ops.cast(inputs, "float32"), training)
        y = y if self.gamma is None else y * self.gamma
        return ops.cast(y if self.beta is None else y + self.beta, inputs.dtype)

    def _normalized(self, x: Tensor, training: bool | None) -> Tensor:
        return x

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "center": self.center, "scale": self.scale}


@keras.saving.register_keras_serializable("bn_study")
class FrozenNormalization(Affine):
    """γ (x − μ₁) / √(σ₁² + ε) + β, with the moments of the first batch of training as constants.

    Before there was one, those of the batch at hand: this is the net that training starts from.
    """

    mean_initializer = keras.initializers.Zeros()
    variance_initializer = keras.initializers.Ones()
    held_initializer = keras.initializers.Zeros()

    def __init__(self, epsilon: float = 1e-3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        self.mean = self._vector("mean", input_shape, trainable=False)
        self.variance = self._vector("variance", input_shape, trainable=False)
        self.held = self.add_weight(
            name="held", shape=(), dtype="uint32", initializer=self.held_initializer, trainable=False, autocast=False
        )

    def _normalized(self, x: Tensor, training: bool | None) -> Tensor:
        held = ops.cast(ops.convert_to_tensor(self.held), "bool")
        kept = [ops.convert_to_tensor(moment) for moment in (self.mean, self.variance)]
        of_batch = [ops.stop_gradient(moment) for moment in ops.moments(x, axes=list(range(len(x.shape) - 1)))]
        mean, variance = (ops.where(held, old, new) for old, new in zip(kept, of_batch, strict=True))
        if training:
            for variable, value in ((self.mean, mean), (self.variance, variance), (self.held, ops.ones((), "uint32"))):
                variable.assign(value)
        return (x - mean) * ops.rsqrt(variance + self.epsilon)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "epsilon": self.epsilon}
