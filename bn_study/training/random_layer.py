"""Layers that draw random numbers: each from a stream of its own, counted by step."""

from __future__ import annotations

from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from bn_study.planning.seed import stream_seed
from bn_study.training.tensor import Tensor
from bn_study.training.threefry import uniform


class RandomLayer(keras.layers.Layer):
    """`stream` is a uint32 weight (key, key, step).

    Setting it at the start of an epoch makes the numbers of that epoch independent of what ran before, which is what
    resuming and reuse of a compiled net need.
    """

    #: Names its streams: two layers that stand at one place and draw for different purposes share none.
    purpose: ClassVar[str]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.stream = self.add_weight(
            name="stream", shape=(3,), dtype="uint32", initializer="zeros", trainable=False, autocast=False
        )

    def start(self, seed: int) -> None:
        """Begin the stream `seed` (63 bits) at step 0."""
        self.stream.assign(np.array([seed & 0xFFFFFFFF, seed >> 32, 0], dtype=np.uint32))

    def drawn(self, count: int) -> Tensor:
        """This step's numbers (count,), uniform in [0, 1); the stream goes on to the next step."""
        key_low, key_high, step = (self.stream[i] for i in range(3))
        draws = uniform((key_low, key_high), step, count)
        one_step = ops.convert_to_tensor(np.array([0, 0, 1], dtype=np.uint32))
        self.stream.assign(ops.add(self.stream, one_step))
        return draws

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().get_config()
        return config


def start_streams(model: keras.Model, seed: int, epoch: int) -> None:
    """Begin each random layer's stream for this epoch (counted from 0)."""
    for layer in model.layers:
        if isinstance(layer, RandomLayer):
            layer.start(stream_seed(seed, layer.purpose, layer.name, epoch))
