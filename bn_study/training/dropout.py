"""Inverted dropout whose masks are a pure function of (stream seed, step)."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from bn_study.planning.seed import stream_seed
from bn_study.training.tensor import Tensor
from bn_study.training.threefry import uniform


@keras.saving.register_keras_serializable("bn_study")
class Dropout(keras.layers.Layer):
    """Zero a unit with probability `rate`, scale the others by 1 / (1 - rate) (Srivastava et al. 2014).

    With `spatial`, whole feature maps of (n, h, w, c) are zeroed (Tompson et al. 2015).

    `stream` is a uint32 weight (key, key, step). Setting it at the start of an epoch makes the masks of that
    epoch independent of what ran before, which is what resuming and reuse of a compiled net need.
    """

    def __init__(self, rate: float, spatial: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.spatial = spatial
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.stream = self.add_weight(
            name="stream", shape=(3,), dtype="uint32", initializer="zeros", trainable=False, autocast=False
        )

    def start(self, seed: int) -> None:
        """Begin the stream `seed` (63 bits) at step 0."""
        self.stream.assign(np.array([seed & 0xFFFFFFFF, seed >> 32, 0], dtype=np.uint32))

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Inputs of any shape with a known batch size in training; inference passes them through."""
        if not training or self.rate == 0.0:
            return inputs
        shape = tuple(inputs.shape)
        if self.spatial:
            shape = (shape[0], *(1 for _ in shape[1:-1]), shape[-1])
        key_low, key_high, step = (self.stream[i] for i in range(3))
        draws = uniform((key_low, key_high), step, math.prod(shape))
        one_step = ops.convert_to_tensor(np.array([0, 0, 1], dtype=np.uint32))
        self.stream.assign(ops.add(self.stream, one_step))
        keep = ops.reshape(draws, shape) >= self.rate
        return ops.where(keep, inputs / (1.0 - self.rate), ops.zeros_like(inputs))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "spatial": self.spatial}


def start_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Begin each dropout layer's stream for this epoch (counted from 0)."""
    for layer in model.layers:
        if isinstance(layer, Dropout):
            layer.start(stream_seed(seed, "dropout", layer.name, epoch))
