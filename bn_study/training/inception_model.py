"""Inception modules 3a to 5b of GoogLeNet right on the image (Szegedy et al. 2015; Kiefer & Moeller 2020)."""

from __future__ import annotations

from typing import NamedTuple

import keras

from bn_study.config.model import InceptionModel
from bn_study.training.block import Block, dropout_rate, entered
from bn_study.training.pooling import max_pool


class Module(NamedTuple):
    """Filters of a module's convolutions (Szegedy et al. 2015, Table 1)."""

    name: str
    conv1x1: int
    reduce3x3: int
    conv3x3: int
    reduce5x5: int
    conv5x5: int
    pool_projection: int


MODULES = (
    Module("3a", 64, 96, 128, 16, 32, 32),
    Module("3b", 128, 128, 192, 32, 96, 64),
    Module("4a", 192, 96, 208, 16, 48, 64),
    Module("4b", 160, 112, 224, 24, 64, 64),
    Module("4c", 128, 128, 256, 24, 64, 64),
    Module("4d", 112, 144, 288, 32, 64, 64),
    Module("4e", 256, 160, 320, 32, 128, 128),
    Module("5a", 256, 160, 320, 32, 128, 128),
    Module("5b", 384, 192, 384, 48, 128, 128),
)
AFTER_POOLING = ("4a", "5a")  # modules that stand behind a 3×3 max-pooling of stride 2


def inception_features(spec: InceptionModel, images: keras.KerasTensor, precision: str) -> keras.KerasTensor:
    """Images (batch, h, w, c) → averages of the last feature maps (batch, channels)."""
    block = Block(spec, precision)
    x = entered(images, spec.norm, spec.dropout, precision)
    for number, module in enumerate(MODULES[: spec.modules], start=1):
        if module.name in AFTER_POOLING:
            x = max_pool(x, 3, 2, f"{module.name}_downsampling", precision)
        x = _module(block, x, module, number, spec.width)
        x = block.dropped(x, module.name, dropout_rate(spec.dropout))
    x = keras.layers.GlobalAveragePooling2D(name="pooled", dtype=precision)(x)
    return block.dropped(x, "pooled", spec.dropout.rate if spec.dropout.layers == "last" else 0.0)


def _module(block: Block, x: keras.KerasTensor, module: Module, number: int, width: float) -> keras.KerasTensor:
    def convolution(x: keras.KerasTensor, part: str, filters: int, size: int) -> keras.KerasTensor:
        name = f"{module.name}_{part}"
        x = block.convolution(x, max(1, round(filters * width)), size, name, number)
        return block.activated(x, name, number)

    pooled = max_pool(x, 3, 1, f"{module.name}_pool", block.precision)
    branches = [
        convolution(x, "1x1", module.conv1x1, 1),
        convolution(convolution(x, "3x3_reduce", module.reduce3x3, 1), "3x3", module.conv3x3, 3),
        convolution(convolution(x, "5x5_reduce", module.reduce5x5, 1), "5x5", module.conv5x5, 5),
        convolution(pooled, "pool_projection", module.pool_projection, 1),
    ]
    return keras.layers.Concatenate(name=module.name, dtype=block.precision)(branches)
