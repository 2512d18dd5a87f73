from __future__ import annotations

import tracemalloc
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from bn_study.datasets import DatasetError, Scaling, fit_scaling, scaling

Per = Literal["feature", "channel"]
PERS = st.sampled_from(["feature", "channel"])
IMAGES = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=4, max_dims=4, max_side=6))
AXES: dict[str, Any] = {"feature": 0, "channel": (0, 1, 2)}


def scaled(images: NDArray[np.uint8], by: Scaling) -> NDArray[np.float32]:
    return (images.astype(np.float32) - by.mean) * by.scale


@given(IMAGES, PERS)
def test_standardize_is_numpys_mean_and_one_over_its_deviation(images: NDArray[np.uint8], per: Per) -> None:
    found = fit_scaling("standardize", per, images)
    mean, deviation = images.mean(AXES[per], np.float64), images.std(AXES[per], np.float64)
    constant = images.min(AXES[per]) == images.max(AXES[per])
    assert found.mean.shape == found.scale.shape == (images.shape[1:] if per == "feature" else images.shape[3:])
    assert found.mean.dtype == found.scale.dtype == np.float32
    np.testing.assert_allclose(found.mean, mean, rtol=1e-6)
    np.testing.assert_allclose(found.scale[~constant], 1 / deviation[~constant], rtol=1e-6)
    np.testing.assert_array_equal(found.scale[constant], np.float32(1 / 255))


@given(IMAGES, PERS)
def test_standardized_images_have_mean_0_and_deviation_1_or_are_0(images: NDArray[np.uint8], per: Per) -> None:
    result = scaled(images, fit_scaling("standardize", per, images)).astype(np.float64)
    constant = images.min(AXES[per]) == images.max(AXES[per])
    np.testing.assert_allclose(result.mean(AXES[per]), 0, atol=1e-4)
    np.testing.assert_allclose(result.std(AXES[per]), np.where(constant, 0, 1), atol=1e-4)


@given(st.integers(1, 40), st.integers(1, 3), st.integers(1, 3))
def test_half_black_half_white_in_closed_form(pairs: int, side: int, channels: int) -> None:
    images = np.zeros((2 * pairs, side, side, channels), np.uint8)
    images[::2] = 255
    for per in ("feature", "channel"):
        found = fit_scaling("standardize", per, images)
        assert np.all(found.mean == 127.5)
        assert np.all(found.scale == np.float32(1 / 127.5))


@given(IMAGES, PERS, st.integers(1, 300), st.randoms(use_true_random=False))
def test_neither_chunks_nor_order_change_a_bit(images: NDArray[np.uint8], per: Per, chunk: int, random: Any) -> None:
    expected = fit_scaling("standardize", per, images)
    order = list(range(len(images)))
    random.shuffle(order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scaling, "_CHUNK_BYTES", chunk)
        found = fit_scaling("standardize", per, images[order])
    assert found.mean.tobytes() == expected.mean.tobytes()
    assert found.scale.tobytes() == expected.scale.tobytes()


def test_sums_beyond_64_bits_stay_exact() -> None:
    # As many values as a channel of two million photographs has, half of them 255.
    half = 10**11
    assert scaling._moments(2 * half, 255 * half, 255**2 * half) == (127.5, 1 / 127.5)


@given(IMAGES, PERS)
def test_none_and_unit_do_not_look_at_the_images(images: NDArray[np.uint8], per: Per) -> None:
    plain, unit = fit_scaling("none", per, images), fit_scaling("unit", per, images)
    np.testing.assert_array_equal(scaled(images, plain), images)
    np.testing.assert_allclose(scaled(images, unit), images / 255, rtol=1e-6)
    assert scaled(images, unit).max() <= 1
    assert {part.shape for part in (plain.mean, plain.scale, unit.mean, unit.scale)} == {(1,)}


def test_no_float_copy_of_the_images_is_made() -> None:
    images = np.random.default_rng(0).integers(0, 256, (4000, 32, 32, 3), dtype=np.uint8)
    tracemalloc.start()
    fit_scaling("standardize", "feature", images)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < images.nbytes / 2


@pytest.mark.parametrize(
    "images",
    [np.zeros((2, 2, 2, 1)), np.zeros((2, 2, 2), np.uint8), np.zeros((0, 2, 2, 1), np.uint8)],
)
def test_anything_but_images_is_refused(images: NDArray[Any]) -> None:
    with pytest.raises(DatasetError, match="Scaling is fitted to uint8 or float32 images"):
        fit_scaling("unit", "channel", images)
