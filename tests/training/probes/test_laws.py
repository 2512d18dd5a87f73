"""What the probes measure obeys the closed forms it must obey, on whichever backend runs this file."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import keras
import numpy as np
import pytest
from scipy import stats

from bn_study.config.run import RunSpec
from bn_study.datasets import load
from bn_study.planning.looks import probed_epochs
from bn_study.training.augmentation import epoch_stream
from bn_study.training.derivative import Batch, Derivative, batch_of
from bn_study.training.layers import kernels, upstream
from bn_study.training.optimization import learning_rate
from bn_study.training.order import calls, epoch_order, epoch_steps
from bn_study.training.probes import covariate_shift, smoothness
from bn_study.training.probes.activations import QUANTILES, distance, excess_kurtosis, mean_correlation, quantiles
from bn_study.training.probes.folding import foldable, folded
from bn_study.training.probes.gradients import slope
from bn_study.training.probes.look import Look
from bn_study.training.probes.statistics import algorithm_2, validation_variances
from bn_study.training.random_layer import start_streams
from bn_study.training.workbench import Workbench

MakeSpec = Callable[..., RunSpec]
BN = {"kind": "batch", "momentum": 0.9}
NETS: dict[str, dict[str, Any]] = {
    "dense": {"kind": "dense", "widths": (24, 16), "norm": BN},
    "cnn": {"kind": "cnn", "filters": (6,), "dense_units": 12, "norm": BN},
}


def look_at(spec: RunSpec, bench: Workbench, epochs: int = 1) -> Look:
    """The net after so many epochs, with 256 images as profile batch, and about to take the next epoch's first step."""
    data = bench.data(spec)
    net, count = bench.net(spec, data), data.resident.count("train")
    for epoch in range(epochs):
        net.trainee.optimizer.learning_rate.assign(
            learning_rate(spec.training, epoch, epoch_steps(spec.training, count))
        )
        start_streams(net.trainee.model, spec.seed, epoch)
        for step, call in enumerate(calls(epoch_order(spec, count, epoch), spec.training.batch_size)):
            net.loop.train(data.resident, call, epoch_stream(spec.seed, epoch, step))
    following = epoch_order(spec, count, epochs)[: spec.training.batch_size]
    return Look(spec, net, data, np.arange(min(256, count), dtype=np.int32), following, epochs, 0)


@pytest.fixture(params=list(NETS), scope="module")
def look(request: pytest.FixtureRequest, spec: MakeSpec) -> Look:
    changes = {"model": NETS[request.param], "dataset.train_images": 300, "training.epochs": 3}
    tree = spec(**{key: value for key, value in changes.items() if key != "model"}).model_dump()
    bench = Workbench(lambda data: load(data.name))  # its net must stay as it is
    return look_at(RunSpec.model_validate({**tree, "model": changes["model"]}), bench)


def gradient_of(look: Look, variable: Any) -> Any:
    _, gradients = look.derivative.gradients(look.derivative.weights(), look.profile_batch)
    return gradients[[id(one) for one in look.derivative.model.trainable_variables].index(id(variable))]


def test_behind_bn_units_have_mean_beta_and_variance_gamma_squared(look: Look) -> None:
    """Variance γ²·v/(v + ε), v the variance of BN's input (Ioffe & Szegedy 2015, Alg. 1)."""
    signals = look.derivative.signals(look.profile_batch)
    checked = 0
    for one, signal in zip(look.derivative.norm_gradients(look.profile_batch), signals, strict=True):
        if signal.units.shape[0] != len(look.profile):  # of feature maps only some places are seen
            continue
        gamma, beta = np.asarray(one.layer.gamma, float), np.asarray(one.layer.beta, float)
        expected = gamma**2 * one.variance / (one.variance + one.layer.epsilon)
        np.testing.assert_allclose(signal.units.mean(axis=0), beta, atol=3e-6)
        np.testing.assert_allclose(signal.units.var(axis=0), expected, atol=3e-6)
        checked += 1
    assert checked


