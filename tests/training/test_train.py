"""One run: bits, pairing, endings."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from bn_study.config.run import RunSpec
from bn_study.config.training import TrainingSpec
from bn_study.datasets import load
from bn_study.planning.identity import fingerprint
from bn_study.store.record import RunRecord
from bn_study.training.augmentation import epoch_stream
from bn_study.training.checkpoint import Checkpoint
from bn_study.training.initialization import initialize
from bn_study.training.model import build
from bn_study.training.optimization import learning_rate
from bn_study.training.order import epoch_steps, shuffled
from bn_study.training.train import Interrupted, blown_up, train
from bn_study.training.workbench import Workbench

MakeSpec = Callable[..., RunSpec]
Run = Callable[..., RunRecord]
BN_DROPOUT = {"model.norm": {"kind": "batch"}, "model.dropout.rate": 0.3}
TIMES = {"train_seconds", "validation_seconds", "images_per_second", "cpu_seconds"}


def net(run_spec: RunSpec) -> keras.Model:
    """The spec's net for the digits, not compiled."""
    return build(run_spec.model, (8, 8, 1), 10, "float32")


def measured(record: RunRecord) -> Any:
    """All that a record measured, times apart."""
    epochs = [epoch.model_dump(exclude=TIMES) for epoch in record.epochs]
    return record.status, epochs, record.final


def test_same_bits_in_any_order_and_on_a_used_workbench(spec: MakeSpec, run: Run, bench: Workbench) -> None:
    """A worker's later runs have the bits of a fresh one: nothing leaks from run to run."""
    wanted = spec(**BN_DROPOUT, seed=3)
    fresh = measured(run(wanted, on=Workbench(lambda data: load(data.name))))
    for other in (spec(**BN_DROPOUT, seed=4), spec(seed=3), wanted, spec(**BN_DROPOUT, seed=3)):
        record = run(other)
        if fingerprint(other) == fingerprint(wanted):
            assert measured(record) == fresh
        else:
            assert measured(record) != fresh


def test_a_compiled_net_serves_all_seeds(spec: MakeSpec, bench: Workbench) -> None:
    """Also where each seed has a split of its own: compiling took a fifth of a short run."""
    nets = []
    for seed in (3, 4):
        data = bench.data(spec(seed=seed))
        nets.append((data, bench.net(spec(seed=seed), data)))
    (first, net), (second, again) = nets
    assert not np.array_equal(first.resident.images["train"], second.resident.images["train"])
    assert again is net


def test_resumed_has_the_bits_of_undisturbed(spec: MakeSpec, run: Run, bench: Workbench, tmp_path: Path) -> None:
    """Stopped after the first epoch, resumed in another run: weights, BN statistics, momentum, streams."""
    wanted = spec(**BN_DROPOUT, **{"training.epochs": 4})
    undisturbed = measured(run(wanted))
    checkpoint = Checkpoint(tmp_path, fingerprint(wanted))
    with pytest.raises(Interrupted):
        train(wanted, "run", bench, checkpoint, tmp_path / "model.keras", lambda _: None, lambda: True, threads=1)
    run(spec(seed=9))  # the worker did something else meanwhile
    resumed = train(
        wanted, "run", bench, checkpoint, tmp_path / "model.keras", lambda _: None, lambda: False, threads=1
    )
    assert measured(resumed) == undisturbed


