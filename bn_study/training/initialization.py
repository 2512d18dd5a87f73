"""Initial weights by named streams."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.planning.seed import stream_seed

_OTHER_NAMES = {"recurrent_kernel": "recurrent"}  # weights whose initializer Keras names otherwise


def initialize(model: keras.Model, seed: int) -> None:
    """Set every weight to its initial value, each random kernel from its own stream.

    The stream is named after layer and weight, so arms of one seed start from the same kernels wherever
    their layers' names and shapes agree.
    """
    for layer in model.layers:
        for variable in layer.weights:
            initializer = getattr(layer, f"{_OTHER_NAMES.get(variable.name, variable.name)}_initializer", None)
            if initializer is None:
                continue  # a dropout stream: set at each epoch's start
            variable.assign(_initial_value(initializer, variable, stream_seed(seed, "init", layer.name, variable.name)))


def _initial_value(
    initializer: keras.initializers.Initializer, variable: keras.Variable, seed: int
) -> NDArray[np.float32]:
    config = initializer.get_config()
    if "seed" in config:
        initializer = initializer.__class__.from_config({**config, "seed": seed % 2**31})
    return np.asarray(initializer(variable.shape, dtype="float32"))
