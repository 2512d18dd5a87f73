"""The laws of batch normalization as the literature states them."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from bn_study.training.normalization import BatchNormalization, observed, population_moments, statistics


def batches(count: int, size: int = 32, features: int = 5) -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    return [generator.normal(3.0, 2.0, (size, features)).astype(np.float32) for _ in range(count)]


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("steps", [1, 2, 7, 30])
def test_moving_statistics_follow_their_closed_form(momentum: float, steps: int) -> None:
    """After n steps: m^n * initial + (1 - m) Σ m^(n-k) * batch_k, with the biased batch variance."""
    layer = BatchNormalization(momentum=momentum)
    data = batches(steps)
    for batch in data:
        layer(batch, training=True)
    weights = (1 - momentum) * np.array([momentum ** (steps - k) for k in range(1, steps + 1)])
    mean = weights @ np.stack([batch.mean(axis=0) for batch in data])
    variance = momentum**steps * 1.0 + weights @ np.stack([batch.var(axis=0) for batch in data])
    np.testing.assert_allclose(np.asarray(layer.moving_mean), mean, rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(np.asarray(layer.moving_variance), variance, rtol=2e-5)


def test_training_output_is_algorithm_1() -> None:
    """γ (x - μ_B) / sqrt(σ²_B + ε) + β (Ioffe & Szegedy 2015, Alg. 1)."""
    layer, (x,) = BatchNormalization(epsilon=1e-3), batches(1)
    layer.build(x.shape)
    gamma, beta = np.arange(1.0, 6.0, dtype=np.float32), np.linspace(-1, 1, 5, dtype=np.float32)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    expected = gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-3) + beta
    np.testing.assert_allclose(np.asarray(layer(x, training=True)), expected, rtol=1e-4, atol=1e-5)


def test_observed_layer_shows_the_moments_and_keeps_its_statistics() -> None:
    layer, (x,) = BatchNormalization(), batches(1)
    expected = np.asarray(layer(x, training=True))
    before = np.asarray(layer.moving_mean).copy()
    with observed([layer]):
        output = np.asarray(layer(x, training=False))
        mean, variance = (np.asarray(moment) for moment in layer.observed or ())
    np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(mean, x.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(variance, x.var(axis=0), rtol=1e-5)
    np.testing.assert_array_equal(np.asarray(layer.moving_mean), before)
    assert layer.observed is None


def test_population_moments_are_those_of_the_pooled_batches() -> None:
    """The law of total variance: equal batches pooled have exactly the mean and variance of all rows."""
    data = batches(6)
    pooled = np.concatenate(data).astype(np.float64)
    ((mean, variance),) = population_moments([[(batch.mean(axis=0), batch.var(axis=0))] for batch in data])
    np.testing.assert_allclose(mean, pooled.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(variance, pooled.var(axis=0), rtol=1e-4)


def test_borrowed_statistics_are_given_back() -> None:
    layer, (x,) = BatchNormalization(momentum=0.5), batches(1)
    layer(x, training=True)
    kept = [np.asarray(layer.moving_mean).copy(), np.asarray(layer.moving_variance).copy()]
    with statistics([layer], [(np.zeros(5), np.full(5, 4.0))]):
        np.testing.assert_allclose(np.asarray(layer(x, training=False)), x / np.sqrt(4.0 + 1e-3), rtol=1e-5)
    np.testing.assert_array_equal(np.asarray(layer.moving_mean), kept[0])
    np.testing.assert_array_equal(np.asarray(layer.moving_variance), kept[1])


def test_scaled_weights_give_equal_outputs() -> None:
    """BN((aW)u) = BN(Wu) up to ε (Ioffe & Szegedy 2015, Sec. 3.3)."""
    (u,) = batches(1)
    dense, layer = keras.layers.Dense(4, use_bias=False), BatchNormalization(epsilon=1e-9)
    before = np.asarray(layer(dense(u), training=True))
    dense.kernel.assign(np.asarray(dense.kernel) * 7.0)
    np.testing.assert_allclose(np.asarray(layer(dense(u), training=True)), before, rtol=1e-3, atol=1e-4)
