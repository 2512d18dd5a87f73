"""Each kind of norm against its formula, worked out in numpy; initial values, penalties and constraints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter

from bn_study.config.norm import Norm
from bn_study.config.run import RunSpec
from bn_study.training import normalization
from bn_study.training.augmentation import epoch_stream
from bn_study.training.counting import count_parameters
from bn_study.training.initialization import initialize
from bn_study.training.model import build
from bn_study.training.norm_layer import AnyNorm, norm_layer, normalized
from bn_study.training.normalization import BatchNormalization
from bn_study.training.workbench import Workbench

NORM: TypeAdapter[AnyNorm] = TypeAdapter(Norm)
Array = NDArray[np.float32]
EPSILON = 0.01
GAMMA, BETA = np.linspace(0.5, 2.0, 6, dtype=np.float32), np.linspace(-1.0, 1.0, 6, dtype=np.float32)


def drawn(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(3.0, 2.0, shape).astype(np.float32)


def layer_of(x: Array, **spec: Any) -> Any:
    """A layer for x, with its γ and β set where it has them."""
    layer = norm_layer(NORM.validate_python({"epsilon": EPSILON, **spec}), (None, *x.shape[1:]), "norm", "float32")
    layer.build(x.shape)
    for name, value in (("gamma", GAMMA), ("beta", BETA)):
        if getattr(layer, name, None) is not None:
            getattr(layer, name).assign(value[: x.shape[-1]])
    return layer


def standardized(x: Array, axes: tuple[int, ...]) -> Array:
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    return np.asarray((x - mean) / np.sqrt(variance + EPSILON))


def in_groups(x: Array, groups: int) -> Array:
    """(n, …, channels) standardized over each image's groups of consecutive channels."""
    cut = x.reshape(*x.shape[:-1], groups, x.shape[-1] // groups)
    return standardized(cut, (*range(1, x.ndim - 1), x.ndim)).reshape(x.shape)


FORMULAS: list[tuple[dict[str, Any], tuple[int, ...], Callable[[Array], Array]]] = [
    ({"kind": "batch"}, (5, 6), lambda x: standardized(x, (0,))),
    ({"kind": "batch"}, (5, 3, 4, 6), lambda x: standardized(x, (0, 1, 2))),
    ({"kind": "ghost", "virtual_batch_size": 2}, (4, 3, 4, 6),
     lambda x: np.concatenate([standardized(x[:2], (0, 1, 2)), standardized(x[2:], (0, 1, 2))])),
    ({"kind": "layer"}, (5, 6), lambda x: standardized(x, (1,))),
    ({"kind": "layer"}, (5, 4, 6), lambda x: standardized(x, (2,))),  # each row of a recurrent net by itself
    ({"kind": "layer"}, (5, 3, 4, 6), lambda x: standardized(x, (1, 2, 3))),
    ({"kind": "group", "groups": 3}, (5, 6), lambda x: in_groups(x, 3)),
    ({"kind": "group", "groups": 3}, (5, 3, 4, 6), lambda x: in_groups(x, 3)),
    ({"kind": "group", "groups": 4}, (5, 3, 4, 6), lambda x: in_groups(x, 2)),  # the greatest common divisor of 4 and 6
    ({"kind": "instance"}, (5, 3, 4, 6), lambda x: standardized(x, (1, 2))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "shape", "formula"),
    FORMULAS,
    ids=[f"{spec['kind']}-{len(shape)}d-{k}" for k, (spec, shape, _) in enumerate(FORMULAS)],
)
def test_a_norm_in_training_is_its_formula(
    spec: dict[str, Any], shape: tuple[int, ...], formula: Callable[[Array], Array]
) -> None:
    """γ x̂ + β; without γ or β, the rest of it."""
    x = drawn(*shape)
    for center, scale in ((True, True), (True, False), (False, True), (False, False)):
        found = layer_of(x, **spec, center=center, scale=scale)(x, training=True)
        expected = formula(x) * (GAMMA if scale else 1.0) + (BETA if center else 0.0)
        np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-3, atol=1e-4)


