"""Batch normalization with one of its mechanisms taken away: what is left obeys its formula, on both backends."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from numpy.typing import NDArray
from pydantic import TypeAdapter

from bn_study.config.norm import Norm
from bn_study.config.run import RunSpec
from bn_study.planning.identity import fingerprint
from bn_study.store.record import RunRecord
from bn_study.training.checkpoint import Checkpoint
from bn_study.training.counting import count_parameters
from bn_study.training.gradient import with_gradient
from bn_study.training.intervention import ActivationNoise, as_in_training
from bn_study.training.model import build
from bn_study.training.norm_layer import AnyNorm, norm_layer
from bn_study.training.train import Interrupted, train
from bn_study.training.workbench import Workbench

NORM: TypeAdapter[AnyNorm] = TypeAdapter(Norm)
OTHER = {"tensorflow": "jax", "jax": "tensorflow"}[keras.backend.backend()]
Array = NDArray[np.float32]
SHAPES = [(9, 6), (5, 3, 4, 6)]
EPSILON = 0.01
GAMMA, BETA = np.linspace(0.5, 2.0, 6, dtype=np.float32), np.linspace(-1.0, 1.0, 6, dtype=np.float32)


def drawn(shape: tuple[int, ...], seed: int) -> Array:
    return np.random.default_rng(seed).normal(3.0, 2.0, shape).astype(np.float32)


def layer_of(shape: tuple[int, ...], **spec: Any) -> Any:
    settings = spec if spec["kind"] == "affine" else {"epsilon": EPSILON, **spec}
    layer = norm_layer(NORM.validate_python(settings), (None, *shape[1:]), "norm", "float32")
    layer.build(shape)
    layer.gamma.assign(GAMMA)
    layer.beta.assign(BETA)
    return layer


def gradient_by_input(layer: Any, x: Array, upstream: Array) -> Array:
    """Σ over channels and images of ∂y/∂x · upstream, in training."""

    trainable, others = (
        [one.value for one in group] for group in (layer.trainable_variables, layer.non_trainable_variables)
    )

    def loss(x: Any) -> tuple[Any, Any]:
        y, _ = layer.stateless_call(trainable, others, x, training=True)
        return ops.sum(y * upstream), ()

    _, _, gradient = with_gradient(loss)(ops.convert_to_tensor(x))
    return np.asarray(gradient)


@pytest.mark.parametrize("shape", SHAPES)
def test_frozen_statistics_are_those_of_the_first_batch(shape: tuple[int, ...]) -> None:
    """γ (x − μ₁)/√(σ₁² + ε) + β from the first step on, in training and at inference; the gradient is γ/√(σ₁² + ε)."""
    first, later = drawn(shape, 0), 5.0 * drawn(shape, 1)
    over = tuple(range(first.ndim - 1))
    layer = layer_of(shape, kind="frozen")

    def formula(x: Array, of: Array) -> Array:
        return np.asarray(GAMMA * (x - of.mean(over)) / np.sqrt(of.var(over) + EPSILON) + BETA)

    close = {"rtol": 1e-4, "atol": 1e-4}
    np.testing.assert_allclose(np.asarray(layer(later, training=False)), formula(later, later), **close)
    np.testing.assert_allclose(np.asarray(layer(first, training=True)), formula(first, first), **close)
    for training in (True, False, True):
        np.testing.assert_allclose(np.asarray(layer(later, training=training)), formula(later, first), **close)
    upstream = drawn(shape, 2)
    expected = upstream * GAMMA / np.sqrt(first.var(over) + EPSILON)
    np.testing.assert_allclose(gradient_by_input(layer, later, upstream), expected, **close)


@pytest.mark.parametrize("shape", SHAPES)
def test_affine_alone_is_gamma_x_plus_beta(shape: tuple[int, ...]) -> None:
    x, layer = drawn(shape, 0), layer_of(shape, kind="affine")
    for training in (True, False):
        np.testing.assert_allclose(np.asarray(layer(x, training=training)), GAMMA * x + BETA, rtol=1e-6)
    for center, scale in ((True, False), (False, True), (False, False)):
        spec = NORM.validate_python({"kind": "affine", "center": center, "scale": scale})
        found = norm_layer(spec, (None, *shape[1:]), "norm", "float32")(x)  # from γ = 1, β = 0
        np.testing.assert_array_equal(np.asarray(found), x)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kept", [True, False])
def test_the_gradient_by_the_statistics_is_what_is_left_out(shape: tuple[int, ...], kept: bool) -> None:
    """∂L/∂x = γ/σ·(g − E[g] − x̂·E[g·x̂]) (Ioffe & Szegedy 2015, Sec. 3); without the statistics' share γ/σ·g.

    The values in training, and what moving averages follow, are batch normalization's in both.
    """
    x, g = drawn(shape, 0), drawn(shape, 1) - 3.0
    over = tuple(range(x.ndim - 1))
    sigma = np.sqrt(x.var(over) + EPSILON)
    normalized = (x - x.mean(over)) / sigma
    layer = layer_of(shape, kind="batch", momentum=0.0, statistics_gradient=kept)
    share = g.mean(over) + normalized * (g * normalized).mean(over) if kept else 0.0
    np.testing.assert_allclose(gradient_by_input(layer, x, g), GAMMA / sigma * (g - share), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(np.asarray(layer(x, training=True)), GAMMA * normalized + BETA, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(np.asarray(layer.moving_mean), x.mean(over), rtol=1e-4)


def noise_of(shape: tuple[int, ...], seed: int = 3, **settings: float) -> ActivationNoise:
    layer = ActivationNoise(**{"mean": 0.5, "deviation": 1.25, "spread": 0.1, **settings}, name="noise")
    layer.build(shape)
    layer.start(seed)
    return layer


def test_noise_has_the_distribution_of_its_source() -> None:
    """Of a channel μ ~ U(−½, ½) and σ ~ U(1, 1.25); of an activation m ~ U(μ ± 0.1), s ~ N(σ, 0.1²) (Santurkar et al.).

    Behind 0 the noise is m, and s·1 + m behind 1 with the same draws; 3,000 channels, 400 images.
    """
    shape = (400, 3000)
    m = np.asarray(noise_of(shape)(np.zeros(shape, np.float32), training=True), float)
    s = np.asarray(noise_of(shape)(np.ones(shape, np.float32), training=True), float) - m
    mu, sigma = m.mean(axis=0), s.mean(axis=0)
    assert abs(mu).max() < 0.51
    assert mu.mean() == pytest.approx(0.0, abs=0.02)
    assert mu.std() == pytest.approx(0.5 / np.sqrt(3), rel=0.03)
    assert (m.max(axis=0) - m.min(axis=0)).max() <= 0.2 + 1e-6
    assert (m - mu).std() == pytest.approx(0.1 / np.sqrt(3), rel=0.01)
    assert sigma.mean() == pytest.approx(1.125, abs=0.005)
    assert sigma.std() == pytest.approx(0.25 / np.sqrt(12), rel=0.05)
    assert (s - sigma).std() == pytest.approx(0.1, rel=0.01)
    assert (((s - sigma) / 0.1) ** 4).mean() == pytest.approx(3.0, abs=0.05)  # a normal distribution's
    assert abs(np.corrcoef((m - mu).ravel(), (s - sigma).ravel())[0, 1]) < 0.01


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_is_of_its_step_and_not_at_inference(shape: tuple[int, ...]) -> None:
    """Anew each step, the same from the same seed; without `spread` one factor and shift for all of a channel."""
    x, layer = drawn(shape, 0), noise_of(shape, spread=0.0)
    np.testing.assert_array_equal(np.asarray(layer(x, training=False)), x)
    steps = [np.asarray(layer(x, training=True)) for _ in range(2)]
    assert not np.allclose(*steps)
    again = noise_of(shape, spread=0.0)
    with as_in_training([again]):
        looked = np.asarray(again(x, training=False))  # a look sees the noise of the step that follows
    np.testing.assert_array_equal(looked, steps[0])
    np.testing.assert_array_equal(np.asarray(again(x, training=True)), steps[1])
    for channel in range(shape[-1]):
        factor, shift = np.polyfit(x[..., channel].ravel().astype(float), steps[0][..., channel].ravel(), 1)
        assert 1.0 <= factor <= 1.25
        assert -0.5 <= shift <= 0.5
        np.testing.assert_allclose(steps[0][..., channel], factor * x[..., channel] + shift, atol=1e-4)


def test_parameters_are_those_of_batch_normalization_where_there_are_statistics(spec: Callable[..., RunSpec]) -> None:
    """γ, β and two statistics a channel; of an affine layer γ and β alone. β makes biases redundant in all."""

    def counted(**norm: Any) -> tuple[int, int]:
        return count_parameters(build(spec(**{"model.norm": norm}).model, (8, 8, 1), 10, "float32"))

    plain = counted(kind="batch")
    units = 16 + 8
    assert counted(kind="batch", noise={}, statistics_gradient=False) == plain
    assert counted(kind="frozen") == plain
    assert counted(kind="affine") == (plain[0] - 2 * units, plain[1])


NORMS: dict[str, dict[str, Any]] = {"frozen": {"kind": "frozen"}, "noisy": {"kind": "batch", "noise": {}}}


@pytest.mark.parametrize("norm", list(NORMS))
def test_a_run_resumed_after_its_first_epoch_has_the_same_bits(
    spec: Callable[..., RunSpec], run: Callable[..., RunRecord], bench: Workbench, tmp_path: Path, norm: str
) -> None:
    """The worker trained another seed meanwhile, whose noise and first batch are others."""
    wanted = spec(**{"model.norm": NORMS[norm], "training.batch_size": 12})
    undisturbed, other = run(wanted), run(wanted.model_copy(update={"seed": 9}))
    checkpoint = Checkpoint(tmp_path, fingerprint(wanted))
    with pytest.raises(Interrupted):
        train(wanted, "run", bench, checkpoint, tmp_path / "model", lambda _: None, lambda: True, 1)
    run(wanted.model_copy(update={"seed": 9}))
    resumed = train(wanted, "run", bench, checkpoint, tmp_path / "model", lambda _: None, lambda: False, 1)
    assert [epoch.validation_loss for epoch in resumed.epochs] == [one.validation_loss for one in undisturbed.epochs]
    assert resumed.final == undisturbed.final
    assert undisturbed.final != other.final


@pytest.mark.skipif("BN_STUDY_OTHER" in os.environ, reason="this is the other backend")
@pytest.mark.skipif(importlib.util.find_spec(OTHER) is None, reason="one backend alone is installed")
def test_this_holds_on_the_other_backend() -> None:
    environment = {**os.environ, "KERAS_BACKEND": OTHER, "BN_STUDY_OTHER": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", __file__]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout[-3000:]