def test_a_foreign_or_torn_checkpoint_restores_nothing(spec: MakeSpec, bench: Workbench, tmp_path: Path) -> None:
    wanted = spec()
    net = bench.net(wanted, bench.data(wanted))
    checkpoint = Checkpoint(tmp_path, fingerprint(wanted))
    checkpoint.save(net.variables, [])
    assert Checkpoint(tmp_path, "another").restore(net.variables)[0] == []
    whole = checkpoint.path.read_bytes()
    before = [np.asarray(variable).copy() for variable in net.variables]
    for size in range(0, len(whole), len(whole) // 60):
        checkpoint.path.write_bytes(whole[:size])
        assert checkpoint.restore(net.variables)[0] == []
    for variable, kept in zip(net.variables, before, strict=True):
        np.testing.assert_array_equal(np.asarray(variable), kept)


def test_arms_of_a_seed_share_order_and_initial_kernels(spec: MakeSpec) -> None:
    """Comparisons are paired: equal data order, equal kernels wherever names and shapes agree."""
    kernels = []
    for changes in ({}, {"model.norm": {"kind": "batch"}}, BN_DROPOUT):
        model = net(spec(**changes))
        initialize(model, seed=5)
        kernels.append([np.asarray(layer.kernel) for layer in model.layers if hasattr(layer, "kernel")])
    for first, *others in zip(*kernels, strict=True):
        for other in others:
            np.testing.assert_array_equal(first, other)
    initialize(model, seed=6)
    assert not np.array_equal(np.asarray(model.get_layer("logits").kernel), kernels[0][-1])


def test_the_order_is_a_permutation_of_seed_and_epoch() -> None:
    order = shuffled(1000, seed=5, epoch=0)
    assert sorted(order) == list(range(1000))
    np.testing.assert_array_equal(order, shuffled(1000, seed=5, epoch=0))
    for other in (shuffled(1000, seed=5, epoch=1), shuffled(1000, seed=6, epoch=0)):
        assert (order == other).mean() < 0.02  # two random permutations agree in one place on average


@pytest.mark.parametrize("changes", [{}, BN_DROPOUT | {"model.dropout.rate": 0.0}], ids=["plain", "bn"])
def test_the_loop_is_keras_train_on_batch(changes: dict[str, Any], spec: MakeSpec, bench: Workbench) -> None:
    """Whole batches and the smaller last one give the weights that Keras' own training gives."""
    run_spec = spec(**changes, **{"training.batch_size": 32})
    data = bench.data(run_spec)
    net = bench.net(run_spec, data)
    order = np.arange(100, dtype=np.int32)
    net.trainee.optimizer.learning_rate.assign(0.05)
    sums = net.loop.train(data.resident, order, epoch_stream(seed=0, epoch=0, step=0))
    ours = [np.asarray(variable) for variable in net.trainee.model.weights]

    model = keras.models.clone_model(net.trainee.model)
    initialize(model, run_spec.seed)
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    images = np.asarray(data.resident.images["train"]).astype(np.float32)
    scaled = (images - np.asarray(data.resident.mean)) * np.asarray(data.resident.scale)
    labels, loss = np.asarray(data.resident.labels["train"]), 0.0
    for start in range(0, 100, 32):
        part = slice(start, min(start + 32, 100))
        logits = np.asarray(model(scaled[part], training=True)) if not changes else None
        if logits is not None:
            shifted = logits - logits.max(axis=1, keepdims=True)
            log_likelihood = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            loss -= log_likelihood[np.arange(len(logits)), labels[part]].sum()
        model.train_on_batch(scaled[part], labels[part])
    for mine, theirs in zip(ours, model.weights, strict=True):
        np.testing.assert_allclose(mine, np.asarray(theirs), rtol=2e-4, atol=2e-5)
    if not changes:
        assert sums.loss == pytest.approx(loss, rel=1e-4)


def test_the_last_batch_is_kept_or_dropped_never_padded(spec: MakeSpec, run: Run) -> None:
    keep = run(spec(**{"training.batch_size": 32}))
    drop = run(spec(**{"training.batch_size": 32, "training.last_batch": "drop"}))
    assert [epoch.steps for epoch in keep.epochs] == [4, 4]  # 100 images: 32 + 32 + 32 + 4
    assert [epoch.steps for epoch in drop.epochs] == [3, 3]
    whole = run(spec(**{"training.batch_size": 200}))  # a batch larger than the data is the data
    assert [epoch.steps for epoch in whole.epochs] == [1, 1]
    for record in (keep, drop, whole):
        assert epoch_steps(record.spec.training, 100) == record.epochs[0].steps


@pytest.mark.parametrize("rate", [1e8, 1e30])
def test_divergence_is_a_result(rate: float, spec: MakeSpec, run: Run) -> None:
    record = run(spec(**{"training.learning_rate": {"kind": "constant", "initial": rate}}))
    assert record.status == "diverged"
    assert record.diverged_at_epoch == len(record.epochs)
    assert record.final is None
    assert RunRecord.model_validate_json(record.model_dump_json()) == record


def test_blow_up_is_a_thousand_times_guessing() -> None:
    guessing = math.log(10)
    assert not blown_up(999 * guessing, 10)
    assert blown_up(1001 * guessing, 10)
    assert blown_up(None, 10)


def rates(epochs: int, batch_size: int = 32, *, per: int | None = None, **schedule: Any) -> list[float]:
    training = {"epochs": epochs, "batch_size": batch_size, "optimizer": {"kind": "sgd"}, "learning_rate": schedule}
    training["epochs_per_batch_size"] = per
    spec = TrainingSpec.model_validate(training)
    return [learning_rate(spec, epoch, steps=1563) for epoch in range(spec.total_epochs)]


def test_step_schedule_is_the_published_formula() -> None:
    """lr × 0.1^floor((1 + epoch) / 10), epochs from 0: the first drop is at the tenth epoch."""
    assert rates(30, kind="step", initial=0.01) == pytest.approx([0.01] * 9 + [0.001] * 10 + [0.0001] * 10 + [0.00001])
    assert rates(3, kind="constant", initial=0.5) == [0.5] * 3


def test_cosine_schedule_warm_up_and_scaling_with_the_batch() -> None:
    """Half the rate at half the epochs; (1 + epoch) / (1 + warm-up); in proportion to the batch."""
    cosine = rates(10, kind="cosine", initial=0.2)
    assert cosine[0] == 0.2
    assert cosine[5] == pytest.approx(0.1)
    assert sorted(cosine, reverse=True) == cosine
    assert rates(5, kind="constant", initial=0.4, warmup_epochs=3) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.4])
    assert rates(1, 64, kind="constant", initial=0.1, per_batch_size=256) == pytest.approx([0.025])