def test_norms_of_one_image_do_not_know_the_batch() -> None:
    for spec, shape, _ in FORMULAS:
        if spec["kind"] in ("layer", "group", "instance"):
            x = drawn(*shape)
            layer = layer_of(x, **spec)
            whole = np.asarray(layer(x, training=True))
            np.testing.assert_allclose(np.asarray(layer(x[:1], training=False)), whole[:1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("rmax", "rmin", "dmax"), [(1.1, 0.9, 0.1), (3.0, None, 5.0), (None, None, None), (1.0, 1.0, 0.0)]
)
def test_renormalization_is_ioffe_2017(rmax: float | None, rmin: float | None, dmax: float | None) -> None:
    """x̂ = (x - μ_B) / σ_B · r + d, r = σ_B / σ and d = (μ_B - μ) / σ within their bounds; then σ and μ follow.

    (Algorithm 1.) Unbounded, that is (x - μ) / σ; with r = 1 and d = 0 it is batch normalization.
    """
    first = drawn(8, 6)
    momentum = 0.7
    layer = layer_of(first, kind="batch", renorm={"rmax": rmax, "rmin": rmin, "dmax": dmax, "momentum": momentum})
    mu, sigma = np.zeros(6), np.ones(6)
    for step in range(3):
        x = drawn(8, 6, seed=step) * (1 + step)
        mu_b, sigma_b = x.mean(axis=0), np.sqrt(x.var(axis=0) + EPSILON)
        r = np.clip(sigma_b / sigma, rmin, rmax) if (rmax, rmin) != (None, None) else sigma_b / sigma
        d = np.clip((mu_b - mu) / sigma, -dmax, dmax) if dmax is not None else (mu_b - mu) / sigma
        expected = GAMMA * ((x - mu_b) / sigma_b * r + d) + BETA
        np.testing.assert_allclose(np.asarray(layer(x, training=True)), expected, rtol=1e-3, atol=1e-3)
        if rmax is None:
            np.testing.assert_allclose(expected, GAMMA * (x - mu) / sigma + BETA, rtol=1e-3, atol=1e-3)
        if rmax == 1.0:
            np.testing.assert_allclose(expected, GAMMA * standardized(x, (0,)) + BETA, rtol=1e-3, atol=1e-3)
        mu, sigma = (momentum * old + (1 - momentum) * new for old, new in ((mu, mu_b), (sigma, sigma_b)))


def test_renormalization_warms_up_as_in_ioffe_2017() -> None:
    """r = 1 and d = 0 for the plain steps; then r within [1 / r_max, r_max] and d within ± d_max, which grow linearly.

    Here from step 2 on to r_max = 3 at step 6 and d_max = 5 at step 4, steps counted from 0.
    """
    bounds = {"rmax": 3.0, "dmax": 5.0, "momentum": 0.7, "warmup": {"plain": 2, "rmax": 6, "dmax": 4}}
    layer = layer_of(drawn(8, 6), kind="batch", renorm=bounds)
    mu, sigma = np.zeros(6), np.ones(6)
    for step, (rmax, dmax) in enumerate([(1, 0), (1, 0), (1, 0), (1.5, 2.5), (2, 5), (2.5, 5), (3, 5), (3, 5)]):
        x = drawn(8, 6, seed=step) * (4.0 if step % 2 else 0.05) ** 2
        mu_b, sigma_b = x.mean(axis=0), np.sqrt(x.var(axis=0) + EPSILON)
        r, d = np.clip(sigma_b / sigma, 1 / rmax, rmax), np.clip((mu_b - mu) / sigma, -dmax, dmax)
        assert step < 3 or not np.allclose(r, 1.0)
        expected = GAMMA * ((x - mu_b) / sigma_b * r + d) + BETA
        np.testing.assert_allclose(np.asarray(layer(x, training=True)), expected, rtol=1e-3, atol=1e-3)
        mu, sigma = (0.7 * old + 0.3 * new for old, new in ((mu, mu_b), (sigma, sigma_b)))
    inputs = keras.Input((6,))
    assert count_parameters(keras.Model(inputs, layer(inputs))) == (7 * 6, 2 * 6)  # a counter of steps is no parameter


@pytest.mark.parametrize("shape", [(8, 6), (8, 3, 4, 6)])
def test_a_frozen_norm_is_its_inference_and_follows_nothing(shape: tuple[int, ...]) -> None:
    """γ (x - μ) / √(σ² + ε) + β with the initial μ and σ² in training too; β and γ are not learned."""
    x = drawn(*shape)
    layer = layer_of(x, kind="batch", trainable=False, moving_mean_initial=3.0, moving_variance_initial=4.0)
    expected = GAMMA * (x - 3.0) / np.sqrt(4.0 + EPSILON) + BETA
    np.testing.assert_allclose(np.asarray(layer(x, training=True)), expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(np.asarray(layer.moving_mean), 3.0)
    assert layer.trainable_variables == []


@pytest.mark.parametrize(("axis", "over"), [(-1, (0, 1, 2)), (-2, (0, 1, 3)), (-3, (0, 2, 3))])
@pytest.mark.parametrize("fused", [True, False])
def test_the_axis_has_statistics_of_its_own(axis: int, over: tuple[int, ...], fused: bool) -> None:
    """As Keras' `axis`: moments over all other axes; the net's own layer is as long as the axis."""
    x = drawn(5, 3, 4, 6)
    inputs = keras.Input(x.shape[1:])
    spec = NORM.validate_python({"kind": "batch", "epsilon": EPSILON, "axis": axis, "fused": fused})
    model = keras.Model(inputs, normalized(inputs, spec, "norm", "float32"))
    np.testing.assert_allclose(np.asarray(model(x, training=True)), standardized(x, over), rtol=1e-3, atol=1e-4)
    assert model.get_layer("norm").gamma.shape == (x.shape[axis],)


def test_the_fused_kernel_is_used_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr(normalization, "fused_kernel", lambda: called.append("kernel"))
    for fused in (True, False):
        layer_of(drawn(5, 3, 4, 6), kind="batch", fused=fused)(drawn(5, 3, 4, 6), training=True)
    assert called == ["kernel"]


INITIAL = {"beta_initial": 0.5, "gamma_initial": 0.25, "moving_mean_initial": 3.0, "moving_variance_initial": 4.0}


def test_initial_values_are_those_of_the_spec(spec: Callable[..., RunSpec]) -> None:
    model = build(spec(**{"model.norm": {"kind": "batch", **INITIAL}}).model, (8, 8, 1), 10, "float32")
    initialize(model, seed=0)
    layers = [layer for layer in model.layers if isinstance(layer, BatchNormalization)]
    assert len(layers) == 2
    for layer in layers:
        for name, value in INITIAL.items():
            np.testing.assert_array_equal(np.asarray(getattr(layer, name.removesuffix("_initial"))), value)


def test_constraints_hold_after_each_step(spec: Callable[..., RunSpec], bench: Workbench) -> None:
    """γ of unit length and β not negative, where a step of such a size would leave neither so."""
    norm = {"kind": "batch", "gamma_constraint": {"kind": "unit_norm"}, "beta_constraint": {"kind": "non_negative"}}
    run_spec = spec(**{"model.norm": norm, "training.batch_size": 32})
    data = bench.data(run_spec)
    net = bench.net(run_spec, data)
    net.trainee.optimizer.learning_rate.assign(0.5)
    net.loop.train(data.resident, np.arange(64, dtype=np.int32), epoch_stream(seed=0, epoch=0, step=0))
    layers = [layer for layer in net.trainee.model.layers if isinstance(layer, BatchNormalization)]
    for layer in layers:
        assert np.linalg.norm(np.asarray(layer.gamma)) == pytest.approx(1.0, abs=1e-4)
        assert np.asarray(layer.beta).min() == 0.0 < np.asarray(layer.beta).max()


@pytest.mark.parametrize(
    ("constraint", "bounded"),
    [
        ({"kind": "max_norm", "max_value": 2.0}, [1.2, -1.6, 0.0]),
        ({"kind": "unit_norm"}, [0.6, -0.8, 0.0]),
        ({"kind": "non_negative"}, [3.0, 0.0, 0.0]),
    ],
)
def test_a_constraint_is_its_projection(constraint: dict[str, Any], bounded: list[float]) -> None:
    layer = layer_of(drawn(2, 3), kind="batch", gamma_constraint=constraint)
    found = layer.gamma.constraint(np.array([3.0, -4.0, 0.0], np.float32))
    np.testing.assert_allclose(np.asarray(found), bounded, atol=1e-5)
    layer = layer_of(drawn(2, 3), kind="batch", beta_penalty={"l1": 0.1, "l2": 0.01})
    assert float(layer.beta.regularizer(np.array([3.0, -4.0, 0.0], np.float32))) == pytest.approx(0.7 + 0.25)
