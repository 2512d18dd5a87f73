"""LSTM or GRU layers over the rows of an image, normalized between layers (Laurent et al. 2016)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from bn_study.config.model import RecurrentModel
from bn_study.config.norm import NoNorm
from bn_study.training.block import dropout_rate, entered, with_dropout
from bn_study.training.norm_layer import normalized
from bn_study.training.tap import Activation


def recurrent_features(spec: RecurrentModel, images: keras.KerasTensor, precision: str) -> keras.KerasTensor:
    """Images (batch, h, w, c), read as h time steps of w·c features → the last state (batch, units)."""
    _, height, width, channels = images.shape
    x = keras.layers.Reshape((height, width * channels), name="rows", dtype=precision)(images)
    x = entered(x, spec.norm, spec.dropout, precision)
    for number, units in enumerate(spec.units, start=1):
        name, last = f"recurrent_{number}", number == len(spec.units)
        x = _recurrence(spec, units, not last, name, precision)(x)
        if not isinstance(spec.norm, NoNorm) and spec.norm.on_layer(number):
            x = normalized(x, spec.norm, f"{name}_norm", precision)
        x = Activation("linear", name=f"{name}_output", dtype=precision)(x)  # changes nothing; a place to look at
        x = with_dropout(x, spec.dropout, dropout_rate(spec.dropout, last=last), name, precision)
    return x


def _recurrence(spec: RecurrentModel, units: int, sequences: bool, name: str, precision: str) -> keras.Layer:
    settings: dict[str, Any] = {
        "return_sequences": sequences,
        "kernel_initializer": spec.kernel_initializer,
        "name": name,
        "dtype": precision,
    }
    if spec.cell == "gru":
        return keras.layers.GRU(units, **settings)
    return keras.layers.LSTM(units, unit_forget_bias=False, bias_initializer=ForgetGateOpen(), **settings)


@keras.saving.register_keras_serializable("bn_study")
class ForgetGateOpen(keras.initializers.Initializer):
    """LSTM bias (4 * units,): 1 for the forget gate, the second quarter, else 0 (Jozefowicz et al. 2015)."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        units = shape[0] // 4
        return np.repeat(np.array([0.0, 1.0, 0.0, 0.0], dtype=np.float32), units)

    def get_config(self) -> dict[str, Any]:
        return {}
