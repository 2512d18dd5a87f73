"""The layers of a net that hold weights, and which of them stand before which."""

from __future__ import annotations

from typing import Any

import keras

_KERNELS = ("kernel", "recurrent_kernel")
_NORM = "_norm"  # of the layer NAME is called NAME_norm, see training.block


def kernels(model: keras.Model) -> dict[str, int]:
    """layer/weight → place among the trainable variables, of every kernel, in the order of the data."""
    places = _places(model)
    return {
        f"{layer.name}/{variable.name}": places[id(variable)]
        for layer in model.layers
        for variable in layer.trainable_variables
        if variable.name in _KERNELS
    }


def weight_layers(model: keras.Model) -> dict[str, tuple[int, ...]]:
    """Layer with a kernel → places of its own variables and of its norm's, in the order of the data.

    A norm of the net's input belongs to the first layer.
    """
    places = _places(model)
    own: dict[str, list[int]] = {layer.name: [] for layer in model.layers if _has_kernel(layer)}
    first = next(iter(own))
    for layer in model.layers:
        name = layer.name if layer.name in own else layer.name.removesuffix(_NORM)
        own[name if name in own else first] += [places[id(variable)] for variable in layer.trainable_variables]
    return {name: tuple(found) for name, found in own.items()}


def upstream(model: keras.Model, name: str) -> frozenset[str]:
    """The names of all layers that this layer's input depends on; those of a parallel branch are not among them."""
    found: set[str] = set()
    waiting = [model.get_layer(name)]
    while waiting:
        for layer in _parents(waiting.pop()):
            if layer.name not in found:
                found.add(layer.name)
                waiting.append(layer)
    return frozenset(found)


def _parents(layer: keras.Layer) -> list[Any]:
    return [parent.operation for node in layer._inbound_nodes for parent in node.parent_nodes]


def _has_kernel(layer: keras.Layer) -> bool:
    return any(variable.name in _KERNELS for variable in layer.trainable_variables)


def _places(model: keras.Model) -> dict[int, int]:
    return {id(variable): number for number, variable in enumerate(model.trainable_variables)}
