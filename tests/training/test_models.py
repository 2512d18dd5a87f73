"""The nets: golden counts, orders of layers, initial weights, and a run of each kind."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from bn_study.config.load import load_study
from bn_study.config.model import Activation, Model, Net
from bn_study.config.run import RunSpec
from bn_study.planning.expansion import expand
from bn_study.store.record import RunRecord
from bn_study.training.augmentation import epoch_stream
from bn_study.training.counting import count_parameters, forward_flops
from bn_study.training.initialization import initialize
from bn_study.training.model import build
from bn_study.training.workbench import Workbench

ROOT = Path(__file__).resolve().parents[2]
MODEL: TypeAdapter[Net] = TypeAdapter(Model)
BN = {"kind": "batch"}
TINY: dict[str, dict[str, Any]] = {
    "inception": {"kind": "inception", "width": 0.05, "modules": 3},
    "cnn": {"kind": "cnn", "filters": (4,), "dense_units": 8},
    "resnet": {"kind": "resnet", "depth": 8, "width": 0.25},
    "recurrent": {"kind": "recurrent", "units": (6, 5)},
    "gru": {"kind": "recurrent", "cell": "gru", "units": (6,)},
}


def net(model: dict[str, Any], shape: tuple[int, int, int] = (8, 8, 1)) -> keras.Model:
    return build(MODEL.validate_python(model), shape, 10, "float32")


def names(model: keras.Model) -> list[str]:
    return [layer.name for layer in model.layers]


@pytest.mark.parametrize(
    ("model", "parameters", "trained"),
    [
        ({"kind": "inception", "norm": {**BN, "scale": False}}, 5_833_994, 5_833_994 - 2 * 6960),  # Kiefer & Moeller
        ({"kind": "inception"}, 5_813_114, 5_813_114),
        ({"kind": "cnn"}, 1_250_858, 1_250_858),  # the Keras example
        ({"kind": "resnet", "norm": BN}, 269_722 + 2 * 688, 269_722),  # He et al. 2016: 0.27 million
    ],
)
def test_published_counts(model: dict[str, Any], parameters: int, trained: int) -> None:
    assert count_parameters(net(model, (32, 32, 3))) == (parameters, trained)


def test_modules_of_the_published_table() -> None:
    """Channels out of 3a to 5b (Szegedy et al. 2015, Table 1) at 32, 16 and 8 pixels; no bias; β alone is learned."""
    model = net({"kind": "inception", "norm": {**BN, "scale": False}}, (32, 32, 3))
    modules = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
    sizes = [tuple(model.get_layer(name).output.shape[1:]) for name in modules]
    channels = (256, 480, 512, 512, 512, 528, 832, 832, 1024)
    assert sizes == [(n, n, c) for n, c in zip((32, 32, 16, 16, 16, 16, 16, 8, 8), channels, strict=True)]
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert len(convolutions) == 9 * 6
    assert not any(layer.use_bias for layer in convolutions)
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(norms) == 9 * 6
    assert all(layer.gamma is None and layer.beta is not None for layer in norms)
    narrow = net({"kind": "inception", "width": 0.25, "modules": 1}, (32, 32, 3))
    assert [narrow.get_layer(f"3a_{part}").filters for part in ("1x1", "3x3_reduce", "5x5_reduce")] == [16, 24, 4]


def test_the_nets_of_garbin_et_al() -> None:
    """Dense 1024 is their wider net."""
    wide = count_parameters(net({"kind": "cnn", "dense_units": 1024}, (32, 32, 3)))[0]
    assert wide == 1_250_858 + 512 * (2304 + 1 + 10)
    widths = {"kind": "dense", "widths": (2048, 2048)}
    assert count_parameters(net(widths, (28, 28, 1)))[0] == 5_824_522  # garbin.mlp.standard.params


@pytest.mark.parametrize(
    ("arm", "parameters"),
    [
        ("plain", 1_250_858),
        ("bn", 1_253_546),
        ("dropout_dense", 1_250_858),
        ("dropout_all", 1_250_858),
        ("bn_dropout", 1_251_498),
    ],
)
def test_the_arms_of_garbin_et_al_have_their_counts(arm: str, parameters: int) -> None:
    """What their result files print: BN behind the convolutions 2 to 4, and behind the dense layer without dropout."""
    points = expand(load_study(ROOT / "experiments" / "cnn_bn_vs_dropout.yaml", "paper")).points
    spec = next(point.spec for point in points if point.arm == arm)
    assert count_parameters(build(spec.model, (32, 32, 3), 10, "float32"))[0] == parameters


ERF = np.vectorize(math.erf)
ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "selu": lambda x: 1.0507009873 * np.where(x > 0, x, 1.6732632423 * (np.exp(x) - 1)),
    "gelu": lambda x: x * (1 + ERF(x / np.sqrt(2))) / 2,
    "swish": lambda x: x / (1 + np.exp(-x)),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
}


def test_every_activation_is_its_formula() -> None:
    assert set(ACTIVATIONS) == set(get_args(Activation))
    x = np.linspace(-3, 3, 13).astype(np.float32)
    for kind, formula in ACTIVATIONS.items():
        model = net({"kind": "dense", "widths": (13,), "activation": kind})
        found = np.asarray(model.get_layer(f"hidden_1_{kind}")(x[None]))[0]
        np.testing.assert_allclose(found, formula(x), rtol=1e-4, atol=1e-5, err_msg=kind)


def test_gradients_vanish_in_deep_sigmoid_nets_and_bn_keeps_them() -> None:
    """The first of eight layers moves less than a thousandth of the last in a step of SGD; with BN they are alike."""
    images = np.random.default_rng(0).normal(size=(100, 8, 8, 1)).astype(np.float32)
    shares = {}
    for kind in ("none", "batch"):
        model = net({"kind": "dense", "widths": (8,) * 8, "activation": "sigmoid", "norm": {"kind": kind}})
        initialize(model, seed=0)
        ends = [model.get_layer(name).kernel for name in ("hidden_1", "hidden_8")]
        before = [np.asarray(kernel).copy() for kernel in ends]
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.SGD(1.0), loss, run_eagerly=True, jit_compile=False)
        model.train_on_batch(images, np.arange(100) % 10)
        first, last = (np.abs(np.asarray(k) - b).mean() for k, b in zip(ends, before, strict=True))
        shares[kind] = first / last
    assert shares["none"] < 1e-3
    assert shares["batch"] > 0.05


def test_a_recurrent_layer_multiplies_at_each_of_the_rows() -> None:
    """8 rows of 8 pixels: two LSTM layers of 6 and 5 units, then 10 logits; a multiply-add is 2."""
    expected = 2 * (8 * 4 * (6 * (8 + 6) + 5 * (6 + 5)) + 5 * 10)
    assert forward_flops(net(TINY["recurrent"])) == expected


@pytest.mark.parametrize("kind", TINY)
@pytest.mark.parametrize("norm", [BN | {"on_input": True, "renorm": {"rmax": 3.0}}, {"kind": "group", "groups": 2}])
def test_every_weight_is_set_by_the_seed(kind: str, norm: dict[str, Any]) -> None:
    """Whatever a net was before, `initialize` gives it the seed's weights: a worker's tenth run is as its first."""
    model = net({**TINY[kind], "norm": norm})
    initialize(model, seed=3)
    first = [np.asarray(variable).copy() for variable in model.weights]
    for variable in model.weights:
        variable.assign(np.full(variable.shape, 0.5, dtype=np.float32))
    initialize(model, seed=3)
    for variable, value in zip(model.weights, first, strict=True):
        np.testing.assert_array_equal(np.asarray(variable), value, err_msg=variable.path)


@pytest.mark.parametrize(
    "norm",
    [
        {"kind": "batch", "trainable": False},
        {"kind": "batch", "axis": -2, "layers": (1, 2), "placement": "after_activation"},
        {"kind": "batch", "axis": -3, "layers": (1,), "fused": False, "on_input": True},
        {"kind": "batch", "renorm": {"rmax": 3.0, "dmax": 5.0, "warmup": {"plain": 1, "rmax": 3, "dmax": 3}}},
        {"kind": "ghost", "virtual_batch_size": 8, "momentum_per": "batch"},
    ],
    ids=["frozen", "columns", "rows", "renorm", "ghost"],
)
def test_a_net_is_trained_with_each_switch_of_its_norm(
    norm: dict[str, Any], spec: Callable[..., RunSpec], run: Callable[..., RunRecord]
) -> None:
    """Twice on one bench, the same bits; a frozen norm has no statistics to re-estimate, and takes no bias away."""
    model = {**TINY["cnn"], "norm": norm}
    records = [run(spec(**{"model": model, "training.epochs": 1})) for _ in range(2)]
    assert records[0].status == "finished"
    assert records[0].epochs[0].train_loss == records[1].epochs[0].train_loss
    assert records[0].final is not None
    assert (records[0].final.reestimated_validation_accuracy is None) == (norm.get("trainable") is False)
    biased = net(model).get_layer("stage_1_same").use_bias
    assert biased == (norm.get("trainable") is False or norm.get("axis", -1) != -1)


def test_an_axis_is_refused_where_there_are_no_feature_maps() -> None:
    rows = {"kind": "batch", "axis": -3}
    with pytest.raises(ValidationError, match="needs feature maps, which dense nets have not"):
        net({"kind": "dense", "widths": (4,), "norm": rows})
    with pytest.raises(ValidationError, match="leave the dense layer, 3, out of `layers`"):
        net({**TINY["cnn"], "norm": rows})


@pytest.mark.parametrize("kind", TINY)
def test_a_net_of_each_kind_is_trained(kind: str, spec: Callable[..., RunSpec], run: Callable[..., RunRecord]) -> None:
    """With BN and dropout on digits; the run's two ways of inference statistics are measured."""
    dropout = {"rate": 0.1, "input_rate": 0.1}
    record = run(spec(**{"model": {**TINY[kind], "norm": BN, "dropout": dropout}, "training.epochs": 1}))
    assert record.status == "finished"
    assert record.final is not None
    assert record.final.reestimated_validation_accuracy is not None
    assert record.cost is not None
    assert record.cost.parameters == count_parameters(net({**TINY[kind], "norm": BN}))[0]


