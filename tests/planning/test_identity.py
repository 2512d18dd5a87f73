"""Same spec, same id: on any machine, in any order of keys, for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from run_specs import DATASETS, MODELS, RUN_SPECS, SEEDS, TRAININGS
from study_files import DENSE_STUDY, RECIPE, ROOT, STUDY, changed, plan_of, written

from bn_study.config.load import load_run, load_study
from bn_study.config.model import Net
from bn_study.config.run import DatasetSpec, RunSpec
from bn_study.config.source import dump_yaml, parse_yaml
from bn_study.config.training import TrainingSpec
from bn_study.config.validate import validated
from bn_study.planning.expansion import expand
from bn_study.planning.identity import axis_label, fingerprint, run_id

ONCE = settings(max_examples=60, deadline=None, derandomize=True)


def spec_of(text: str) -> RunSpec:
    return validated(RunSpec, parse_yaml(text, "run.yaml"))


def test_ids_are_pinned() -> None:
    """The committed results are filed under these: whoever changes them orphans every result."""
    points = expand(load_study(DENSE_STUDY, "paper", set_=("seeds=[0, 1, 2]",))).points
    assert [point.run_id for point in points if point.seed == 0] == [
        "plain_s0_ab41472d8687",
        "bn_s0_0ca0a54af596",
        "bn_after_s0_39cf7d55413d",
        "dropout_s0_b2c0b2e90df4",
        "bn_dropout_s0_71ae8d428a31",
    ]
    assert [point.fingerprint for point in points[:3]] == ["ab41472d8687", "3f6ccef8646e", "da02fcec10f0"]


#: One run of each kind of net, with some of what its hidden layers share.
_SHARED = "norm: {kind: batch, momentum: 0.9}, dropout: {rate: 0.5}, kernel_initializer: lecun_normal"
OF_NETS = {
    f"{{kind: dense, widths: [8], activation: tanh, bias: always, {_SHARED}}}": "028734bf343f",
    f"{{kind: inception, width: 0.5, modules: 3, bias: where_needed, {_SHARED}}}": "9faf6d05b582",
    f"{{kind: cnn, filters: [4], dense_units: 8, {_SHARED}}}": "5e81d41cf08e",
    f"{{kind: resnet, depth: 8, shortcut: projection, {_SHARED}}}": "524c898f347f",
    f"{{kind: recurrent, cell: gru, units: [8], {_SHARED}}}": "860debe938c9",
}


@pytest.mark.parametrize("net", OF_NETS)
def test_ids_of_every_kind_of_net_are_pinned(net: str) -> None:
    """In which class a field stands must not matter to the id."""
    recipe = changed(RECIPE, "model:\n  kind: dense\n  widths: [8]\n", f"model: {net}\n")
    assert fingerprint(spec_of(recipe)) == OF_NETS[net]


def test_another_process_with_another_hash_seed_finds_the_same_ids() -> None:
    script = (
        "import sys; from pathlib import Path; from bn_study.config.load import load_study;"
        "from bn_study.planning.expansion import expand;"
        "print(*(point.run_id for point in expand(load_study(Path(sys.argv[1]), 'smoke')).points))"
    )
    here = [point.run_id for point in expand(load_study(DENSE_STUDY, "smoke")).points]
    other = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    environment = {**os.environ, "PYTHONHASHSEED": other}
    command = [sys.executable, "-c", script, str(DENSE_STUDY)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    assert done.stdout.split() == here


@ONCE
@given(RUN_SPECS, DATASETS, MODELS, TRAININGS, SEEDS)
def test_specs_share_a_fingerprint_only_if_they_are_equal(
    spec: RunSpec, dataset: DatasetSpec, model: Net, training: TrainingSpec, seed: int
) -> None:
    """One part exchanged at a time, so that a part left out of the hash would show."""
    for part in ({"dataset": dataset}, {"model": model}, {"training": training}, {"seed": seed}):
        other = spec.model_copy(update=part)
        assert (fingerprint(other) == fingerprint(spec)) == (other == spec)


#: One other value for each field of configs/dense.yaml, and the key that this value cannot stand beside.
OTHER_VALUES: dict[str, tuple[Any, str]] = {
    "dataset.name": ("cifar100", ""), "dataset.train_images": (9, ""), "dataset.validation_fraction": (0.1, ""),
    "dataset.image_size": (16, ""), "dataset.stratum": ({"by": "brightness", "of": 3, "part": 1}, ""),
    "dataset.scaling.kind": ("unit", "per"), "dataset.scaling.per": ("feature", ""),
    "model.widths": ([1024, 769], ""), "model.activation": ("tanh", ""), "model.kernel_initializer": ("he_normal", ""),
    "model.norm.kind": ("batch", ""), "model.dropout.rate": (0.1, ""), "model.dropout.layers": ("last", ""),
    "model.dropout.placement": ("before_activation", ""), "model.dropout.dense_rate": (0.1, ""),
    "model.dropout.input_rate": (0.1, ""), "model.bias": ("always", ""),
    "probes": (["gradients"], ""),
    "training.epochs": (5, ""), "training.epochs_per_batch_size": (64, ""),
    "training.batch_size": (129, ""), "training.last_batch": ("drop", ""),
    "training.optimizer.kind": ("rmsprop", "nesterov"), "training.optimizer.momentum": (0.8, ""),
    "training.optimizer.nesterov": (True, ""), "training.optimizer.weight_decay": (0.1, ""),
    "training.learning_rate.kind": ("step", ""), "training.learning_rate.initial": (0.02, ""),
    "training.learning_rate.warmup_epochs": (1, ""), "training.learning_rate.per_batch_size": (256, ""),
    "training.augmentation.horizontal_flip": (True, ""), "training.augmentation.rotation_degrees": (15.0, ""),
    "training.augmentation.width_shift": (0.1, ""), "training.augmentation.height_shift": (0.1, ""),
    "training.augmentation.shear_degrees": (0.2, ""), "training.augmentation.zoom": (0.2, ""),
    "training.augmentation.crop_padding": (4, ""), "training.augmentation.signal_shift": (4, ""),
    "training.augmentation.signal_tolerance": (2, ""), "training.augmentation.fill": ("black", ""),
    "training.augmentation.brightness": (0.1, ""), "training.augmentation.contrast": (0.1, ""),
    "training.augmentation.saturation": (0.1, ""), "training.augmentation.hue": (0.1, ""),
    "training.precision": ("mixed_bfloat16", ""), "training.keep_model": ("best", ""), "seed": (1, ""),
}  # fmt: skip
OF_ONE_VALUE = {"dataset.path", "model.kind", "model.dropout.spatial"}  # null for cifar10; for nets with widths


def leaves(value: object, above: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, f"{above}{key}.")]
    return [above.rstrip(".")]


def test_every_single_field_is_hashed() -> None:
    """Each field of the recipe changed alone gives an id of its own."""
    spec = load_run(ROOT / "configs" / "dense.yaml")
    assert set(leaves(spec.model_dump())) == OTHER_VALUES.keys() | OF_ONE_VALUE
    found = {fingerprint(spec)}
    for path, (value, incompatible) in OTHER_VALUES.items():
        tree = spec.model_dump(mode="json")
        *above, last = path.split(".")
        below = tree
        for key in above:
            below = below[key]
        below[last] = value
        below.pop(incompatible, None)
        found.add(fingerprint(spec_of(dump_yaml(tree))))
    assert len(found) == 1 + len(OTHER_VALUES)


@ONCE
@given(RUN_SPECS)
def test_writing_a_default_changes_no_id(spec: RunSpec) -> None:
    """All defaults written, none written, or the keys in another order: one run."""
    full, bare = spec.model_dump(mode="json"), spec.model_dump(mode="json", exclude_defaults=True)
    for tree in (full, bare, _reversed(full)):
        assert fingerprint(spec_of(dump_yaml(tree))) == fingerprint(spec)


def _reversed(value: dict[str, object]) -> dict[str, object]:
    return {key: _reversed(part) if isinstance(part, dict) else part for key, part in reversed(value.items())}


@pytest.mark.parametrize("one", ["1", "1.0", "1e0", "10e-1", "+1", "01", "1."])
def test_one_number_written_in_many_ways_is_one_id(one: str) -> None:
    """For a float field; True is no number."""
    recipe = changed(RECIPE, "initial: 0.01", f"initial: {one}")
    assert fingerprint(spec_of(recipe)) == fingerprint(spec_of(changed(RECIPE, "initial: 0.01", "initial: 1.0")))


def test_words_move_no_run() -> None:
    """Label, sentence and colour are for people."""
    bare = changed(STUDY, "bn: {", "bn: { ")
    words = changed(STUDY, "bn: {", 'bn: {label: BN, about: what it is, color: "#0072B2", ')
    assert _ids(words) == _ids(bare)


def _ids(study: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return [point.run_id for point in expand(load_study(written(Path(folder), study))).points]


def test_a_run_s_name_says_of_what_a_value_is(tmp_path: Path) -> None:
    grid = "training.learning_rate.initial: [0.001], model.norm.kind: [batch], dataset.name: [digits]"
    point = plan_of(tmp_path, "seeds=[7]", f"grid={{{grid}}}").points[0]
    assert point.run_id == f"plain_learning_rate=0.001_norm=batch_dataset=digits_s7_{point.fingerprint}"


def test_a_run_id_is_a_folder_s_name(tmp_path: Path) -> None:
    """Arm, axes, seed and fingerprint; nothing that a file system refuses, and never too long."""
    grid = "model.norm: [{kind: batch, momentum: 0.9}], training.epochs: [2], model.activation: [relu]"
    [point, _] = plan_of(tmp_path, "seeds=[7]", f"grid={{{grid}}}").points
    assert point.run_id == f"plain_norm=batch-momentum=0.9-_epochs=2_activation=relu_s7_{point.fingerprint}"
    long = run_id("a" * 60, {f"{i}/ü*?": "x" * 50 for i in range(9)}, 7, point.fingerprint)
    assert len(long) <= 113
    assert long.isascii()
    assert not set(long) & set('/\\:*?"<>| ')
    assert long.endswith(f"_{point.fingerprint}")


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (0.001, "0.001"), (1e-7, "1e-07"), (128, "128"), (0.1 + 0.2, "0.30000000000000004"), ("relu", "relu"),
        (True, "true"),        (None, "none"), ((64, 48), "[64 48]"), ({"kind": "batch"}, "batch"),
        ({"kind": "batch", "momentum": 0.9}, "batch(momentum=0.9)"),
    ],
)  # fmt: skip
def test_an_axis_value_is_labelled_as_people_write_it(value: object, label: str) -> None:
    assert axis_label(value) == label


_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["rate", "momentum"]), inner, max_size=2).map(
            lambda rest: {"kind": "k", **rest}
        )
    ),
    max_leaves=4,
)


def _canonical(value: Any) -> Any:
    """Equal for what a study may write in two ways: 1 and 1.0, but not 1 and true."""
    if isinstance(value, dict):
        return {key: _canonical(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_canonical(part) for part in value]
    return (type(value), value) if isinstance(value, (bool, str)) or value is None else Fraction(value)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(_VALUES, _VALUES)
def test_values_have_one_label_if_they_are_equal_and_two_if_they_differ(one: Any, other: Any) -> None:
    """They are the keys of groups. `{kind: k}` alone is the word k: no field takes both."""
    assume(not any(value in ("k", {"kind": "k"}) for value in (one, other)))
    assert (axis_label(one) == axis_label(other)) == (_canonical(one) == _canonical(other))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_VALUES)
def test_a_value_written_in_another_way_has_the_same_label(value: Any) -> None:
    assert axis_label(_rewritten(value)) == axis_label(value)


def _rewritten(value: Any) -> Any:
    """The keys in the other order; floats as integers and the other way round, where they are equal."""
    if isinstance(value, dict):
        return {key: _rewritten(part) for key, part in reversed(value.items())}
    if isinstance(value, list):
        return tuple(map(_rewritten, value))
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return float(value) if type(value) is int and abs(value) < 2**53 else value


@pytest.mark.parametrize(
    ("one", "other"),
    [(0.01000001, 0.01000002), (1e-5, 1.0000001e-5), ("1e-3", 1e-3), ("none", None), ("true", True),
     (["a b"], ["a", "b"]), ({"kind": "constant", "initial": 0.01000001}, {"kind": "constant", "initial": 0.01000002})],
)  # fmt: skip
def test_labels_that_were_once_alike(one: Any, other: Any) -> None:
    assert axis_label(one) != axis_label(other)


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (0.1, 1e-1), (10, 1e1), (1_000_000, 1e6), (0, -0.0)])
def test_two_ways_to_write_a_number_have_one_label(one: float, other: float) -> None:
    assert axis_label(one) == axis_label(other)
