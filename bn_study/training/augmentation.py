"""Random changes of training images inside the compiled step: one affine map an image, then its colours.

Every number is a function of (run seed, epoch, step, place in the batch): the same on both backends, the same
after a resume, and the same for all arms of a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from keras import ops
from numpy.typing import NDArray

from bn_study.config.augmentation import Augmentation
from bn_study.planning.seed import stream_seed
from bn_study.training.affine import AffineMap, flip, resampled, rotation, shear, shift, zoom
from bn_study.training.photometric import brightened, contrasted, hue_turned, saturated
from bn_study.training.pulse import room
from bn_study.training.tensor import Tensor
from bn_study.training.threefry import uniform

#: uint32 (3,): key, key, step. As a tensor it is an input of compiled code, which holds no random state.
Stream: TypeAlias = NDArray[np.uint32]
#: uint8 (n, h, w, c), Stream → float32 (n, h, w, c), grey levels 0 to 255.
Augment: TypeAlias = Callable[[Tensor, Tensor], Tensor]

#: Every change has a number of its own for each image, drawn or not: switching one on moves no other.
_NUMBERS = (
    "flip", "rotation", "width_shift", "height_shift", "shear", "zoom_x", "zoom_y", "crop_x", "crop_y",
    "signal_shift", "brightness", "contrast", "saturation", "hue",
)  # fmt: skip
#: Numbers drawn for each image; the spare ones are for changes to come.
_DRAWN = 16


def epoch_stream(seed: int, epoch: int, step: int) -> Stream:
    """Where the numbers of a training step begin; epoch and step count from 0."""
    key = stream_seed(seed, "augment", epoch)
    return np.array([key & 0xFFFFFFFF, key >> 32, step], dtype=np.uint32)


def augmenter(spec: Augmentation, channels: int) -> Augment | None:
    """What the spec does to a batch; None where it does nothing.

    Raises ValueError where colours are to be changed that the images do not have.
    """
    if (spec.saturation or spec.hue) and channels != 3:
        raise ValueError(f"training.augmentation: saturation and hue need 3 channels, the images have {channels}")
    if not (spec.moves or spec.recolours):
        return None

    def augment(images: Tensor, stream: Tensor) -> Tensor:
        numbers = drawn_numbers(stream, images.shape[0])
        levels = ops.cast(images, "float32")
        if spec.moves:
            levels = resampled(images, random_map(spec, numbers, images), spec.fill)
        return recoloured(spec, numbers, levels)

    return augment


def random_map(spec: Augmentation, numbers: dict[str, Tensor], images: Tensor) -> AffineMap:
    """The composed map of each image: ImageDataGenerator's order, crops and signal shifts nearest to the source.

    Composed, not done one after the other: what one change pushes out of the image, the next may bring back.
    """
    _, height, width, _ = images.shape
    source = AffineMap()
    if spec.crop_padding:
        reach = spec.crop_padding
        source @= shift(*(_whole(numbers[name], -reach, reach) for name in ("crop_x", "crop_y")))
    if spec.signal_shift:
        before, after = (ops.minimum(samples, spec.signal_shift) for samples in room(images, spec.signal_tolerance))
        source @= shift(_whole(numbers["signal_shift"], -after, before), 0.0)
    if spec.rotation_degrees:
        source @= rotation(_within(numbers["rotation"], spec.rotation_degrees))
    if spec.width_shift:
        source @= shift(_within(numbers["width_shift"], spec.width_shift * width), 0.0)
    if spec.height_shift:
        source @= shift(0.0, _within(numbers["height_shift"], spec.height_shift * height))
    if spec.shear_degrees:
        source @= shear(_within(numbers["shear"], spec.shear_degrees))
    if spec.zoom:
        source @= zoom(*(1.0 + _within(numbers[name], spec.zoom) for name in ("zoom_x", "zoom_y")))
    if spec.horizontal_flip:
        source @= flip(numbers["flip"] < 0.5)
    return source


def recoloured(spec: Augmentation, numbers: dict[str, Tensor], levels: Tensor) -> Tensor:
    """Grey levels float32 (n, h, w, c), with the changes of colour that the spec asks for."""
    for name, change in (("brightness", brightened), ("contrast", contrasted), ("saturation", saturated)):
        if reach := getattr(spec, name):
            levels = change(levels, 1.0 + _within(numbers[name], reach))
    return hue_turned(levels, _within(numbers["hue"], spec.hue)) if spec.hue else levels


def drawn_numbers(stream: Tensor, count: int) -> dict[str, Tensor]:
    """Uniform in [0, 1): name → (count,)."""
    drawn = ops.reshape(uniform((stream[0], stream[1]), stream[2], _DRAWN * count), (_DRAWN, count))
    return {name: drawn[row] for row, name in enumerate(_NUMBERS)}


def _within(number: Tensor, reach: float) -> Tensor:
    """Uniform in ± reach."""
    return (2.0 * number - 1.0) * reach


def _whole(number: Tensor, least: Tensor, most: Tensor) -> Tensor:
    """A whole number from least to most, both included, each as likely; as float32."""
    least, most = ops.cast(least, "float32"), ops.cast(most, "float32")
    # A number just below 1 times a large count is rounded up to the count.
    return ops.minimum(least + ops.floor(number * (most - least + 1.0)), most)
