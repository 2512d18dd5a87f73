"""The nets: golden counts, orders of layers, initial weights, and a run of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from bn_study.config.model import Model, Net
from bn_study.config.run import RunSpec
from bn_study.store.record import RunRecord
from bn_study.training.augmentation import epoch_stream
from bn_study.training.counting import count_parameters, forward_flops
from bn_study.training.initialization import initialize
from bn_study.training.model import build
from bn_study.training.workbench import Workbench

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
