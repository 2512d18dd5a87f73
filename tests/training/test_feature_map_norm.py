"""Normalization of feature maps: the fused kernel against Keras' passes, ghost parts, renormalization."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from bn_study.training.normalization import (
    BatchNormalization,
    GhostBatchNormalization,
    fused_kernel,
    observed,
    part_sizes,
)
from bn_study.training.pooling import ShiftedMaximum

FUSED = pytest.mark.skipif(fused_kernel() is None, reason="this backend has no fused kernel")


def maps(count: int = 6, size: int = 4, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).normal(3.0, 2.0, (count, size, size, channels)).astype(np.float32)


@FUSED
@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "xla"])
@pytest.mark.parametrize(("center", "scale"), [(True, True), (True, False), (False, False)])
@pytest.mark.parametrize("count", [1, 6])
def test_the_fused_kernel_is_keras_layer(compiled: bool, center: bool, scale: bool, count: int) -> None:
    """Outputs, gradients and moving statistics; the kernel's Bessel correction is undone, at 1×1 maps too."""
    import tensorflow as tf

    x = maps(count, 4 if count > 1 else 1)
    weight = np.random.default_rng(1).normal(size=x.shape).astype(np.float32)
    found = []
    for kind in (BatchNormalization, keras.layers.BatchNormalization):
        layer = kind(momentum=0.5, center=center, scale=scale)
        layer.build(x.shape)
        for variable in layer.trainable_variables:
            variable.assign(np.linspace(0.5, 1.5, 3))

        def step(images: tf.Tensor, layer: keras.Layer = layer) -> tuple[tf.Tensor, list[tf.Tensor]]:
            with tf.GradientTape() as tape:
                tape.watch(images)
                outputs = layer(images, training=True)
                loss = tf.reduce_sum(outputs * weight)
            sources = [images, *(variable.value for variable in layer.trainable_variables)]
            return outputs, tape.gradient(loss, sources)

        outputs, gradients = tf.function(step, jit_compile=compiled)(tf.constant(x))
        inference = layer(x, training=False)
        found.append([outputs, *gradients, inference, *layer.non_trainable_variables])
    for ours, keras_own in zip(*found, strict=True):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(keras_own), rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize(("count", "most", "expected"), [(12, 4, [(0, 3, 4)]), (3, 8, [(0, 1, 3)]),
                                                         (80, 32, [(0, 2, 27), (54, 1, 26)])])  # fmt: skip
def test_parts_are_few_and_nearly_equal(count: int, most: int, expected: list[tuple[int, int, int]]) -> None:
    assert part_sizes(count, most) == expected


@pytest.mark.parametrize("shape", [(7, 5), (7, 2, 2, 5)])
def test_ghost_normalization_is_batch_normalization_of_each_part(shape: tuple[int, ...]) -> None:
    """Parts of 3, 2 and 2 images; the moving statistics follow them one after another."""
    x = np.random.default_rng(0).normal(3.0, 2.0, shape).astype(np.float32)
    ghost, plain = GhostBatchNormalization(3, momentum=0.5), BatchNormalization(momentum=0.5)
    expected = [np.asarray(plain(x[part], training=True)) for part in (slice(0, 3), slice(3, 5), slice(5, 7))]
    np.testing.assert_allclose(np.asarray(ghost(x, training=True)), np.concatenate(expected), rtol=1e-4, atol=1e-5)
    for ours, theirs in zip(ghost.non_trainable_variables, plain.non_trainable_variables, strict=True):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-5)
    np.testing.assert_allclose(np.asarray(ghost(x, training=False)), np.asarray(plain(x, training=False)), rtol=1e-4)


@pytest.mark.parametrize("count", [6, 7])
def test_ghost_momentum_per_batch_is_as_slow_as_that_of_the_whole_batch(count: int) -> None:
    """m of the old, and 1 - m shared evenly by the parts: with momentum_per part, k parts leave m^k of the old."""
    x = np.random.default_rng(0).normal(3.0, 2.0, (count, 5)).astype(np.float32)
    parts = np.split(x, [3, 6] if count == 6 else [3, 5])
    parts = [part for part in parts if len(part)]
    layer = GhostBatchNormalization(3, once=True, momentum=0.9)
    for _ in range(2):
        layer(x, training=True)
    new = 1 - 0.9**2
    mean = new * np.mean([part.mean(axis=0) for part in parts], axis=0)
    variance = 0.9**2 + new * np.mean([part.var(axis=0) for part in parts], axis=0)
    np.testing.assert_allclose(np.asarray(layer.moving_mean), mean, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(layer.moving_variance), variance, rtol=1e-5)


def test_one_part_is_the_whole_batch_and_observing_moves_nothing() -> None:
    x = maps()
    ghost, plain = GhostBatchNormalization(100), BatchNormalization()
    expected = np.asarray(plain(x, training=True))
    np.testing.assert_allclose(np.asarray(ghost(x, training=True)), expected, rtol=1e-4, atol=1e-5)
    before = np.asarray(ghost.moving_mean).copy()
    with observed([ghost]):
        ghost(x, training=False)
        mean, _ = ghost.observed or (None, None)
    np.testing.assert_allclose(np.asarray(mean), x.mean(axis=(0, 1, 2)), rtol=1e-5)
    np.testing.assert_array_equal(np.asarray(ghost.moving_mean), before)


def test_renormalization_at_its_own_statistics_is_inference() -> None:
    """With r and d unbounded the output uses the moving moments: training equals inference (Ioffe 2017, Alg. 1)."""
    x = maps()
    layer = BatchNormalization(renorm=True, renorm_momentum=0.0, momentum=0.0)
    layer(x, training=True)  # moving statistics are now this batch's
    np.testing.assert_allclose(
        np.asarray(layer(x[:2], training=True)),
        (x[:2] - x.mean(axis=(0, 1, 2))) / np.sqrt(x.var(axis=(0, 1, 2)) + 1e-3),
        rtol=1e-3,
        atol=1e-3,
    )


def test_shifted_maxima_are_max_pooling() -> None:
    """3×3, stride 1, padding 'same'; borders included."""
    x = maps(2, 5) - 3.0
    pooled = keras.layers.MaxPooling2D(3, 1, "same")(x)
    np.testing.assert_array_equal(np.asarray(ShiftedMaximum()(x)), np.asarray(pooled))
