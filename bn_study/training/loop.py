"""Compiled loops over resident images: what a backend must offer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.training.augmentation import Augment, Stream
from bn_study.training.tensor import Tensor

Part = Literal["train", "validation", "test"]
Order = NDArray[np.int32]  # image numbers, (n,)

#: Arithmetic of one call into compiled code. Large enough to hide the call (about 0.2 ms), small enough
#: that progress, Ctrl-C and divergence are seen within seconds on one core.
CALL_FLOPS = 1e11
MOST_STEPS_A_CALL = 100
#: Largest activation of an evaluation batch: the dense net gets the full 500 images, a convolutional net
#: of width 64 on 32x32 about 120.
EVALUATION_BYTES = 32e6


@dataclass(frozen=True)
class Sums:
    """Over the images of a call: sum of losses (nat) and number of right answers."""

    loss: float
    correct: int

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.loss + other.loss, self.correct + other.correct)

    @property
    def finite(self) -> bool:
        return math.isfinite(self.loss)


@dataclass(frozen=True)
class Resident:
    """A split on the device: images uint8 or float32 (n, h, w, c), labels int32 (n,), per part; scaling constants.

    There is a part `test` only where that is not what is validated on.
    """

    images: dict[Part, Tensor]
    labels: dict[Part, Tensor]
    mean: Tensor  # float32: (1,), (c,) or (h, w, c); a net sees (image − mean) · scale
    scale: Tensor
    image_shape: tuple[int, int, int]
    classes: int

    def count(self, part: Part) -> int:
        return int(self.images[part].shape[0])

    @property
    def shape(self) -> object:
        """Equal for splits that one compiled net can take."""
        counts = self.count("train"), self.count("validation")
        return counts, self.image_shape, self.classes, tuple(self.mean.shape), tuple(self.scale.shape)


class Loop(Protocol):
    """One net and its optimizer, compiled for splits of one `Resident.shape`. State lives in the Keras variables."""

    def train(self, resident: Resident, order: Order, stream: Stream) -> Sums:
        """Steps over the training images `order` (n,) in batches; returns what `fit` would print, in training mode.

        A rest smaller than a batch is a step of its own, never padded: padding would enter the batch statistics.
        Images are augmented with the numbers of `stream` (3,), where the first step of the call begins.
        """

    def evaluate(self, resident: Resident, part: Part, order: Order) -> Sums:
        """Over the images `order` (n,) of a part, in inference mode."""

    def moments(self, resident: Resident, order: Order) -> list[tuple[Tensor, Tensor]]:
        """(mean, variance), (c,) each, of every BN layer's input on the training batch `order` (n,).

        Dropout and augmentation are off, and every BN layer normalizes by the batch's own moments.
        """


@dataclass(frozen=True)
class Trainee:
    """What a loop needs to know of a net: the batch sizes are baked into compiled code."""

    model: keras.Model
    optimizer: keras.optimizers.Optimizer
    batch_size: int
    evaluation_batch_size: int
    augment: Augment | None


def evaluation_batch_size(model: keras.Model, images: int) -> int:
    """As many images as keep the largest activation under EVALUATION_BYTES, from 50 to 500."""
    largest = max(math.prod(layer.output.shape[1:]) for layer in model.layers)
    return min(images, max(50, min(500, int(EVALUATION_BYTES / (4 * largest)))))


def steps_a_call(forward_flops: int, batch_size: int) -> int:
    """Training steps handed to compiled code at once; depends on the spec alone, so bits do not move."""
    return max(1, min(MOST_STEPS_A_CALL, round(CALL_FLOPS / (3 * forward_flops * batch_size))))
