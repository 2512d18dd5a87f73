"""Flatten and hidden Dense layers."""

from __future__ import annotations

import keras

from bn_study.config.model import DenseModel
from bn_study.training.block import Block, dropout_rate, entered


def dense_features(spec: DenseModel, images: keras.KerasTensor, precision: str) -> keras.KerasTensor:
    """Images (batch, h, w, c) → the last hidden layer (batch, units)."""
    block = Block(spec, precision)
    x = keras.layers.Flatten(name="flatten", dtype=precision)(images)
    x = entered(x, spec.norm, spec.dropout, precision)
    for number, width in enumerate(spec.widths, start=1):
        name = f"hidden_{number}"
        rate = dropout_rate(spec.dropout, dense=True, last=number == len(spec.widths))
        x = block.activated(block.dense(x, width, name, number), name, number, rate)
    return x
