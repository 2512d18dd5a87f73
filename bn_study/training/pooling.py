"""Max-pooling; on JAX as shifted maxima, whose gradient XLA computes fast on a CPU."""

from __future__ import annotations

import keras
from keras import ops

from bn_study.training.tensor import Tensor


def max_pool(x: keras.KerasTensor, size: int, strides: int, name: str, precision: str) -> keras.KerasTensor:
    """Padding 'same': (batch, h, w, c) → (batch, ⌈h / strides⌉, ⌈w / strides⌉, c)."""
    if keras.backend.backend() == "jax" and size == 3 and strides == 1:
        return ShiftedMaximum(name=name, dtype=precision)(x)
    return keras.layers.MaxPooling2D(size, strides, "same", name=name, dtype=precision)(x)


@keras.saving.register_keras_serializable("bn_study")
class ShiftedMaximum(keras.layers.Layer):
    """3×3 max-pooling of stride 1 with padding 'same', first over rows, then over columns.

    XLA's own gradient (select-and-scatter) takes 27 times as long on a CPU. Equal forward; where a maximum is
    attained more than once its gradient is shared among neighbours instead of given to one.
    """

    def call(self, inputs: Tensor) -> Tensor:
        return _of_three(_of_three(inputs, 1), 2)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape


def _of_three(x: Tensor, axis: int) -> Tensor:
    """Maximum of each entry and its two neighbours along an axis."""
    first, last = [slice(None)] * 4, [slice(None)] * 4
    first[axis], last[axis] = slice(0, 1), slice(-1, None)
    without_first, without_last = [slice(None)] * 4, [slice(None)] * 4
    without_first[axis], without_last[axis] = slice(1, None), slice(0, -1)
    before = ops.concatenate([x[tuple(first)], x[tuple(without_last)]], axis=axis)
    behind = ops.concatenate([x[tuple(without_first)], x[tuple(last)]], axis=axis)
    return ops.maximum(ops.maximum(before, x), behind)
