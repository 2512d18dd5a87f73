"""RunSpec: pinned defaults, round trips, and a recipe that hides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from pydantic import ValidationError
from run_specs import RUN_SPECS
from study_files import ROOT

from bn_study.config.frozen import Frozen
from bn_study.config.load import load_run
from bn_study.config.run import RunSpec
from bn_study.config.source import dump_yaml, parse_yaml, read_yaml
from bn_study.config.validate import validated

#: Run ids are hashed over the departures from these. A default that changes its value would give old results a
#: new meaning under their old ids: add fields with an inert default, and never change a line of this.
AFFINE = {
    "placement": "before_activation",
    "on_input": False,
    "layers": None,
    "center": True,
    "scale": True,
}
PLACED = {**AFFINE, "epsilon": 0.001}
DROPOUT = {
    "rate": 0.0,
    "placement": "after_activation",
    "layers": "all",
    "dense_rate": None,
    "spatial": False,
    "input_rate": 0.0,
}
NET = {
    "activation": "relu",
    "kernel_initializer": "glorot_uniform",
    "norm": {"kind": "none"},
    "dropout": DROPOUT,
}
SCHEDULE = {"warmup_epochs": 0, "per_batch_size": None}
AUGMENTATION = {
    "horizontal_flip": False,
    "rotation_degrees": 0.0,
    "width_shift": 0.0,
    "height_shift": 0.0,
    "shear_degrees": 0.0,
    "zoom": 0.0,
    "crop_padding": 0,
    "signal_shift": 0,
    "signal_tolerance": 0,
    "fill": "nearest",
    "brightness": 0.0,
    "contrast": 0.0,
    "saturation": 0.0,
    "hue": 0.0,
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "NoScaling": {},
    "UnitScaling": {},
    "StandardizeScaling": {"per": "channel"},
    "Stratum": {"train_on": "part"},
    "DatasetSpec": {
        "path": None,
        "train_images": None,
        "validation_fraction": None,
        "image_size": None,
        "stratum": None,
        "scaling": {"kind": "standardize", "per": "channel"},
    },
    "NoNorm": {},
    "Penalty": {"l1": 0.0, "l2": 0.0},
    "NonNegative": {},
    "MaxNorm": {},
    "UnitNorm": {},
    "RenormWarmup": {"plain": 5_000, "rmax": 40_000, "dmax": 25_000},
    "Renorm": {"rmax": None, "rmin": None, "dmax": None, "momentum": 0.99, "warmup": None},
    "Noise": {"mean": 0.5, "deviation": 1.25, "spread": 0.1},
    "BatchNorm": {
        **PLACED,
        "momentum": 0.99,
        "beta_initial": 0.0,
        "gamma_initial": 1.0,
        "moving_mean_initial": 0.0,
        "moving_variance_initial": 1.0,
        "beta_penalty": None,
        "gamma_penalty": None,
        "beta_constraint": None,
        "gamma_constraint": None,
        "renorm": None,
        "trainable": True,
        "axis": -1,
        "fused": True,
        "noise": None,
        "statistics_gradient": True,
    },
    "GhostNorm": {**PLACED, "momentum": 0.99, "momentum_per": "part"},
    "LayerNorm": PLACED,
    "GroupNorm": {**PLACED, "groups": 32},
    "InstanceNorm": PLACED,
    "FrozenNorm": PLACED,
    "AffineNorm": AFFINE,
    "DropoutSpec": DROPOUT,
    "DenseModel": {**NET, "bias": "where_needed"},
    "InceptionModel": {"width": 1.0, "modules": 9, **NET, "bias": "never"},
    "CnnModel": {"filters": (32, 64), "dense_units": 512, **NET, "bias": "where_needed"},
    "ResnetModel": {
        "depth": 20,
        "width": 1.0,
        "shortcut": "identity",
        **NET,
        "kernel_initializer": "he_normal",
        "bias": "where_needed",
    },
    "RecurrentModel": {
        "cell": "lstm",
        "kernel_initializer": "glorot_uniform",
        "norm": {"kind": "none"},
        "dropout": DROPOUT,
    },
    "SgdOptimizer": {"momentum": 0.0, "nesterov": False, "weight_decay": 0.0},
    "AdamOptimizer": {"beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "AdamwOptimizer": {"weight_decay": 0.004, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "RmspropOptimizer": {"rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "weight_decay": 0.0},
    "ConstantRate": SCHEDULE,
    "StepRate": {**SCHEDULE, "factor": 0.1, "every_epochs": 10},
    "CosineRate": SCHEDULE,
    "InverseTimeRate": SCHEDULE,
    "Augmentation": AUGMENTATION,
    "TrainingSpec": {
        "epochs_per_batch_size": None,
        "last_batch": "keep",
        "augmentation": AUGMENTATION,
        "precision": "float32",
        "keep_model": None,
    },
    "RunSpec": {"probes": None, "seed": 0},
}
REQUIRED = {
    "NoScaling": ["kind"],
    "UnitScaling": ["kind"],
    "StandardizeScaling": ["kind"],
    "Stratum": ["by", "of", "part"],
    "DatasetSpec": ["name"],
    "NoNorm": ["kind"],
    "Penalty": [],
    "NonNegative": ["kind"],
    "MaxNorm": ["kind", "max_value"],
    "UnitNorm": ["kind"],
    "RenormWarmup": [],
    "Renorm": [],
    "Noise": [],
    "BatchNorm": ["kind"],
    "GhostNorm": ["kind", "virtual_batch_size"],
    "LayerNorm": ["kind"],
    "GroupNorm": ["kind"],
    "InstanceNorm": ["kind"],
    "FrozenNorm": ["kind"],
    "AffineNorm": ["kind"],
    "DropoutSpec": [],
    "DenseModel": ["kind", "widths"],
    "InceptionModel": ["kind"],
    "CnnModel": ["kind"],
    "ResnetModel": ["kind"],
    "RecurrentModel": ["kind", "units"],
    "SgdOptimizer": ["kind"],
    "AdamOptimizer": ["kind"],
    "AdamwOptimizer": ["kind"],
    "RmspropOptimizer": ["kind"],
    "ConstantRate": ["kind", "initial"],
    "StepRate": ["kind", "initial"],
    "CosineRate": ["kind", "initial"],
    "InverseTimeRate": ["kind", "initial", "decay"],
    "Augmentation": [],
    "TrainingSpec": ["epochs", "batch_size", "optimizer", "learning_rate"],
    "RunSpec": ["dataset", "model", "training"],
}


def specs_in(annotation: Any) -> Iterator[type[Frozen]]:
    """Every spec that a run can hold, parts before wholes."""
    if isinstance(annotation, type) and issubclass(annotation, Frozen):
        for field in annotation.model_fields.values():
            yield from specs_in(field.annotation)
        yield annotation
    for part in get_args(annotation):
        yield from specs_in(part)


SPECS = {spec.__name__: spec for spec in specs_in(RunSpec)}


def test_every_default_is_pinned() -> None:
    """Names, values and types (1 is not 1.0); a new spec or field needs its line above."""
    found = {name: {} for name in SPECS}  # type: dict[str, dict[str, Any]]
    for name, spec in SPECS.items():
        for field, info in spec.model_fields.items():
            if not info.is_required():
                default = info.get_default(call_default_factory=True)
                found[name][field] = default.model_dump() if isinstance(default, Frozen) else default
    assert found.keys() == DEFAULTS.keys()
    for name, defaults in found.items():
        assert repr(sorted(defaults.items())) == repr(sorted(DEFAULTS[name].items())), name


def test_a_required_field_stays_required() -> None:
    """A default given to it later would leave it out of the hash of old and new runs alike."""
    found = {
        name: [field for field, info in spec.model_fields.items() if info.is_required()] for name, spec in SPECS.items()
    }
    assert found == REQUIRED


@settings(max_examples=60, deadline=None, derandomize=True)
@given(RUN_SPECS)
def test_a_spec_survives_yaml_and_json(spec: RunSpec) -> None:
    """To the bit, as written beside a result (spec.yaml) and as sent to a worker."""
    read = validated(RunSpec, parse_yaml(dump_yaml(spec.model_dump(mode="json")), "spec.yaml"))
    assert repr(read) == repr(spec)
    assert repr(RunSpec.model_validate_json(spec.model_dump_json())) == repr(spec)


def keys(value: Any, above: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield above + key
            yield from keys(part, f"{above}{key}.")


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda path: path.name)
def test_a_shipped_recipe_writes_every_field(path: Any) -> None:
    """What is dumped with all defaults has the keys of the file, no more and no fewer."""
    assert sorted(keys(load_run(path).model_dump())) == sorted(keys(read_yaml(path).plain))


def test_a_spec_is_frozen_and_closed() -> None:
    spec = load_run(ROOT / "configs" / "dense.yaml")
    with pytest.raises(ValidationError, match="frozen"):
        spec.seed = 1  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        RunSpec.model_validate({**spec.model_dump(), "sede": 1})
