"""The CIFAR-10 example net of Keras (2015), with the norms and dropouts of Garbin et al. 2020."""

from __future__ import annotations

import keras

from bn_study.config.model import CnnModel
from bn_study.training.block import Block, dropout_rate, entered


def cnn_features(spec: CnnModel, images: keras.KerasTensor, precision: str) -> keras.KerasTensor:
    """Images (batch, h, w, c) → the hidden dense layer (batch, dense_units)."""
    block, drop = Block(spec, precision), spec.dropout
    early = drop.placement == "before_activation"
    x = entered(images, spec.norm, drop, precision)
    for stage, filters in enumerate(spec.filters, start=1):
        name, number = f"stage_{stage}", 2 * stage - 1
        x = block.convolution(x, filters, 3, f"{name}_same", number)
        x = block.activated(x, f"{name}_same", number)
        x = block.convolution(x, filters, 3, f"{name}_valid", number + 1, padding="valid")
        x = block.activated(x, f"{name}_valid", number + 1, dropout_rate(drop) if early else 0.0)
        x = keras.layers.MaxPooling2D(2, name=f"{name}_pool", dtype=precision)(x)
        x = block.dropped(x, name, 0.0 if early else dropout_rate(drop))
    x = keras.layers.Flatten(name="flatten", dtype=precision)(x)
    number = spec.hidden_layers
    x = block.dense(x, spec.dense_units, "hidden", number)
    return block.activated(x, "hidden", number, dropout_rate(drop, dense=True, last=True))