def test_the_gradient_of_gamma_is_that_of_the_normalized_input(look: Look) -> None:
    """Σ g·x̂; and what a source prints, Σ g·x, is √(σ² + ε)·∂L/∂γ + μ·∂L/∂β."""
    for one in look.derivative.norm_gradients(look.profile_batch):
        gamma, beta = gradient_of(look, one.layer.gamma), gradient_of(look, one.layer.beta)
        np.testing.assert_allclose(one.by_normalized, gamma, rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(one.by_output, beta, rtol=1e-3, atol=1e-6)
        printed = np.sqrt(one.variance + one.layer.epsilon) * gamma + one.mean * beta
        np.testing.assert_allclose(one.by_input, printed, rtol=1e-3, atol=1e-5)


def test_weights_before_bn_are_orthogonal_to_their_gradient_but_for_epsilon(look: Look) -> None:
    """⟨w_j, g_j⟩ = ε/(v + ε)·γ_j·∂L/∂γ_j: the loss does not depend on the length of w_j, as far as ε allows."""
    for one in look.derivative.norm_gradients(look.profile_batch):
        layer = look.derivative.model.get_layer(one.layer.name.removesuffix("_norm"))
        assert layer.bias is None
        weight, gradient = np.asarray(layer.kernel, float), gradient_of(look, layer.kernel)
        inner = (weight * gradient).reshape(-1, weight.shape[-1]).sum(axis=0)
        share = one.layer.epsilon / (one.variance + one.layer.epsilon)
        expected = share * np.asarray(one.layer.gamma, float) * gradient_of(look, one.layer.gamma)
        scale = np.linalg.norm(weight) * np.linalg.norm(gradient)
        assert np.abs(inner - expected).max() / scale < 1e-6


def test_without_bn_and_biases_all_layers_have_the_same_inner_product(spec: MakeSpec, bench: Workbench) -> None:
    """A bias-free ReLU net is homogeneous of degree 1 in each layer's weights: ⟨w_l, g_l⟩ = Σ ∂L/∂logits·logits."""
    look = look_at(spec(**{"model.widths": (24, 16, 12), "model.bias": "never"}), bench, epochs=0)
    model = look.derivative.model
    model.get_layer("logits").bias.assign(np.zeros(10))
    found = []
    for place in kernels(model).values():
        variable = model.trainable_variables[place]
        found.append(float((np.asarray(variable, float) * gradient_of(look, variable)).sum()))
    assert len(found) == 4
    np.testing.assert_allclose(found, found[-1], rtol=1e-4)


def test_at_the_start_bn_relu_gradients_grow_as_theory_says(spec: MakeSpec, bench: Workbench) -> None:
    """−½·log₁₀(π/(π−1)) = −0.0832 decades a layer (Yang et al. 2019), here for 8 layers of 256 units."""
    slopes = []
    for seed in range(1):
        look = look_at(spec(**{"model.widths": (256,) * 8, "model.norm": BN}, seed=seed), bench, epochs=0)
        images = np.random.default_rng(seed).normal(size=(256, 8, 8, 1)).astype(np.float32)
        labels = batch_of(look.data.resident, np.arange(256) % 100).labels
        batch = Batch(keras.ops.convert_to_tensor(images), labels)
        slopes.append(slope([one.gradient_rms for one in look.derivative.signals(batch)]))
    assert np.mean(slopes) == pytest.approx(-0.5 * math.log10(math.pi / (math.pi - 1)), abs=0.01)


def test_the_first_layer_does_not_shift_and_the_step_is_the_loop_s(spec: MakeSpec, bench: Workbench) -> None:
    """Santurkar et al. 2018, Def. 2.1. Dropout and an adaptive optimizer take part; and all is put back."""
    changes = {"model.dropout.rate": 0.3, "training.optimizer": {"kind": "adam"}, "model.norm": BN}
    look = look_at(spec(**changes), bench)
    before = [np.asarray(variable).copy() for variable in look.net.variables]
    seen = covariate_shift.seen(look)
    assert next(iter(seen["change"])) == "hidden_1"
    assert (seen["change"]["hidden_1"], seen["cosine"]["hidden_1"]) == (0.0, pytest.approx(1.0, abs=1e-12))
    assert all(change > 0 for layer, change in seen["change"].items() if layer != "hidden_1")
    after = covariate_shift.stepped(look)
    for variable, value in zip(look.net.variables, before, strict=True):
        np.testing.assert_array_equal(np.asarray(variable), value)
    look.net.trainee.optimizer.learning_rate.assign(look.rate)
    start_streams(look.net.trainee.model, look.spec.seed, look.epoch)
    look.net.loop.train(look.data.resident, look.following, epoch_stream(look.spec.seed, look.epoch, 0))
    for value, variable in zip(after, look.derivative.model.trainable_variables, strict=True):
        np.testing.assert_array_equal(np.asarray(variable), np.asarray(value))


def test_branches_side_by_side_are_not_before_each_other(spec: MakeSpec, bench: Workbench) -> None:
    tree = spec().model_dump() | {"model": {"kind": "inception", "width": 0.05, "modules": 1}}
    model = look_at(RunSpec.model_validate(tree), bench, epochs=0).derivative.model
    assert "3a_3x3_reduce" in upstream(model, "3a_3x3")
    assert "3a_5x5_reduce" not in upstream(model, "3a_3x3")
    assert {"3a_3x3", "3a_5x5", "3a_1x1"} <= upstream(model, "logits")


def test_on_a_quadratic_loss_smoothness_is_its_curvature() -> None:
    """L = ½·c·‖w‖², g = c·w: β = c whatever the step, ‖Δg‖/‖g‖ = η·c, L/L₀ = (1 − η·c)²."""
    curvature, rate = 3.0, 0.1
    weights = [np.array([1.0, -2.0], np.float32), np.array([[0.5]], np.float32)]

    def gradients(at: Any, _: Any) -> tuple[float, Any]:
        wide = [np.asarray(one, np.float64) for one in at]
        return 0.5 * curvature * sum(float((one**2).sum()) for one in wide), [curvature * one for one in wide]

    derivative = SimpleNamespace(weights=lambda: weights, gradients=gradients)
    stand_in = SimpleNamespace(
        derivative=derivative, rate=rate, following_batch=None, following_gradients=gradients(weights, None)
    )
    seen = smoothness.seen(cast(Look, stand_in))
    for multiple in smoothness.STEPS:
        name, step = f"{multiple:g}", multiple * rate
        assert seen["beta"][name] == pytest.approx(curvature, rel=1e-5)
        assert seen["gradient_change"][name] == pytest.approx(step * curvature, rel=1e-5)
        assert seen["loss_ratio"][name] == pytest.approx((1 - step * curvature) ** 2, rel=1e-5)


def test_the_distance_is_the_first_wasserstein_distance() -> None:
    """Exact where there are as many values as quantiles; of a shift it is the shift."""
    draw = np.random.default_rng(0)
    one, other = draw.normal(size=(QUANTILES, 5)), 2 * draw.random(size=(QUANTILES, 5))
    expected = np.mean([stats.wasserstein_distance(one[:, unit], other[:, unit]) for unit in range(5)])
    assert distance(quantiles(one), quantiles(other)) == pytest.approx(expected, rel=1e-12)
    assert distance(quantiles(one + 0.25), quantiles(one)) == pytest.approx(0.25)


def test_kurtosis_and_correlation_have_their_known_values() -> None:
    draw = np.random.default_rng(0)
    gaussian = draw.normal(size=(40_000, 3))
    assert excess_kurtosis(gaussian) == pytest.approx(0.0, abs=0.05)
    assert excess_kurtosis(draw.random(size=(40_000, 3))) == pytest.approx(-1.2, abs=0.02)
    assert mean_correlation(gaussian) < 0.02
    assert mean_correlation(np.repeat(gaussian[:, :1], 4, axis=1) * [1, 2, -3, 4]) == pytest.approx(1.0)
    assert math.isnan(mean_correlation(np.ones((5, 3))))


def test_algorithm_2_is_unbiased_for_independent_batches() -> None:
    """Over all batches of 2 of the values, drawn with replacement: 2/1·E[σ²_B] is the population's variance."""
    values = np.array([0.0, 1.0, 5.0, 7.0])
    batches = [
        [(np.array([np.mean(pair)]), np.array([np.var(pair)]))]
        for pair in np.stack(np.meshgrid(values, values), -1).reshape(-1, 2)
    ]
    ((mean, variance),) = algorithm_2(batches, [2])
    assert mean[0] == pytest.approx(values.mean())
    assert variance[0] == pytest.approx(values.var())


@pytest.mark.parametrize("placement", ["before_activation", "after_activation"])
@pytest.mark.parametrize("kind", list(NETS))
def test_a_folded_net_gives_the_same_logits(spec: MakeSpec, bench: Workbench, kind: str, placement: str) -> None:
    """To 1e-5 of the largest; without the BN layers that can be folded exactly."""
    norm = {**BN, "placement": placement, "scale": False}
    tree = spec(**{"dataset.train_images": 300}).model_dump() | {"model": {**NETS[kind], "norm": norm}}
    look = look_at(RunSpec.model_validate(tree), bench)
    model, thin = look.net.trainee.model, folded(look.net.trainee.model)
    images = look.profile_batch.images
    before, after = (np.asarray(one(images, training=False), float) for one in (model, thin))
    np.testing.assert_allclose(after, before, atol=1e-5 * np.abs(before).max())
    folds = {"dense": 2, "cnn": 3 if placement == "before_activation" else 1}[kind]
    assert len(foldable(model)) == folds
    left = [layer for layer in thin.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(left) == {"dense": 2, "cnn": 3}[kind] - folds


def test_dropout_right_before_bn_shifts_its_variance_as_the_closed_form_says(spec: MakeSpec, bench: Workbench) -> None:
    """v / [(c² + v)/p − c²], with c, v of the input without dropout and p the share that is kept (Li et al. 2019)."""
    changes = {
        "model.widths": (64,), "model.dropout": {"rate": 0.5, "placement": "before_activation"},
        "model.norm": {**BN, "placement": "after_activation"}, "dataset.train_images": 1000,
    }  # fmt: skip
    look = look_at(spec(**changes), bench, epochs=4)
    (layer,) = [one for one in look.net.trainee.model.layers if isinstance(one, keras.layers.BatchNormalization)]
    tested, moving = validation_variances(look)[0], np.asarray(layer.moving_variance, float)
    mean = np.asarray(layer.moving_mean, float)  # dropout keeps the mean
    alive = (tested > 1e-3) & (moving > 1e-3)
    expected = tested / ((mean**2 + tested) / 0.5 - mean**2)
    found = np.exp(np.log((tested / moving)[alive]).mean())
    assert found == pytest.approx(np.exp(np.log(expected[alive]).mean()), rel=0.1)
    assert found < 0.6


def test_looks_are_at_fibonacci_s_epochs_and_the_last() -> None:
    assert probed_epochs(1) == {1}
    assert probed_epochs(30) == {1, 2, 3, 5, 8, 13, 21, 30}
    assert sorted(probed_epochs(13)) == [1, 2, 3, 5, 8, 13]


def test_gradients_are_those_of_the_loss(spec: MakeSpec, bench: Workbench) -> None:
    """Central differences along the gradient: its squared length."""
    look = look_at(spec(**{"model.norm": BN}), bench)
    derivative: Derivative = look.derivative
    weights = [np.asarray(weight, np.float64) for weight in derivative.weights()]
    _, gradients = derivative.gradients(derivative.weights(), look.profile_batch)
    squared = sum(float((one**2).sum()) for one in gradients)
    step = 1e-2 / math.sqrt(squared)
    ends = []
    for sign in (1, -1):
        moved = [(w + sign * step * g).astype(np.float32) for w, g in zip(weights, gradients, strict=True)]
        ends.append(derivative.gradients(moved, look.profile_batch)[0])
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(squared, rel=0.01)
