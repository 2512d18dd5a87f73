"""Every YAML file that is shipped works, in every profile, and so does the schema that an editor checks it by."""

from __future__ import annotations

import copy
import re
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bn_study.analysis.axis import fits
from bn_study.config.figure import ProbeFigure
from bn_study.config.load import load_run, load_study
from bn_study.config.schema import run_schema, schema_text, study_schema
from bn_study.config.source import read_yaml
from bn_study.planning.caution import cautions
from bn_study.planning.expansion import expand

ROOT = Path(__file__).parents[1]
RECIPES = sorted((ROOT / "configs").glob("*.yaml"))
STUDIES = sorted((ROOT / "experiments").glob("*.yaml"))
SCHEMAS = {"run": (ROOT / "configs" / "run.schema.json", run_schema()),
           "study": (ROOT / "experiments" / "study.schema.json", study_schema())}  # fmt: skip
PROFILES = [(path, profile) for path in STUDIES for profile in (None, *load_study(path).study.profiles)]
SHIPPED = [("run", path) for path in RECIPES] + [("study", path) for path in STUDIES]


def name(value: object) -> str:
    return value.stem if isinstance(value, Path) else str(value)


def test_files_are_shipped() -> None:
    assert RECIPES
    assert STUDIES


@pytest.mark.parametrize("path", RECIPES, ids=name)
def test_a_recipe_loads(path: Path) -> None:
    assert load_run(path).training.epochs > 0


@pytest.mark.parametrize(("path", "profile"), PROFILES, ids=name)
def test_a_study_expands_in_every_profile(path: Path, profile: str | None) -> None:
    """Arms × axes × seeds of the profile; and no two points of one arm are the same run."""
    source = load_study(path, profile)
    plan = expand(source)
    axes = source.study.grid.values()
    count = len(source.study.arms) * len(source.study.all_seeds)
    for axis in axes:
        count *= len(axis)
    assert len(plan.points) == count
    assert len({(point.arm, point.fingerprint) for point in plan.points}) == count


@pytest.mark.parametrize(("path", "profile"), PROFILES, ids=name)
def test_a_ghost_is_no_batch_norm_by_another_name(path: Path, profile: str | None) -> None:
    """Where a whole batch is one part, the arm would train what a BN arm trains, under an id of its own."""
    for point in expand(load_study(path, profile)).points:
        norm = point.spec.model.norm
        assert norm.kind != "ghost" or norm.virtual_batch_size < point.spec.training.batch_size, point.run_id


FROM_SOURCES = [path for path in STUDIES if path.stem != "quickstart"]


@pytest.mark.parametrize("path", FROM_SOURCES, ids=name)
def test_a_study_says_what_it_asks_and_where_it_comes_from(path: Path) -> None:
    study = load_study(path).study
    assert study.question.endswith("?")
    assert study.source
    assert study.notes
    assert {"paper", "laptop", "smoke"} <= study.profiles.keys()
    ids = [claim.id for claim in study.claims]
    assert len(set(ids)) == len(ids) > 0
    rows = [(one.id, one.arm, one.metric) for one in study.published]
    assert len(set(rows)) == len(rows)
    for row, _, metric in rows:
        assert re.fullmatch(r"[a-z0-9]+(\.[A-Za-z0-9_-]+)+", row), metric


@pytest.mark.parametrize("path", FROM_SOURCES, ids=name)
def test_claims_and_published_numbers_speak_of_grid_points_that_there_are(path: Path) -> None:
    """A value of `at` that no axis has would leave a claim without verdict, in silence until the runs are done."""
    plans = {profile: expand(load_study(path, profile)).points for profile in ("paper", "laptop")}
    for profile, points in plans.items():
        for claim in load_study(path).study.claims:
            for arm in claim.arms:
                assert any(one.arm == arm and fits(one, claim.at) for one in points), (profile, claim.id)
            if claim.peak:
                values = [one.axes[claim.peak.axis] for one in points if one.arm == claim.peak.arm]
                inside = {claim.peak.between[0] <= value <= claim.peak.between[1] for value in values}
                assert inside == {True, False}, (profile, claim.id)
    for one in load_study(path).study.published:
        assert any(point.arm == one.arm and fits(point, one.at) for point in plans["paper"]), one.id


@pytest.mark.parametrize("which", SCHEMAS)
def test_the_committed_schema_is_the_program_s(which: str) -> None:
    """If not: `bn-study schema run > configs/run.schema.json`, and likewise for study."""
    path, schema = SCHEMAS[which]
    assert path.read_text(encoding="utf-8") == schema_text(which)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$schema"]


