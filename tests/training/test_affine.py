"""The affine map and its resampling against the definition: hand-made images, SciPy, and Keras' own code."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from bn_study.training.affine import AffineMap, flip, resampled, rotation, shear, shift, zoom

Array = NDArray[Any]


def noise(count: int, height: int, width: int, channels: int) -> Array:
    return np.random.default_rng(7).integers(0, 256, (count, height, width, channels), dtype=np.uint8)


def ramp(height: int, width: int, axis: Literal["x", "y"]) -> Array:
    """One image whose value is ten times the column or the row: resampling it shows the coordinates."""
    rows, columns = np.mgrid[:height, :width]
    return (10 * (columns if axis == "x" else rows))[None, :, :, None].astype(np.uint8)


def of(images: Array, source: AffineMap, fill: Literal["nearest", "black"] = "nearest") -> Array:
    return np.asarray(resampled(images, source, fill))


def numbers(*values: float) -> Array:
    return np.array(values, np.float32)


def test_identity_gives_identical_pixels() -> None:
    images = noise(4, 5, 6, 3)
    one, zero = np.ones(4, np.float32), np.zeros(4, np.float32)
    for fill in ("nearest", "black"):
        np.testing.assert_array_equal(of(images, AffineMap(one, zero, zero, zero, one, zero), fill), images)
    for still in (rotation(zero), shear(zero), zoom(one, one), shift(zero, zero)):
        np.testing.assert_array_equal(of(images, still), images)


@pytest.mark.parametrize(("height", "width"), [(5, 6), (6, 5), (1, 9)])
def test_a_flip_is_exact_and_its_own_inverse(height: int, width: int) -> None:
    images = noise(2, height, width, 3)
    mirrored = np.array([True, False])
    flipped = of(images, flip(mirrored))
    np.testing.assert_array_equal(flipped[0], images[0, :, ::-1])
    np.testing.assert_array_equal(flipped[1], images[1])
    np.testing.assert_array_equal(of(images, flip(mirrored) @ flip(mirrored)), images)


def test_a_shift_by_whole_pixels_is_exact() -> None:
    """Edge pixels, or black, come in from outside."""
    images = noise(2, 7, 6, 2)
    move = shift(numbers(2, -1), numbers(-3, 0))
    padded = np.pad(images, ((0, 0), (3, 3), (3, 3), (0, 0)), mode="edge")
    np.testing.assert_array_equal(of(images, move)[0], padded[0, 0:7, 5:11])
    np.testing.assert_array_equal(of(images, move)[1], padded[1, 3:10, 2:8])
    padded = np.pad(images, ((0, 0), (3, 3), (3, 3), (0, 0)))
    np.testing.assert_array_equal(of(images, move, "black")[0], padded[0, 0:7, 5:11])


def test_zoom_doubles_about_the_centre() -> None:
    """Factor 0.5 enlarges: neighbours of the result are half a pixel apart in the source."""
    doubled = of(ramp(4, 8, "x"), zoom(numbers(0.5), numbers(1.0)))[0, :, :, 0]
    np.testing.assert_allclose(doubled, np.tile(10 * (3.5 + 0.5 * (np.arange(8) - 3.5)), (4, 1)), rtol=1e-6)
    halved = of(ramp(8, 4, "y"), zoom(numbers(1.0), numbers(2.0)))[0, :, 0, 0]
    np.testing.assert_allclose(halved, 10 * np.clip(3.5 + 2.0 * (np.arange(8) - 3.5), 0, 7), rtol=1e-6)


def test_shear_slides_rows_along_x() -> None:
    """x_in = x - sin(a)·y and y_in = cos(a)·y, from the centre."""
    angle = np.deg2rad(30.0)
    rows, columns = np.mgrid[:5, :9]
    source = shear(numbers(30.0))
    x, y = columns - np.sin(angle) * (rows - 2), np.cos(angle) * (rows - 2) + 2
    np.testing.assert_allclose(of(ramp(5, 9, "x"), source)[0, :, :, 0], 10 * np.clip(x, 0, 8), atol=1e-4)
    np.testing.assert_allclose(of(ramp(5, 9, "y"), source)[0, :, :, 0], 10 * y, atol=1e-4)


def test_a_quarter_turn_is_rot90() -> None:
    images = noise(1, 6, 6, 3)
    np.testing.assert_allclose(of(images, rotation(numbers(90.0)))[0], np.rot90(images[0]), atol=1e-3)


def test_maps_compose_as_matrices() -> None:
    """`a @ b` is the product of the 3 × 3 matrices."""
    random = np.random.default_rng(3)

    def matrix(source: AffineMap) -> Array:
        return np.array([[source.xx, source.xy, source.x0], [source.yx, source.yy, source.y0], [0, 0, 1]])

    a, b = (AffineMap(*random.normal(size=6)) for _ in range(2))
    np.testing.assert_allclose(matrix(a @ b), matrix(a) @ matrix(b))
    np.testing.assert_array_equal(matrix(AffineMap() @ b), matrix(b))


@pytest.mark.parametrize(("fill", "mode"), [("nearest", "nearest"), ("black", "constant")])
def test_resampling_is_scipy_s(fill: Literal["nearest", "black"], mode: str) -> None:
    """Random maps of white noise, the worst there is: to 1e-3 of a grey level."""
    images, random = noise(20, 24, 20, 2), np.random.default_rng(5)
    entries = random.normal([1, 0, 0, 0, 1, 0], [0.3, 0.3, 3, 0.3, 0.3, 3], (20, 6)).astype(np.float32)
    result = of(images, AffineMap(*entries.T), fill)
    for image, (xx, xy, x0, yx, yy, y0), found in zip(images, entries.astype(np.float64), result, strict=True):
        rows_first, centre = np.array([[yy, yx], [xy, xx]]), np.array([11.5, 9.5])
        offset = centre + np.array([y0, x0]) - rows_first @ centre
        for channel in range(2):
            plane = image[..., channel].astype(np.float64)
            wanted = ndimage.affine_transform(plane, rows_first, offset, order=1, mode=mode)
            np.testing.assert_allclose(found[..., channel], wanted, rtol=0, atol=1e-3)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_composed_map_is_keras_image_data_generator() -> None:
    """Its own code with the same parameters. Its 'tx' moves columns, since it swaps the axes at the end."""
    legacy = pytest.importorskip("keras.src.legacy.preprocessing.image")
    generator = legacy.ImageDataGenerator(horizontal_flip=True)
    images, random = noise(12, 16, 16, 3), np.random.default_rng(9)
    theta, tx, ty, angle = (random.uniform(-20, 20, 12) * share for share in (1, 0.2, 0.2, 1))
    zx, zy = random.uniform(0.8, 1.2, (2, 12))
    mirrored = random.random(12) < 0.5
    parts = [np.float32(part) for part in (theta, tx, ty, angle, zx, zy)]
    source = rotation(parts[0]) @ shift(*parts[1:3]) @ shear(parts[3]) @ zoom(*parts[4:]) @ flip(mirrored)
    result = of(images, source)
    for number, image in enumerate(images):
        theta_, tx_, ty_, angle_, zx_, zy_ = (float(part[number]) for part in parts)
        parameters = {
            "theta": theta_, "tx": tx_, "ty": ty_, "shear": angle_, "zx": zx_, "zy": zy_,
            "flip_horizontal": mirrored[number],
        }  # fmt: skip
        wanted = generator.apply_transform(image.astype(np.float64), parameters)
        np.testing.assert_allclose(result[number], wanted, rtol=0, atol=2e-3)
