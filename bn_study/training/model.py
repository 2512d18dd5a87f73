"""RunSpec's model → a Keras model that maps scaled images to logits; initial weights by named streams."""

from __future__ import annotations

import math

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.config.run import BatchNorm, DenseModel
from bn_study.planning.seed import stream_seed
from bn_study.training.dropout import Dropout
from bn_study.training.normalization import BatchNormalization


def build(spec: DenseModel, image_shape: tuple[int, int, int], classes: int, precision: str) -> keras.Model:
    """Input (batch, height, width, channels) scaled images; output (batch, classes) logits in float32."""
    images = keras.Input(image_shape, name="images")
    x = keras.layers.Flatten(name="flatten", dtype=precision)(images)
    for number, width in enumerate(spec.widths, start=1):
        x = _hidden(spec, number, width, precision)(x)
    logits = keras.layers.Dense(classes, kernel_initializer=spec.kernel_initializer, name="logits", dtype="float32")(x)
    return keras.Model(images, logits)


def _hidden(spec: DenseModel, number: int, width: int, precision: str):  # type: ignore[no-untyped-def]
    """Dense, [BN], activation, [BN], [dropout]. The bias is dropped where BN's β makes it redundant."""
    name = f"hidden_{number}"
    norm = spec.norm if isinstance(spec.norm, BatchNorm) else None
    before = norm is not None and norm.placement == "before_activation"
    redundant_bias = before and norm is not None and norm.center
    layers = [
        keras.layers.Dense(
            width,
            use_bias=not redundant_bias,
            kernel_initializer=spec.kernel_initializer,
            name=name,
            dtype=precision,
        ),
        keras.layers.Activation(spec.activation, name=f"{name}_{spec.activation}", dtype=precision),
    ]
    if norm is not None:
        batch_norm = BatchNormalization(
            momentum=norm.momentum,
            epsilon=norm.epsilon,
            center=norm.center,
            scale=norm.scale,
            name=f"{name}_norm",
            dtype=precision,
        )
        layers.insert(1 if before else 2, batch_norm)
    if spec.dropout.rate > 0.0:
        layers.append(Dropout(spec.dropout.rate, name=f"{name}_dropout", dtype=precision))

    def apply(x):  # type: ignore[no-untyped-def]
        for layer in layers:
            x = layer(x)
        return x

    return apply


def initialize(model: keras.Model, seed: int) -> None:
    """Set every weight to its initial value, each random kernel from its own stream.

    The stream is named after layer and weight, so arms of one seed start from the same kernels wherever
    their layers' names and shapes agree.
    """
    for layer in model.layers:
        for variable in layer.weights:
            initializer = getattr(layer, f"{variable.name}_initializer", None)
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


def start_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Begin each dropout layer's stream for this epoch (counted from 0)."""
    for layer in model.layers:
        if isinstance(layer, Dropout):
            layer.start(stream_seed(seed, "dropout", layer.name, epoch))


def has_convolution(model: keras.Model) -> bool:
    return any("conv" in type(layer).__name__.lower() for layer in model.layers)


def count_parameters(model: keras.Model) -> tuple[int, int]:
    """(all, trainable) parameters; BN's moving statistics count, random streams do not."""
    sizes = [(math.prod(v.shape), v.trainable) for v in model.weights if v.dtype != "uint32"]
    return sum(size for size, _ in sizes), sum(size for size, trainable in sizes if trainable)


def forward_flops(model: keras.Model) -> int:
    """Floating-point operations of one image's forward pass: matrix products only, a multiply-add is 2."""
    return sum(
        2 * math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:-1])
        for layer in model.layers
        if isinstance(layer, keras.layers.Dense)
    )
