"""Inverted dropout whose masks are a pure function of (stream seed, step)."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from bn_study.training.random_layer import RandomLayer
from bn_study.training.tensor import Tensor


@keras.saving.register_keras_serializable("bn_study")
class Dropout(RandomLayer):
    """Zero a unit with probability `rate`, scale the others by 1 / (1 - rate) (Srivastava et al. 2014).

    With `spatial`, whole feature maps of (n, h, w, c) are zeroed (Tompson et al. 2015).
    """

    purpose = "dropout"

    def __init__(self, rate: float, spatial: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.spatial = spatial
        self.supports_masking = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Inputs of any shape with a known batch size in training; inference passes them through."""
        if not training or self.rate == 0.0:
            return inputs
        shape = tuple(inputs.shape)
        if self.spatial:
            shape = (shape[0], *(1 for _ in shape[1:-1]), shape[-1])
        keep = ops.reshape(self.drawn(math.prod(shape)), shape) >= self.rate
        return ops.where(keep, inputs / (1.0 - self.rate), ops.zeros_like(inputs))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "spatial": self.spatial}
