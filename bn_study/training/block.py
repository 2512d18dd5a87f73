"""How norm, activation and dropout follow the weight layers of a net: the order that its spec asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from bn_study.config.model import DropoutSpec, FeedForward
from bn_study.config.norm import NoNorm
from bn_study.training.dropout import Dropout
from bn_study.training.norm_layer import AnyNorm, normalized
from bn_study.training.tap import Activation


@dataclass(frozen=True)
class Block:
    """Applies layers to a symbolic tensor. Hidden layers are numbered from 1, as in `norm.layers`."""

    spec: FeedForward
    precision: str

    def dense(self, x: keras.KerasTensor, units: int, name: str, number: int) -> keras.KerasTensor:
        return keras.layers.Dense(units, **self._settings(name, number))(x)

    def convolution(
        self,
        x: keras.KerasTensor,
        filters: int,
        size: int,
        name: str,
        number: int,
        strides: int = 1,
        padding: str = "same",
    ) -> keras.KerasTensor:
        return keras.layers.Conv2D(filters, size, strides, padding, **self._settings(name, number))(x)

    def activated(self, x: keras.KerasTensor, name: str, number: int, dropout_rate: float = 0.0) -> keras.KerasTensor:
        """[norm], activation, [norm]; dropout right before the activation, or last."""
        early = self.spec.dropout.placement == "before_activation"
        x = self.normed(x, name, number, "before_activation")
        x = self.dropped(x, name, dropout_rate if early else 0.0)
        x = self.activation(x, name)
        x = self.normed(x, name, number, "after_activation")
        return self.dropped(x, name, 0.0 if early else dropout_rate)

    def activation(self, x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        kind = self.spec.activation
        return Activation(kind, name=f"{name}_{kind}", dtype=self.precision)(x)

    def normed(self, x: keras.KerasTensor, name: str, number: int, placement: str) -> keras.KerasTensor:
        """Normalized, if the spec asks for it on this layer at this place."""
        norm = self._norm_on(number)
        if norm is None or norm.placement != placement:
            return x
        return normalized(x, norm, f"{name}_norm", self.precision)

    def dropped(self, x: keras.KerasTensor, name: str, rate: float) -> keras.KerasTensor:
        return with_dropout(x, self.spec.dropout, rate, name, self.precision)

    def _settings(self, name: str, number: int) -> dict[str, Any]:
        return {
            "use_bias": self._has_bias(number),
            "kernel_initializer": self.spec.kernel_initializer,
            "name": name,
            "dtype": self.precision,
        }

    def _norm_on(self, number: int) -> AnyNorm | None:
        norm = self.spec.norm
        return None if isinstance(norm, NoNorm) or not norm.on_layer(number) else norm

    def _has_bias(self, number: int) -> bool:
        if self.spec.bias != "where_needed":
            return self.spec.bias == "always"
        norm = self._norm_on(number)
        return norm is None or norm.placement != "before_activation" or not norm.removes_biases


def dropout_rate(spec: DropoutSpec, dense: bool = False, last: bool = False) -> float:
    """Rate after a stage of hidden layers: a dense layer or not, the last before the logits or not."""
    asked = {"all": True, "dense": dense, "last": last}[spec.layers]
    rate = spec.dense_rate if dense and spec.dense_rate is not None else spec.rate
    return rate if asked else 0.0


def with_dropout(x: keras.KerasTensor, spec: DropoutSpec, rate: float, name: str, precision: str) -> keras.KerasTensor:
    if rate == 0.0:
        return x
    spatial = spec.spatial and len(x.shape) == 4
    return Dropout(rate, spatial, name=f"{name}_dropout", dtype=precision)(x)


def entered(x: keras.KerasTensor, norm: AnyNorm | NoNorm, dropout: DropoutSpec, precision: str) -> keras.KerasTensor:
    """The net's input, normalized and dropped as the spec asks."""
    if not isinstance(norm, NoNorm) and norm.on_input:
        x = normalized(x, norm, "input_norm", precision)
    return with_dropout(x, dropout, dropout.input_rate, "input", precision)