@pytest.mark.parametrize(("which", "path"), SHIPPED, ids=name)
def test_a_file_names_its_schema_on_its_first_line(which: str, path: Path) -> None:
    """Where the YAML language server looks for it, relative to the file."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema={SCHEMAS[which][0].name}"
    assert SCHEMAS[which][0].parent == path.parent


def test_the_study_that_docs_show_is_one(tmp_path: Path) -> None:
    """Saved where the text says, beside the recipe that it names; and each of its figures has a grid point."""
    text = (ROOT / "docs" / "probes.md").read_text(encoding="utf-8")
    found = re.search(r"^    title:.*?(?=^\S)", text, flags=re.MULTILINE | re.DOTALL)
    assert found
    for folder in ("configs", "experiments"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "configs" / "digits.yaml", tmp_path / "configs")
    path = tmp_path / "experiments" / "inside.yaml"
    path.write_text(textwrap.dedent(found[0]), encoding="utf-8")
    plan = expand(load_study(path))
    assert cautions(plan) == ()
    for figure in plan.source.study.figures:
        assert isinstance(figure, ProbeFigure)
        assert any(fits(point, figure.at) for point in plan.points)


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    return [as_json(part) for part in value] if isinstance(value, tuple) else value


def mistakes(which: str, tree: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMAS[which][1]).iter_errors(tree)]


@pytest.mark.parametrize(("which", "path"), SHIPPED, ids=name)
def test_a_file_fits_its_schema(which: str, path: Path) -> None:
    assert mistakes(which, as_json(read_yaml(path).plain)) == []


def typos(tree: Any) -> Iterator[tuple[str, Any]]:
    """The tree with one key misspelled, for every key that is no name of the author's; in lists, the first entry's."""

    def walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict):
            for key in value:
                if path not in ("arms", "profiles"):
                    yield f"{path}.{key}", {(f"{k}x" if k == key else k): v for k, v in value.items()}
                for where, part in walk(value[key], f"{path}.{key}".lstrip(".")):
                    yield where, {**value, key: part}
        elif isinstance(value, list) and value:
            yield from ((where, [part, *value[1:]]) for where, part in walk(value[0], f"{path}[]"))

    return walk(copy.deepcopy(tree), "")


@pytest.mark.parametrize(("which", "path"), SHIPPED, ids=name)
def test_a_misspelled_key_does_not_fit(which: str, path: Path) -> None:
    """Any key of the language and any dotted path, in arms, profiles and lists too."""
    tree = as_json(read_yaml(path).plain)
    tried = {where: mistakes(which, misspelled) for where, misspelled in typos(tree)}
    assert len(tried) >= 15
    assert [where for where, found in tried.items() if not found] == []


CLAIM = {"id": "c", "says": "s", "metric": "parameters"}


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("grid", {"training.learning_rate.initial": [1e-3, 1e-2]}, True),
        ("grid", {"model.norm": [{"kind": "none"}, {"kind": "batch", "momentum": 0.9}]}, True),
        ("grid", {"model.widths": [[64, 48], [32]]}, True),
        ("grid", {"training.optimizer.rho": [0.9]}, True),
        ("grid", {"training.epochs": []}, False),
        ("grid", {"training.epochs": [0]}, False),
        ("grid", {"training.epochs": [1, 1]}, False),
        ("grid", {"training.epochs": 3}, False),
        ("grid", {"training.epoch": [3]}, False),
        ("grid", {"seed": [3]}, False),
        ("arms", {"a": {"model.norm.kind": "batch", "model.norm.momentum": 0.9}}, True),
        ("arms", {"a": {"model.norm": {"kind": "batch", "momentm": 0.9}}}, False),
        ("arms", {"a": {"model.norm.kind": "batsh"}}, False),
        ("arms", {"a": {"training.epochs": "4"}}, False),
        ("arms", {"a": {"seeds": [1]}}, False),
        ("arms", {"a/b": {}}, False),
        ("arms", {}, False),
        ("profiles", {"p": {"seeds": [1], "grid": {"training.epochs": [1]}, "training.epochs": 2}}, True),
        ("profiles", {"p": {"grid.training.epochs": [1]}}, True),
        ("profiles", {"p": {"grid": {"training.epoch": [1]}}}, False),
        ("profiles", {"p": {"seeds": []}}, False),
        ("seeds", [1, 1], False),
        ("seeds", [0.5], False),
        ("claims", [{**CLAIM, "compare": {"arm": "plain", "with": "bn", "expect": "lower"}}], True),
        ("claims", [{**CLAIM, "compare": {"arm": "plain", "with_arm": "bn", "expect": "lower"}}], False),
    ],
)  # fmt: skip
def test_the_schema_of_studies_knows_the_run(key: str, value: object, fits: bool) -> None:
    tree = as_json(read_yaml(ROOT / "experiments" / "quickstart.yaml").plain)
    assert (mistakes("study", {**tree, key: value}) == []) == fits
