"""Taps: places in a net that show what passes, and that a derivative can be taken at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras


@keras.saving.register_keras_serializable("bn_study")
class Activation(keras.layers.Activation):
    """Keras' layer, which can also be tapped: then it shows its input z, to which `offset` was added.

    The offset is zero: it changes no value, but the derivative by it is ∂L/∂z.
    """

    offset: Any = None
    shown: Any = None

    def call(self, inputs: Any) -> Any:
        if self.offset is not None:
            inputs = self.shown = inputs + self.offset
        return super().call(inputs)


def taps(model: keras.Model) -> list[Activation]:
    """The net's activations in the order of the data."""
    return [layer for layer in model.layers if isinstance(layer, Activation)]


@contextmanager
def tapped(layers: Sequence[Any], offsets: Sequence[Any]) -> Iterator[None]:
    """While a backend traces the forward pass: every layer adds its offset, and shows what it was added to."""
    for layer, offset in zip(layers, offsets, strict=True):
        layer.offset = offset
    try:
        yield
    finally:
        for layer in layers:
            layer.offset = layer.shown = None
