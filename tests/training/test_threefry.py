"""The random bits of dropout: published vectors, and the law of inverted dropout."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from bn_study.training.dropout import Dropout
from bn_study.training.threefry import threefry, uniform


def words(*values: int) -> tuple[object, ...]:
    return tuple(ops.convert_to_tensor(np.uint32(value)) for value in values)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_known_answers(counter: tuple[int, int], key: tuple[int, int], expected: tuple[int, int]) -> None:
    """The vectors of Random123's kat_vectors for threefry2x32 with 20 rounds."""
    first, second = threefry(words(*key), words(*counter))  # type: ignore[arg-type]
    assert (int(np.asarray(first)), int(np.asarray(second))) == expected


def test_uniform_is_uniform() -> None:
    """100,001 draws: mean, variance and lag-1 correlation within 5 standard errors of U(0, 1)."""
    count = 100_001
    draws = np.asarray(uniform(words(1, 2), words(3)[0], count), dtype=np.float64)  # type: ignore[arg-type]
    assert draws.shape == (count,)
    assert draws.min() >= 0.0
    assert draws.max() < 1.0
    assert abs(draws.mean() - 0.5) < 5 * np.sqrt(1 / 12 / count)
    assert abs(draws.var() - 1 / 12) < 5 * np.sqrt(1 / 180 / count)
    assert abs(np.corrcoef(draws[1:], draws[:-1])[0, 1]) < 5 / np.sqrt(count)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.7])
def test_dropout_keeps_the_expectation(rate: float) -> None:
    """A kept unit is x / (1 - rate), a dropped one 0, and a share of `rate` is dropped."""
    layer, x = Dropout(rate), np.full((200, 500), 2.0, dtype=np.float32)
    layer.build(x.shape)
    layer.start(5)
    y = np.asarray(layer(x, training=True))
    assert set(np.unique(y)) == {np.float32(0.0), np.float32(2.0 / (1.0 - rate))}
    assert abs((y == 0).mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / y.size)


def test_masks_are_a_function_of_seed_and_step() -> None:
    """Same seed, same sequence of masks; the next step and another seed give other masks."""
    layer, x = Dropout(0.5), np.ones((8, 100), dtype=np.float32)
    layer.build(x.shape)

    def two_masks(seed: int) -> tuple[np.ndarray, np.ndarray]:
        layer.start(seed)
        return np.asarray(layer(x, training=True)), np.asarray(layer(x, training=True))

    first, second = two_masks(2**40 + 7)
    again, again_second = two_masks(2**40 + 7)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(second, again_second)
    for other in (second, two_masks(7)[0]):
        assert abs((first == other).mean() - 0.5) < 0.1  # independent fair coins agree half of the time


def test_dropout_passes_inference_through() -> None:
    layer, x = Dropout(0.5), np.ones((4, 10), dtype=np.float32)
    np.testing.assert_array_equal(np.asarray(layer(x, training=False)), x)
