"""The backend that Keras runs on: its loop, its device, and where it keeps images."""

from __future__ import annotations

from types import ModuleType

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.datasets import Images, Scaling, Split
from bn_study.training.loop import Loop, Part, Resident, Trainee


def reside(split: Split, scaling: Scaling, classes: int) -> Resident:
    """Put a split where the backend computes, as it is; scaling happens inside the step."""
    parts: dict[Part, tuple[Images, NDArray[np.int32]]] = {
        "train": (split.train_images, split.train_labels),
        "validation": (split.validation_images, split.validation_labels),
    }
    if split.test_images is not None and split.test_labels is not None:
        parts["test"] = (split.test_images, split.test_labels)
    put = _loop_module().put
    height, width, channels = split.train_images.shape[1:]
    return Resident(
        images={part: put(images) for part, (images, _) in parts.items()},
        labels={part: put(labels) for part, (_, labels) in parts.items()},
        mean=put(scaling.mean),
        scale=put(scaling.scale),
        image_shape=(height, width, channels),
        classes=classes,
    )


def compile_loop(trainee: Trainee, resident: Resident) -> Loop:
    """The loop of the backend that Keras runs on. Raises RuntimeError for a backend without one."""
    loop: Loop = _loop_module().CompiledLoop(trainee, resident)
    return loop


def device() -> str:
    """Name of the device that computes, for example 'CPU' or 'NVIDIA H200'."""
    return str(_loop_module().device())


def _loop_module() -> ModuleType:
    name = keras.backend.backend()
    if name == "tensorflow":
        from bn_study.training import tensorflow_loop

        return tensorflow_loop
    if name == "jax":
        from bn_study.training import jax_loop

        return jax_loop
    raise RuntimeError(f"training runs on tensorflow or jax, not on the Keras backend {name!r}")
