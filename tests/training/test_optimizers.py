"""Optimizers against their published update rules, two steps by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter

from bn_study.config.training import Optimizer
from bn_study.training.optimization import build_optimizer

OPTIMIZER: TypeAdapter[Optimizer] = TypeAdapter(Optimizer)
RATE, GRADIENTS = 0.1, (0.5, -0.2)
Updates = Iterator[float]


def sgd(momentum: float = 0.0, nesterov: bool = False) -> Updates:
    velocity = 0.0
    for g in GRADIENTS:
        velocity = momentum * velocity - RATE * g
        yield momentum * velocity - RATE * g if nesterov else velocity


def adam() -> Updates:
    m = v = 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        yield -RATE * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)


def rmsprop() -> Updates:
    v = 0.0
    for g in GRADIENTS:
        v = 0.9 * v + 0.1 * g * g
        yield -RATE * g / np.sqrt(v + 1e-7)


CASES: list[tuple[dict[str, Any], float, Callable[[], Updates]]] = [
    ({"kind": "sgd"}, 0.0, sgd),
    ({"kind": "sgd", "momentum": 0.9}, 0.0, lambda: sgd(0.9)),
    ({"kind": "sgd", "momentum": 0.9, "nesterov": True}, 0.0, lambda: sgd(0.9, True)),
    ({"kind": "sgd", "weight_decay": 0.3}, 0.3, sgd),
    ({"kind": "adam"}, 0.0, adam),
    ({"kind": "adamw", "weight_decay": 0.3}, 0.3, adam),
    ({"kind": "rmsprop"}, 0.0, rmsprop),
    ({"kind": "rmsprop", "weight_decay": 0.3}, 0.3, rmsprop),
]


@pytest.mark.parametrize(
    ("spec", "decay", "rule"), CASES, ids=[str(k) + case[0]["kind"] for k, case in enumerate(CASES)]
)
def test_two_steps_are_the_published_rule_and_only_kernels_decay(
    spec: dict[str, Any], decay: float, rule: Callable[[], Updates]
) -> None:
    """w ← w − rate · decay · w, then the rule's own update; biases, γ and β do not decay."""
    optimizer = build_optimizer(OPTIMIZER.validate_python(spec))
    kernel, bias = (keras.Variable([2.0], name=name) for name in ("kernel", "bias"))
    optimizer.build([kernel, bias])
    optimizer.learning_rate.assign(RATE)
    expected_kernel = expected_bias = 2.0
    for g, update in zip(GRADIENTS, rule(), strict=True):
        gradient = keras.ops.convert_to_tensor(np.array([g], np.float32))
        optimizer.apply([gradient, gradient], [kernel, bias])
        expected_kernel += update - RATE * decay * expected_kernel
        expected_bias += update
    assert float(np.asarray(kernel)[0]) == pytest.approx(expected_kernel, rel=1e-5)
    assert float(np.asarray(bias)[0]) == pytest.approx(expected_bias, rel=1e-5)


@pytest.mark.parametrize("gradient", [1e-5, 1e-4, 1e-2])
def test_rmsprop_of_keras_2_is_epsilon_squared(gradient: float) -> None:
    """Keras 2 divides by √v + ε, Keras 3 by √(v + ε): ε = 1e-7 of the one is about 1e-14 of the other.

    With 1e-7 under the root, the first step at a gradient of 1e-5 would be a hundred times smaller.
    """
    optimizer = build_optimizer(OPTIMIZER.validate_python({"kind": "rmsprop", "epsilon": 1e-14}))
    kernel = keras.Variable([0.0], name="kernel")
    optimizer.build([kernel])
    optimizer.learning_rate.assign(RATE)
    optimizer.apply([keras.ops.convert_to_tensor(np.array([gradient], np.float32))], [kernel])
    keras_2 = -RATE * gradient / (np.sqrt(0.1 * gradient**2) + 1e-7)
    assert float(np.asarray(kernel)[0]) == pytest.approx(keras_2, rel=0.04)
