"""Area averages: exact means of the covered area."""

from __future__ import annotations

import numpy as np
import pytest

from bn_study.datasets import Split, area_averages
from bn_study.datasets.resizing import resized

RANDOM = np.random.default_rng(0).integers(0, 256, (5, 6, 8, 3)).astype(np.uint8)


def test_a_divisor_gives_block_means_rounded_half_up() -> None:
    blocks = RANDOM.reshape(5, 2, 3, 2, 4, 3).astype(np.float64)
    np.testing.assert_array_equal(area_averages(RANDOM, 2), np.floor(blocks.mean(axis=(2, 4)) + 0.5))


def test_the_same_size_is_the_same_image_and_a_multiple_repeats_pixels() -> None:
    square = RANDOM[:, :, :6]
    np.testing.assert_array_equal(area_averages(square, 6), square)
    np.testing.assert_array_equal(area_averages(square, 12), square.repeat(2, axis=1).repeat(2, axis=2))


def test_pixels_cut_by_a_border_count_by_their_share() -> None:
    """3 pixels to 2: each new pixel is 1.5 old ones."""
    row = np.array([0, 90, 240], np.uint8).reshape(1, 1, 3, 1)
    image = row.repeat(3, axis=1)
    assert area_averages(image, 2)[0, 0].ravel().tolist() == [30, 190]


@pytest.mark.parametrize("size", [1, 4, 7])
def test_constant_images_stay_constant(size: int) -> None:
    result = area_averages(np.full((3, 5, 9, 2), 201, np.uint8), size)
    assert result.shape == (3, size, size, 2)
    assert result.dtype == np.uint8
    assert (result == 201).all()


def test_every_part_of_a_split_is_resized() -> None:
    labels = np.zeros(5, np.int32)
    whole = Split(RANDOM, labels, RANDOM[:2], labels[:2], "train", RANDOM[2:], labels[2:])
    parts = resized(whole, 4)
    for images, before in ((parts.train_images, RANDOM), (parts.validation_images, RANDOM[:2])):
        np.testing.assert_array_equal(images, area_averages(before, 4))
    assert parts.test_images is not None
    np.testing.assert_array_equal(parts.test_images, area_averages(RANDOM[2:], 4))
    assert resized(Split(RANDOM, labels, RANDOM, labels, "test"), 4).test_images is None
