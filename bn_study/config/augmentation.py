"""How training images are changed at random. Validation and assessment never are."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bn_study.config.frozen import Fraction, Frozen
from bn_study.config.problem import contradiction

_Pixels = Annotated[int, Field(ge=0)]
_GEOMETRIC = (
    "horizontal_flip", "rotation_degrees", "width_shift", "height_shift", "shear_degrees", "zoom", "crop_padding",
)  # fmt: skip
_PHOTOMETRIC = ("brightness", "contrast", "saturation", "hue")


class Augmentation(Frozen):
    """Each training image anew in each epoch: one composed affine map, then its colours. The defaults change nothing.

    Flip, rotation, shifts, shear and zoom are those of Keras' ImageDataGenerator: uniform in ± the value,
    composed in its order, bilinear. Crops are those of He et al. 2016. Colours are those of torchvision's
    ColorJitter (factors uniform in 1 ± the value), in the fixed order of the fields.
    """

    horizontal_flip: bool = Field(False, description="mirror left to right, half of the images")
    rotation_degrees: Annotated[float, Field(ge=0.0, le=180.0)] = Field(
        0.0, description="about the image's centre, at most this far either way"
    )
    width_shift: Fraction = Field(0.0, description="to the left or right, at most this share of the width")
    height_shift: Fraction = Field(0.0, description="up or down, at most this share of the height")
    shear_degrees: Annotated[float, Field(ge=0.0, lt=90.0)] = Field(
        0.0, description="rows slide along x, at most by this angle; Keras' shear_range, which is in degrees too"
    )
    zoom: Fraction = Field(0.0, description="width and height by factors of their own, from 1 - zoom to 1 + zoom")
    crop_padding: _Pixels = Field(0, description="a random crop of the old size, after padding by this many pixels")
    signal_shift: _Pixels = Field(
        0,
        description="signals along the width: shift by at most this many samples either way, and never so far that "
        "a sample off the background is lost",
    )
    signal_tolerance: Annotated[int, Field(ge=0, le=255)] = Field(
        0, description="grey levels from the first, and from the last sample that still are background"
    )
    fill: Literal["nearest", "black"] = Field("nearest", description="what is beyond the image: its edge, or 0")
    brightness: Fraction = Field(0.0, description="times a factor")
    contrast: Fraction = Field(0.0, description="distance from the image's mean grey, times a factor")
    saturation: Fraction = Field(0.0, description="distance from each pixel's grey, times a factor; colour images only")
    hue: Annotated[float, Field(ge=0.0, le=0.5)] = Field(
        0.0, description="turn of the colour circle, at most this share of it either way; colour images only"
    )

    @model_validator(mode="after")
    def _pulses_stay_whole(self) -> Self:
        cutting = [name for name in _GEOMETRIC if name != "horizontal_flip" and getattr(self, name)]
        if self.signal_shift and cutting:
            message = f"`signal_shift` never cuts a pulse, but `{cutting[0]}` may: leave one of them out"
            raise contradiction(message, "signal_shift", cutting[0])
        return self

    @property
    def moves(self) -> bool:
        """Whether pixels change their place."""
        return any(getattr(self, name) for name in (*_GEOMETRIC, "signal_shift"))

    @property
    def recolours(self) -> bool:
        """Whether pixels change their value in place."""
        return any(getattr(self, name) for name in _PHOTOMETRIC)