def test_a_penalty_on_gamma_pulls_at_it_alone(spec: Callable[..., RunSpec], bench: Workbench) -> None:
    """One step of SGD: γ is lower by learning rate · 2 · l2 · γ than without, in float32."""
    order, gammas = np.arange(32, dtype=np.int32), []
    for norm in (BN, BN | {"gamma_penalty": {"l2": 0.5}}):
        run_spec = spec(**{"model.norm": norm, "training.batch_size": 32})
        data = bench.data(run_spec)
        trained = bench.net(run_spec, data)
        trained.trainee.optimizer.learning_rate.assign(0.1)
        trained.loop.train(data.resident, order, epoch_stream(seed=0, epoch=0, step=0))
        gammas.append([np.asarray(layer.gamma) for layer in trained.trainee.model.layers if hasattr(layer, "gamma")])
    for free, pulled in zip(*gammas, strict=True):
        np.testing.assert_allclose(pulled, free - 0.1 * 2 * 0.5 * 1.0, atol=1e-5)


@pytest.mark.parametrize(
    ("norm", "dropout", "order"),
    [
        ({}, {}, ["", "_relu"]),
        ({}, {"rate": 0.3}, ["", "_relu", "_dropout"]),
        ({"placement": "before_activation"}, {"rate": 0.3}, ["", "_norm", "_relu", "_dropout"]),
        ({"placement": "after_activation"}, {"rate": 0.3}, ["", "_relu", "_norm", "_dropout"]),
        (
            {"placement": "before_activation"},
            {"rate": 0.3, "placement": "before_activation"},
            ["", "_norm", "_dropout", "_relu"],
        ),
        ({"layers": ()}, {"layers": "last", "rate": 0.3}, ["", "_relu"]),
    ],
)
def test_order_of_a_hidden_layer(norm: dict[str, Any], dropout: dict[str, Any], order: list[str]) -> None:
    full = BN | norm if norm else {"kind": "none"}
    model = net({"kind": "dense", "widths": (4, 3), "norm": full, "dropout": dropout})
    assert [name for name in names(model) if name.startswith("hidden_1")] == [f"hidden_1{part}" for part in order]


