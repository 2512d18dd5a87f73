"""A run's net as a file for later use, `model.keras`: from images as they are read to logits, scaling included."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

import bn_study.training.model  # noqa: F401  so that importing this makes the layers of every net known to Keras
from bn_study.store.atomic import replacing, way_out
from bn_study.store.record import EpochRecord, best_epoch
from bn_study.training.loop import Resident
from bn_study.training.tensor import Tensor


class Copy:
    """A variable's value at an earlier epoch; to a checkpoint it is one more variable."""

    def __init__(self, variable: keras.Variable) -> None:
        self.value = np.asarray(variable).copy()

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    def assign(self, value: Any) -> None:
        self.value = np.asarray(value).copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self.value


class KeptModel:
    """The net of a run whose spec asks to keep it: after its last epoch, or of its best one.

    The best weights so far are `copies`, saved in the checkpoint with the rest of the run's state: there is no
    second file that could tell of another history than the checkpoint does.
    """

    def __init__(self, which: Literal["last", "best"] | None, model: keras.Model) -> None:
        self.which, self.model = which, model
        self.copies = [Copy(variable) for variable in model.variables] if which == "best" else []

    def note(self, epochs: Sequence[EpochRecord]) -> None:
        """To be called when the last of `epochs` has just ended."""
        if best_epoch(epochs) is epochs[-1]:
            for copy, variable in zip(self.copies, self.model.variables, strict=False):
                copy.assign(variable)

    def write(self, path: Path, epochs: Sequence[EpochRecord], resident: Resident) -> None:
        """Sets the net's variables to those that it writes. Raises OSError."""
        if self.epoch(epochs) is None:
            return
        for copy, variable in zip(self.copies, self.model.variables, strict=False):
            variable.assign(copy.value)
        dtype = keras.backend.standardize_dtype(resident.images["train"].dtype)
        name = "bytes" if dtype == "uint8" else "columns"
        images = keras.Input(resident.image_shape, dtype=dtype, name=name)
        scaled = ScaledImages(resident.mean, resident.scale, name="scaled", dtype="float32")(images)
        with replacing(path) as temporary:
            _save(keras.Model(images, self.model(scaled)), temporary)

    def epoch(self, epochs: Sequence[EpochRecord]) -> int | None:
        """Whose net is kept at the end, counted from 1; None for none: not asked for, or the run diverged before."""
        if self.which == "best":
            best = best_epoch(epochs)
            return best.epoch if best else None
        return epochs[-1].epoch if self.which and epochs[-1].validation_accuracy is not None else None


def _save(model: keras.Model, path: Path) -> None:
    """Raises OSError: on a full disk Keras tells at last of a file that it does not find when it tidies up."""
    try:
        model.save(path)
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, OSError) and way_out(cause):
                raise cause from error
            cause = cause.__context__
        raise


@keras.saving.register_keras_serializable("bn_study")
class ScaledImages(keras.layers.Layer):
    """(x - mean) * scale, for images x as they are; see datasets.scaling."""

    def __init__(self, mean: Tensor, scale: Tensor, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mean, self.scale = np.asarray(mean, np.float32), np.asarray(scale, np.float32)

    def call(self, images: Tensor) -> Tensor:
        return (ops.cast(images, "float32") - self.mean) * self.scale

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean.tolist(), "scale": self.scale.tolist()}
