"""Residual nets for small images (He et al. 2016, Sec. 4.2)."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from bn_study.config.model import ResnetModel
from bn_study.training.block import Block, dropout_rate, entered
from bn_study.training.tensor import Tensor

FILTERS = (16, 32, 64)  # of the three groups


def resnet_features(spec: ResnetModel, images: keras.KerasTensor, precision: str) -> keras.KerasTensor:
    """Images (batch, h, w, c) → averages of the last feature maps (batch, channels)."""
    block = Block(spec, precision)
    widths = [max(1, round(filters * spec.width)) for filters in FILTERS]
    x = entered(images, spec.norm, spec.dropout, precision)
    x = block.activated(block.convolution(x, widths[0], 3, "entry", 1), "entry", 1)
    number = 2
    for group, filters in enumerate(widths, start=1):
        for block_number in range(1, (spec.depth - 2) // 6 + 1):
            strides = 2 if group > 1 and block_number == 1 else 1
            x = _residual(block, x, filters, strides, f"group{group}_block{block_number}", number)
            number += 2
    x = keras.layers.GlobalAveragePooling2D(name="pooled", dtype=precision)(x)
    return block.dropped(x, "pooled", spec.dropout.rate if spec.dropout.layers == "last" else 0.0)


def _residual(
    block: Block, x: keras.KerasTensor, filters: int, strides: int, name: str, number: int
) -> keras.KerasTensor:
    """Two convolutions beside a shortcut. Dropout stands between them (Zagoruyko & Komodakis 2016)."""
    first, second = f"{name}_first", f"{name}_second"
    inner = block.convolution(x, filters, 3, first, number, strides)
    inner = block.activated(inner, first, number, dropout_rate(block.spec.dropout))
    inner = block.convolution(inner, filters, 3, second, number + 1)
    inner = block.normed(inner, second, number + 1, "before_activation")
    x = keras.layers.Add(name=f"{name}_sum", dtype=block.precision)(
        [inner, _shortcut(block, x, filters, strides, name, number)]
    )
    return block.normed(block.activation(x, name), second, number + 1, "after_activation")


def _shortcut(
    block: Block, x: keras.KerasTensor, filters: int, strides: int, name: str, number: int
) -> keras.KerasTensor:
    if strides == 1:
        return x
    assert isinstance(block.spec, ResnetModel)
    if block.spec.shortcut == "projection":
        x = block.convolution(x, filters, 1, f"{name}_projection", number, strides)
        return block.normed(x, f"{name}_projection", number, "before_activation")
    return PaddedIdentity(filters, strides, name=f"{name}_identity", dtype=block.precision)(x)


@keras.saving.register_keras_serializable("bn_study")
class PaddedIdentity(keras.layers.Layer):
    """Every `strides`-th pixel, and zeros for channels that the input has not (He et al. 2016, option A)."""

    def __init__(self, filters: int, strides: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.strides = filters, strides

    def call(self, inputs: Tensor) -> Tensor:
        """(batch, h, w, c) → (batch, ⌈h / strides⌉, ⌈w / strides⌉, filters), filters ≥ c."""
        new = self.filters - int(inputs.shape[-1])
        kept = inputs[:, :: self.strides, :: self.strides, :]
        return ops.pad(kept, ((0, 0), (0, 0), (0, 0), (new // 2, new - new // 2)))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        batch, height, width, _ = input_shape
        assert height is not None
        assert width is not None
        return batch, -(-height // self.strides), -(-width // self.strides), self.filters

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": self.filters, "strides": self.strides}