@pytest.mark.parametrize(("kind", "layer"), [("inception", "3b_3x3"), ("cnn", "stage_1_same"), ("resnet", "entry")])
@pytest.mark.parametrize("placement", ["before_activation", "after_activation"])
def test_order_of_a_convolution(kind: str, layer: str, placement: str) -> None:
    model = net({**TINY[kind], "norm": BN | {"placement": placement}})
    order = ["", "_norm", "_relu"] if placement == "before_activation" else ["", "_relu", "_norm"]
    assert [name for name in names(model) if name in {layer + part for part in order}] == [layer + p for p in order]
    chain = [model.get_layer(layer + part) for part in order]
    for earlier, later in pairwise(chain):
        assert later.input is earlier.output


def test_a_residual_block_is_normed_before_its_sum_or_behind_its_last_activation() -> None:
    """He et al. 2016, Fig. 4a: convolution, BN, sum, ReLU; a norm behind the activation stands behind the sum's."""
    block = "group1_block1"
    before = net({**TINY["resnet"], "norm": BN})
    assert before.get_layer(f"{block}_sum").input[0] is before.get_layer(f"{block}_second_norm").output
    after = net({**TINY["resnet"], "norm": BN | {"placement": "after_activation"}})
    assert after.get_layer(f"{block}_sum").input[0] is after.get_layer(f"{block}_second").output
    assert after.get_layer(f"{block}_second_norm").input is after.get_layer(f"{block}_relu").output


