"""What a net is made of: parameters, and the arithmetic of one image's forward pass."""

from __future__ import annotations

import math

import keras

_RECURRENT = (keras.layers.LSTM, keras.layers.GRU)


def count_parameters(model: keras.Model) -> tuple[int, int]:
    """(all, trainable) parameters; BN's moving statistics count, random streams do not."""
    sizes = [(math.prod(v.shape), v.trainable) for v in model.weights if v.dtype != "uint32"]
    return sum(size for size, _ in sizes), sum(size for size, trainable in sizes if trainable)


def forward_flops(model: keras.Model) -> int:
    """Floating-point operations of one image's forward pass: matrix products only, a multiply-add is 2.

    Raises TypeError for a layer with a kernel of a kind that is not known here: it would be counted as free.
    """
    return sum(_flops(layer) for layer in model.layers)


def _flops(layer: keras.Layer) -> int:
    if isinstance(layer, (keras.layers.Dense, keras.layers.Conv2D)):
        return 2 * math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:-1])
    if isinstance(layer, _RECURRENT):
        kernels = math.prod(layer.cell.kernel.shape) + math.prod(layer.cell.recurrent_kernel.shape)
        return 2 * kernels * int(layer.input.shape[1])
    if any(len(weight.shape) > 1 for weight in layer.weights):  # norms and random streams have vectors alone
        raise TypeError(f"{layer.name}: the arithmetic of a {type(layer).__name__} is not counted; add it to counting")
    return 0


def has_convolution(model: keras.Model) -> bool:
    return any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers)


def has_recurrence(model: keras.Model) -> bool:
    return any(isinstance(layer, _RECURRENT) for layer in model.layers)
