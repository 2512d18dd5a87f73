"""Arms × axes × seeds: all of them, once, in the order of the file, with exactly the values it names."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_files import DENSE_STUDY, STUDY, changed, plan_of

from bn_study.config.load import load_run, load_study
from bn_study.config.run import RunSpec
from bn_study.config.source import dump_yaml
from bn_study.planning.expansion import expand

PATHS: dict[str, list[Any]] = {
    "training.epochs": [1, 2, 3],
    "training.batch_size": [16, 32],
    "training.learning_rate.initial": [0.001, 0.01, 1.0],
    "model.widths": [(8,), (8, 4)],
    "model.activation": ["relu", "tanh"],
    "model.dropout.rate": [0.0, 0.25],
    "dataset.train_images": [None, 100],
    "dataset.scaling": [{"kind": "unit"}, {"kind": "none"}],
}
AXES = st.dictionaries(st.sampled_from(list(PATHS)), st.just(None), max_size=3).map(list)


@st.composite
def small_studies(draw: st.DrawFn) -> dict[str, Any]:
    changes = st.fixed_dictionaries({}, optional={path: st.sampled_from(values) for path, values in PATHS.items()})
    grid = {path: draw(st.lists(st.sampled_from(PATHS[path]), min_size=1, unique_by=repr)) for path in draw(AXES)}
    return {
        "title": "t",
        "question": "q",
        "source": "s",
        "base": "run.yaml",
        "arms": draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), changes, min_size=1)),
        "grid": grid,
        "seeds": draw(st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True)),
    }


def at(spec: RunSpec, path: str) -> Any:
    value: Any = spec.model_dump(exclude_defaults=path == "dataset.scaling")
    for key in path.split("."):
        value = value[key]
    return value


@settings(max_examples=60, deadline=None, derandomize=True)
@given(study=small_studies())
def test_every_point_is_what_the_study_says(tmp_path_factory: pytest.TempPathFactory, study: dict[str, Any]) -> None:
    """The product in the order of the file; a spec holds the axes' values, else the arm's, else the recipe's."""
    folder = tmp_path_factory.getbasetemp()
    plan = plan_of(folder, study=dump_yaml(study))
    product = list(itertools.product(study["arms"], itertools.product(*study["grid"].values()), study["seeds"]))
    found = [(point.arm, tuple(point.axes.values()), point.seed) for point in plan.points]
    assert repr(found) == repr(product)
    bare = plan_of(folder).points[0].spec
    for point in plan.points:
        said = {**study["arms"][point.arm], **point.axes}
        assert all(at(point.spec, path) == value for path, value in said.items())
        assert point.spec.seed == point.seed
        assert list(point.axes) == list(study["grid"])
        silent = [path for path in PATHS if path not in said and path != "dataset.scaling"]
        assert all(at(point.spec, path) == at(bare, path) for path in silent)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(study=small_studies())
def test_runs_are_the_distinct_points(tmp_path_factory: pytest.TempPathFactory, study: dict[str, Any]) -> None:
    """Every point's run is among them once; points share a run exactly where their specs are equal."""
    plan = plan_of(tmp_path_factory.getbasetemp(), study=dump_yaml(study))
    fingerprints = [run.fingerprint for run in plan.runs]
    assert len(set(fingerprints)) == len(fingerprints) == len({repr(point.spec) for point in plan.points})
    assert set(fingerprints) == {point.fingerprint for point in plan.points}


def test_expansion_is_deterministic() -> None:
    first, second = (expand(load_study(DENSE_STUDY)).points for _ in range(2))
    assert first == second


def test_two_arms_that_describe_one_run_share_it(tmp_path: Path) -> None:
    """`bn` with its momentum spelled out is the same run; both points stay, for both arms are drawn."""
    study = changed(STUDY, "seeds: [0, 1]", "  again: {model.norm: {momentum: 0.99, kind: batch}}\nseeds: [0, 1]")
    plan = plan_of(tmp_path, study=study)
    assert len(plan.points) == 6
    assert [run.arm for run in plan.runs] == ["plain", "plain", "bn", "bn"]
    of_bn, of_again = ([p.fingerprint for p in plan.points if p.arm == arm] for arm in ("bn", "again"))
    assert of_bn == of_again


def test_the_order_of_arms_axes_and_keys_moves_no_run(tmp_path: Path) -> None:
    """The same study written in another order has the same runs."""
    grid = "grid: {training.epochs: [1, 2], training.batch_size: [8, 16]}\n"
    other = "grid: {training.batch_size: [16, 8], training.epochs: [2, 1]}\n"
    swapped = changed(
        STUDY, "  plain: {}\n  bn: {model.norm: {kind: batch}}", "  bn: {model.norm: {kind: batch}}\n  plain: {}"
    )
    one, two = plan_of(tmp_path, study=STUDY + grid), plan_of(tmp_path, study=swapped + other)
    assert {p.fingerprint for p in one.points} == {p.fingerprint for p in two.points}


def test_an_arm_that_names_nothing_is_the_recipe(tmp_path: Path) -> None:
    point = plan_of(tmp_path).points[0]
    assert (point.arm, point.spec) == ("plain", load_run(tmp_path / "run.yaml"))