@pytest.mark.parametrize("kind", TINY)
def test_where_dropout_stands(kind: str) -> None:
    """Once, before the logits; on the input; and not at all at rate 0."""

    def dropouts(**dropout: Any) -> list[str]:
        return [name for name in names(net({**TINY[kind], "dropout": dropout})) if name.endswith("_dropout")]

    last = net({**TINY[kind], "dropout": {"rate": 0.5, "layers": "last"}})
    (name,) = (name for name in names(last) if name.endswith("_dropout"))
    assert last.get_layer("logits").input is last.get_layer(name).output
    assert dropouts(input_rate=0.2) == ["input_dropout"]
    assert dropouts() == []
    stages = {"inception": 3, "cnn": 2, "resnet": 3, "recurrent": 2, "gru": 1}[kind]
    assert len(dropouts(rate=0.5)) == stages


def test_dropout_right_before_the_activation_of_a_convolution() -> None:
    model = net({**TINY["cnn"], "norm": BN, "dropout": {"rate": 0.5, "placement": "before_activation"}})
    assert model.get_layer("stage_1_valid_relu").input is model.get_layer("stage_1_valid_dropout").output
    assert model.get_layer("stage_1_valid_dropout").input is model.get_layer("stage_1_valid_norm").output


@pytest.mark.parametrize(
    ("kind", "parameters"), [("dense", 64), ("inception", 1), ("cnn", 1), ("resnet", 1), ("recurrent", 8)]
)
def test_the_input_has_a_norm_of_each_feature_channel_or_place_in_a_row(kind: str, parameters: int) -> None:
    dense = {"kind": "dense", "widths": (4,)}
    model = net({**TINY.get(kind, dense), "norm": BN | {"on_input": True, "layers": ()}})
    assert [name for name in names(model) if name.endswith("norm")] == ["input_norm"]
    assert model.get_layer("input_norm").gamma.shape == (parameters,)


def test_chosen_layers_and_the_input() -> None:
    """`layers` numbers hidden layers from 1; `on_input` alone is BN as an input scaling."""
    dense = {"kind": "dense", "widths": (4, 3, 2)}
    normed = [name for name in names(net({**dense, "norm": BN | {"layers": (1, 3)}})) if name.endswith("_norm")]
    assert normed == ["hidden_1_norm", "hidden_3_norm"]
    alone = [name for name in names(net({**dense, "norm": BN | {"layers": (), "on_input": True}})) if "norm" in name]
    assert alone == ["input_norm"]
    with pytest.raises(ValidationError, match="this net has 3"):
        MODEL.validate_python({**dense, "norm": BN | {"layers": (4,)}})


