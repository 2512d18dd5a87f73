"""Folding: BN at inference is an affine map, so it can go into the weights of the layer before or behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.training.normalization import BatchNormalization, batch_norms

_WEIGHTED = (keras.layers.Dense, keras.layers.Conv2D)


@dataclass(frozen=True)
class Fold:
    """One BN layer and the layer whose weights take it in."""

    norm: BatchNormalization
    into: keras.Layer
    before: bool
    """`into` stands before the norm: y = a·(Wx + b) + c. Else behind it: W(a·x + c) + b."""


class Passed(keras.layers.Layer):
    """What stands where a norm stood; called as a norm is."""

    def call(self, inputs: Any, mask: Any = None) -> Any:
        return inputs


def folded(model: keras.Model) -> keras.Model:
    """The same function at inference, without the BN layers that can be folded exactly; variables are copies.

    A BN layer right behind a dense layer or convolution, or right before a dense layer. Before a convolution that pads
    with zeros the shift c would differ at the border, and a norm with several readers cannot be folded.
    """
    folds = {fold.norm.name: fold for fold in foldable(model)}
    taking = {fold.into.name for fold in folds.values()}

    def clone(layer: keras.Layer) -> keras.Layer:
        if layer.name in folds:
            return Passed(name=layer.name)
        config = layer.get_config()
        return type(layer).from_config({**config, "use_bias": True} if layer.name in taking else config)

    copy = keras.models.clone_model(model, clone_function=clone)
    for layer in model.layers:
        if layer.weights and layer.name not in folds:
            copy.get_layer(layer.name).set_weights(_weights(layer, [f for f in folds.values() if f.into is layer]))
    return copy


def foldable(model: keras.Model) -> list[Fold]:
    """In the order of the data; every norm once."""
    return [fold for norm in batch_norms(model) if (fold := _fold(norm)) is not None]


def _fold(norm: BatchNormalization) -> Fold | None:
    source, readers = _neighbours(norm)
    if isinstance(source, _WEIGHTED) and source.activation is keras.activations.linear and len(_readers(source)) == 1:
        return Fold(norm, source, before=True)
    if len(readers) == 1 and isinstance(readers[0], keras.layers.Dense):
        return Fold(norm, readers[0], before=False)
    return None


def _neighbours(layer: keras.Layer) -> tuple[keras.Layer, list[keras.Layer]]:
    node = layer._inbound_nodes[0]
    return node.parent_nodes[0].operation, _readers(layer)


def _readers(layer: keras.Layer) -> list[keras.Layer]:
    return [node.operation for node in layer._outbound_nodes]


def _weights(layer: keras.Layer, folds: Sequence[Fold]) -> list[NDArray[Any]]:
    weights = [np.asarray(weight, np.float64) for weight in layer.weights]
    if not folds:
        return [np.asarray(weight) for weight in layer.weights]
    kernel, bias = weights[0], weights[1] if len(weights) > 1 else np.zeros(weights[0].shape[-1])
    for fold in sorted(folds, key=lambda fold: fold.before):  # what stands behind the layer comes last
        factor, shift = affine(fold.norm)
        if fold.before:
            kernel, bias = kernel * factor, bias * factor + shift
        else:
            bias = bias + shift @ kernel
            kernel = kernel * factor[:, None]
    return [kernel.astype(np.float32), bias.astype(np.float32)]


def affine(norm: BatchNormalization) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(a, c), a value a channel each: BN at inference is y = a·x + c (Ioffe & Szegedy 2015, Alg. 2, step 11)."""
    channels = norm.moving_mean.shape
    gamma = np.asarray(norm.gamma, np.float64) if norm.scale else np.ones(channels)
    beta = np.asarray(norm.beta, np.float64) if norm.center else np.zeros(channels)
    factor = gamma / np.sqrt(np.asarray(norm.moving_variance, np.float64) + norm.epsilon)
    return factor, beta - factor * np.asarray(norm.moving_mean, np.float64)
