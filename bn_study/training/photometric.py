"""Brightness, contrast, saturation and hue of images in grey levels, clipped to 0..255 after each.

The definitions of Pillow's ImageEnhance and of torchvision's ColorJitter, without rounding to bytes.
"""

from __future__ import annotations

import numpy as np
from keras import ops

from bn_study.training.tensor import Tensor

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def brightened(levels: Tensor, factor: Tensor) -> Tensor:
    """levels: float32 (n, h, w, c), factor: (n,). Times the factor."""
    return _clipped(_each(factor) * levels)


def contrasted(levels: Tensor, factor: Tensor) -> Tensor:
    """The distance from the image's mean grey, times the factor."""
    return _blended(ops.mean(_grey(levels), axis=(1, 2), keepdims=True), levels, factor)


def saturated(levels: Tensor, factor: Tensor) -> Tensor:
    """The distance from each pixel's own grey, times the factor; three channels."""
    return _blended(_grey(levels), levels, factor)


def hue_turned(levels: Tensor, turn: Tensor) -> Tensor:
    """Hue of HSV plus `turn` (n,), in turns of the colour circle; three channels."""
    hsv = ops.image.rgb_to_hsv(levels / 255.0)
    hue = ops.mod(hsv[..., :1] + _each(turn), 1.0)
    return _clipped(255.0 * ops.image.hsv_to_rgb(ops.concatenate([hue, hsv[..., 1:]], axis=-1)))


def _blended(grey: Tensor, levels: Tensor, factor: Tensor) -> Tensor:
    return _clipped(grey + _each(factor) * (levels - grey))


def _grey(levels: Tensor) -> Tensor:
    """(n, h, w, 1): luma of colours, else the mean of the channels."""
    if levels.shape[-1] == 3:
        return ops.sum(levels * _LUMA, axis=-1, keepdims=True)
    return ops.mean(levels, axis=-1, keepdims=True)


def _clipped(levels: Tensor) -> Tensor:
    return ops.clip(levels, 0.0, 255.0)


def _each(factor: Tensor) -> Tensor:
    """(n,) → (n, 1, 1, 1)."""
    return ops.reshape(factor, (-1, 1, 1, 1))