def test_dropout_of_the_keras_example() -> None:
    """0.25 after each pooling and 0.5 after the dense layer; or the dense layer alone; or spatial on maps."""

    def rates(**dropout: Any) -> dict[str, tuple[float, bool]]:
        layers = net({"kind": "cnn", "dropout": dropout}, (32, 32, 3)).layers
        return {layer.name: (layer.rate, layer.spatial) for layer in layers if layer.name.endswith("dropout")}

    assert rates(rate=0.25, dense_rate=0.5) == {
        "stage_1_dropout": (0.25, False), "stage_2_dropout": (0.25, False), "hidden_dropout": (0.5, False),
    }  # fmt: skip
    assert rates(rate=0.5, layers="dense") == {"hidden_dropout": (0.5, False)}
    assert rates(rate=0.5, layers="last") == {"hidden_dropout": (0.5, False)}
    assert rates(rate=0.2, spatial=True)["stage_1_dropout"] == (0.2, True)


@pytest.mark.parametrize(
    ("kind", "redundant"), [("batch", True), ("instance", True), ("layer", False), ("group", False)]
)
def test_a_bias_is_redundant_where_each_channel_loses_its_mean(kind: str, redundant: bool) -> None:
    def biased(bias: str = "where_needed", **norm: Any) -> bool:
        model = net({**TINY["cnn"], "bias": bias, "norm": {"kind": kind, **norm}} if kind != "instance" else
                    {**TINY["resnet"], "bias": bias, "norm": {"kind": kind, **norm}})  # fmt: skip
        return next(layer.use_bias for layer in model.layers if isinstance(layer, keras.layers.Conv2D))

    assert biased() == (not redundant)
    assert biased("always")
    assert not biased("never")
    assert biased(center=False)
    assert biased(placement="after_activation")


def test_a_bias_goes_in_the_normed_layers_alone() -> None:
    """The logits keep theirs; so do layers that `norm.layers` leaves out, also without β or behind the activation."""

    def biased(model: dict[str, Any]) -> dict[str, bool]:
        return {layer.name: layer.use_bias for layer in net(model).layers if hasattr(layer, "use_bias")}

    dense = {"kind": "dense", "widths": (4, 3)}
    assert biased({**dense, "norm": BN | {"layers": (2,)}}) == {"hidden_1": True, "hidden_2": False, "logits": True}
    ghost = {"kind": "ghost", "virtual_batch_size": 4}
    assert biased({**dense, "norm": ghost}) == {"hidden_1": False, "hidden_2": False, "logits": True}
    assert all(biased({**dense, "norm": ghost | {"center": False}}).values())
    assert all(biased({**dense, "norm": BN | {"layers": (), "on_input": True}}).values())
    resnet = biased({**TINY["resnet"], "shortcut": "projection", "norm": BN})
    assert [name for name, has in resnet.items() if has] == ["logits"]
    assert all(biased({**TINY["inception"], "bias": "where_needed"}).values())
    assert [name for name, has in biased(TINY["inception"]).items() if has] == ["logits"]


@pytest.mark.parametrize(
    "model",
    [
        {"kind": "resnet", "depth": 21},
        {"kind": "dense", "widths": (4,), "norm": {"kind": "instance"}},
        {"kind": "dense", "widths": (4,), "dropout": {"spatial": True}},
        {"kind": "inception", "dropout": {"layers": "dense"}},
        {"kind": "recurrent", "units": (4,), "norm": BN | {"placement": "after_activation"}},
    ],
)
def test_what_a_net_cannot_have_is_refused(model: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MODEL.validate_python(model)


def test_a_layer_whose_arithmetic_is_not_known_is_no_free_layer() -> None:
    images = keras.Input((8, 8, 3))
    with pytest.raises(TypeError, match=r"odd: the arithmetic of a DepthwiseConv2D is not counted"):
        forward_flops(keras.Model(images, keras.layers.DepthwiseConv2D(3, name="odd")(images)))
