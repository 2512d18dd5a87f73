"""What `bn-study explain` says of each field is what the models check."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bn_study.config.explain import explained_paths, explanations, nearest
from bn_study.config.norm import Norm
from bn_study.config.run import RunSpec
from bn_study.config.schema import study_schema
from bn_study.config.study import Study


def test_every_path_that_a_study_may_write_is_explained() -> None:
    """Of runs those that arms may change; of studies their own keys. Each has a meaning, or kinds that have one."""
    written = {*study_schema()["$defs"]["Changes"]["properties"], *Study.model_fields, *RunSpec.model_fields}
    assert len(written) > 100
    assert written <= set(explained_paths())
    for path in explained_paths():
        for one in explanations(path):
            assert one.type
            assert one.meaning or all(what for _, what in one.kinds or [("", "")]), path


def test_a_field_is_explained_once_for_all_kinds_that_mean_the_same() -> None:
    batch, ghost = explanations("model.norm.momentum")
    assert (batch.meaning, batch.default) == ("weight of the old moving statistic", "0.99")
    assert batch.type == "a number, at least 0, below 1"
    assert (batch.given, ghost.given) == ("model.norm.kind: batch", "model.norm.kind: ghost")
    (epsilon,) = explanations("model.norm.epsilon")
    assert epsilon.given == "model.norm.kind: batch or ghost or layer or group or instance or frozen"
    (epochs,) = explanations("training.epochs")
    assert (epochs.type, epochs.default, epochs.given) == ("a whole number, at least 1", None, "")


@pytest.mark.parametrize(
    ("given", "value"), [("batch", 0.0), ("batch", 0.999), ("batch", 1.0), ("batch", -0.1), ("layer", 0.5)]
)
def test_range_and_kinds_are_those_that_are_checked(given: str, value: float) -> None:
    """at least 0, below 1, and of no layer norm."""
    spec: dict[str, Any] = {"kind": given, "momentum": value}
    fits = given in explanations("model.norm.momentum")[0].given and 0 <= value < 1
    try:
        TypeAdapter(Norm).validate_python(spec)
    except ValidationError:
        assert not fits
    else:
        assert fits


def test_a_name_that_a_user_chose_stands_in_the_path() -> None:
    assert explanations("arms.bn_dropout.label") == explanations("arms.plain.label") != ()
    assert explanations("arms.label") == ()


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("model.norm.momemtum", ["model.norm.momentum"]),
        ("rmax", ["model.norm.renorm.rmax", "model.norm.renorm.warmup.rmax"]),
        ("§§§", []),
    ],
)
def test_the_nearest_path_is_known(path: str, near: list[str]) -> None:
    assert explanations(path) == ()
    assert nearest(path) == near


def test_kinds_are_named_with_what_they_are() -> None:
    (norm,) = explanations("model.norm")
    assert ("none", "No normalization.") in norm.kinds
    assert norm.default == '{"kind": "none"}'
