"""Gradients of compiled functions, on the backend that Keras runs on."""

from __future__ import annotations

import importlib

import keras

_backend = importlib.import_module(f"bn_study.training.{keras.backend.backend()}_gradient")

#: The function of tensors, compiled once for each set of shapes.
compiled = _backend.compiled
#: function(variables, *arguments) → (loss, more), as (loss, more, gradients by the list of variables).
with_gradient = _backend.with_gradient
