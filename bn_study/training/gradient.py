"""Gradients of compiled functions, on the backend that Keras runs on."""

from __future__ import annotations

import keras

if keras.backend.backend() == "tensorflow":
    from bn_study.training.tensorflow_gradient import compiled, with_gradient
else:
    from bn_study.training.jax_gradient import compiled, with_gradient

__all__ = ["compiled", "with_gradient"]