def test_inverse_time_schedule_is_the_decay_of_keras_2() -> None:
    """initial / (1 + decay · iterations), at the first step of each epoch of 1,563; the last of 50 loses 7 percent."""
    found = rates(50, kind="inverse_time", initial=1e-4, decay=1e-6)
    assert found == pytest.approx([1e-4 / (1 + 1e-6 * 1563 * epoch) for epoch in range(50)], rel=1e-12)
    assert found[0] == 1e-4
    assert 1 - found[-1] / found[0] == pytest.approx(0.0711, abs=1e-4)


@pytest.mark.parametrize("kind", ["constant", "cosine"])
def test_equal_steps_see_the_schedule_at_equal_shares_of_their_training(kind: str) -> None:
    """At 5 times the batch an epoch has a fifth of the steps: 5 times the epochs, and a schedule as much slower."""
    same = rates(8, 32, kind=kind, initial=0.1, warmup_epochs=2)
    assert rates(8, 32, per=32, kind=kind, initial=0.1, warmup_epochs=2) == same
    larger = rates(8, 160, per=32, kind=kind, initial=0.1, warmup_epochs=2)
    assert len(larger) == 5 * len(same)
    assert larger[::5] == pytest.approx(same)


def test_equal_steps_drop_an_epoch_before_equal_shares() -> None:
    drops = rates(4, 160, per=32, kind="step", initial=1.0, every_epochs=2)
    assert drops == pytest.approx([1.0] * 9 + [0.1] * 10 + [0.01])


def test_fewer_than_one_epoch_is_one() -> None:
    assert len(rates(1, 5, per=50, kind="constant", initial=0.1)) == 1


def test_validation_is_the_last_epochs_and_statistics_are_put_back(spec: MakeSpec, run: Run) -> None:
    """`final` equals the last epoch's validation, also after BN's statistics were exchanged."""
    record = run(spec(**{"model.norm": {"kind": "batch", "momentum": 0.5}}))
    assert record.final is not None
    assert record.final.validation_accuracy == record.epochs[-1].validation_accuracy
    assert record.final.reestimated_validation_accuracy is not None
    assert run(spec()).final.reestimated_validation_accuracy is None  # type: ignore[union-attr]


def test_bias_is_dropped_exactly_where_beta_makes_it_redundant(spec: MakeSpec) -> None:
    def biases(**norm: Any) -> list[bool]:
        model = net(spec(**({"model.norm": {"kind": "batch", **norm}} if norm else {})))
        return [layer.use_bias for layer in model.layers if isinstance(layer, keras.layers.Dense)]

    assert biases() == [True, True, True]
    assert biases(placement="before_activation") == [False, False, True]
    assert biases(placement="before_activation", center=False) == [True, True, True]
    assert biases(placement="after_activation") == [True, True, True]
