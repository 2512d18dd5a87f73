"""Changes of colour against Pillow and the standard library."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from bn_study.training.photometric import brightened, contrasted, hue_turned, saturated

IMAGES = np.random.default_rng(2).integers(0, 256, (3, 8, 9, 3), dtype=np.uint8)
FACTORS = np.array([0.6, 1.0, 1.5], np.float32)


@pytest.mark.parametrize(
    ("change", "pillow"),
    [(brightened, ImageEnhance.Brightness), (contrasted, ImageEnhance.Contrast), (saturated, ImageEnhance.Color)],
)
def test_factors_are_pillow_s(change: Any, pillow: Any) -> None:
    """Pillow rounds the grey, and the result, to bytes: 1.5 levels apart at most. Factor 1 changes nothing."""
    result = np.asarray(change(IMAGES.astype(np.float32), FACTORS))
    for image, factor, found in zip(IMAGES, FACTORS, result, strict=True):
        wanted = np.asarray(pillow(Image.fromarray(image)).enhance(float(factor)), np.float32)
        assert np.abs(found - wanted).max() <= 1.5
    np.testing.assert_allclose(result[1], IMAGES[1], atol=1e-4)


def test_contrast_of_one_channel_is_about_its_mean() -> None:
    levels = np.array([100, 120, 140], np.float32).reshape(1, 1, 3, 1)
    found = np.asarray(contrasted(levels, np.array([2.0], np.float32)))
    np.testing.assert_allclose(found.ravel(), [80, 120, 160], rtol=1e-6)


def test_hue_turns_the_colour_circle() -> None:
    """Each pixel as colorsys has it; a third of a turn makes red green."""
    turns = np.array([-0.4, 0.0, 0.25], np.float32)
    result = np.asarray(hue_turned(IMAGES.astype(np.float32), turns))

    def turned(pixel: NDArray[np.uint8], turn: float) -> list[float]:
        hue, saturation, value = colorsys.rgb_to_hsv(*(pixel / 255))
        return [255 * part for part in colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value)]

    for image, turn, found in zip(IMAGES, turns, result, strict=True):
        wanted = [[turned(pixel, float(turn)) for pixel in row] for row in image]
        np.testing.assert_allclose(found, wanted, atol=1e-2)
    red = np.array([255, 0, 0], np.float32).reshape(1, 1, 1, 3)
    green = np.asarray(hue_turned(red, np.array([1 / 3], np.float32)))
    np.testing.assert_allclose(green.ravel(), [0, 255, 0], atol=1e-2)
