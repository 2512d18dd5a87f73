"""Compiled functions and their gradients on JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of arrays, compiled once for each set of shapes."""
    return jax.jit(function)


def with_gradient(function: Callable[..., tuple[Any, Any]]) -> Callable[..., Any]:
    """function(variables, *arguments) → (loss, more), as (loss, more, gradients by the list of variables)."""
    differentiated = jax.value_and_grad(function, has_aux=True)

    def call(variables: list[Any], *arguments: Any) -> tuple[Any, Any, list[Any]]:
        (loss, more), gradients = differentiated(variables, *arguments)
        return loss, more, gradients

    return call
