"""Affine maps of image coordinates, one an image of a batch, and bilinear resampling along them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from keras import ops

from bn_study.training.tensor import Tensor


@dataclass(frozen=True)
class AffineMap:
    """Where each pixel of the result comes from: x_in = xx·x + xy·y + x0, y_in = yx·x + yy·y + y0.

    x counts columns to the right and y rows down, in pixels from the image's centre. Each coefficient is a number
    for all images or a tensor (n,). `a @ b` maps by b first: result → b → a → source.
    """

    xx: Tensor = 1.0
    xy: Tensor = 0.0
    x0: Tensor = 0.0
    yx: Tensor = 0.0
    yy: Tensor = 1.0
    y0: Tensor = 0.0

    def __matmul__(self, other: AffineMap) -> AffineMap:
        return AffineMap(
            xx=self.xx * other.xx + self.xy * other.yx,
            xy=self.xx * other.xy + self.xy * other.yy,
            x0=self.xx * other.x0 + self.xy * other.y0 + self.x0,
            yx=self.yx * other.xx + self.yy * other.yx,
            yy=self.yx * other.xy + self.yy * other.yy,
            y0=self.yx * other.x0 + self.yy * other.y0 + self.y0,
        )


def flip(mirrored: Tensor) -> AffineMap:
    """Left to right where `mirrored` (bool, (n,))."""
    return AffineMap(xx=ops.where(mirrored, -1.0, 1.0))


def rotation(degrees: Tensor) -> AffineMap:
    """About the centre."""
    sine, cosine = _sine_and_cosine(degrees)
    return AffineMap(xx=cosine, xy=-sine, yx=sine, yy=cosine)


def shift(x: Tensor, y: Tensor) -> AffineMap:
    """The result's pixel comes from x pixels further to the right and y further down."""
    return AffineMap(x0=x, y0=y)


def shear(degrees: Tensor) -> AffineMap:
    """Keras' shear: x_in = x - sin(a)·y, y_in = cos(a)·y."""
    sine, cosine = _sine_and_cosine(degrees)
    return AffineMap(xy=-sine, yy=cosine)


def zoom(x: Tensor, y: Tensor) -> AffineMap:
    """A factor below 1 enlarges."""
    return AffineMap(xx=x, yy=y)


def resampled(images: Tensor, source: AffineMap, fill: Literal["nearest", "black"]) -> Tensor:
    """Images (n, h, w, c), any type → float32, bilinear between the four pixels around where each comes from.

    Beyond the image is its nearest pixel, or 0: scipy.ndimage.affine_transform with order=1 and mode 'nearest' or
    'constant'. Maps to whole pixels (flips, crops) give exact pixels. Keras' own ops.image.affine_transform has
    no XLA kernel on TensorFlow, and takes ten times as long on JAX.
    """
    count, height, width, channels = images.shape
    x_centre, y_centre = (width - 1) / 2, (height - 1) / 2
    columns = ops.reshape(ops.arange(width, dtype="float32") - x_centre, (1, 1, width))
    rows = ops.reshape(ops.arange(height, dtype="float32") - y_centre, (1, height, 1))
    x = _each(source.xx) * columns + (_each(source.xy) * rows + _each(source.x0)) + x_centre
    y = _each(source.yy) * rows + (_each(source.yx) * columns + _each(source.y0)) + y_centre
    left, right, x_weight = _neighbours(x, width)
    above, below, y_weight = _neighbours(y, height)

    pixels = ops.reshape(images, (count * height * width, channels))
    first = ops.reshape(ops.arange(count, dtype="int32") * (height * width), (count, 1, 1))

    def row(number: Tensor) -> Tensor:
        begin = first + number * width
        near, far = (ops.cast(ops.take(pixels, begin + column, axis=0), "float32") for column in (left, right))
        return near + x_weight * (far - near)

    upper, lower = row(above), row(below)
    result = upper + y_weight * (lower - upper)
    if fill == "nearest":
        return result
    inside = ops.logical_and(_within(x, width), _within(y, height))
    return ops.where(ops.expand_dims(inside, -1), result, 0.0)


def _neighbours(position: Tensor, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """Whole positions on both sides of `position`, clipped into 0..size-1, and the weight of the second."""
    clipped = ops.clip(position, 0.0, size - 1.0)
    lower = ops.floor(clipped)
    number = ops.cast(lower, "int32")
    return number, ops.minimum(number + 1, size - 1), ops.expand_dims(clipped - lower, -1)


def _within(position: Tensor, size: int) -> Tensor:
    return ops.logical_and(position >= 0.0, position <= size - 1.0)


def _each(coefficient: Tensor) -> Tensor:
    """(n,) → (n, 1, 1)."""
    return coefficient if isinstance(coefficient, float) else ops.reshape(coefficient, (-1, 1, 1))


def _sine_and_cosine(degrees: Tensor) -> tuple[Tensor, Tensor]:
    angle = degrees * (math.pi / 180)
    return ops.sin(angle), ops.cos(angle)
