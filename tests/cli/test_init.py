"""In a folder without a clone: shipped studies are known, and one's own begin from them."""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from study_files import ROOT

import bn_study as package
from bn_study.config.load import RECIPES, STUDIES, load_study, study_files
from bn_study.planning.expansion import expand

Call = Callable[..., Any]
PACKAGE = Path(package.__file__).parent


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_that_is_no_code_is_named_for_the_wheel() -> None:
    """Recipes, studies and schemas, data, templates and their style sheet: each is in `package-data`."""
    packed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["bn_study"]
    folders = [PACKAGE, RECIPES, STUDIES, *(folder for folder in PACKAGE.rglob("*") if folder.is_dir())]
    files = {file.relative_to(PACKAGE).as_posix() for folder in folders for file in folder.iterdir() if file.is_file()}
    names = {name for name in files if not name.endswith(".py") and "__pycache__" not in name}
    templates = "presentation/report/templates"
    assert {"configs/run.schema.json", "experiments/quickstart.yaml", f"{templates}/style.css"} <= names
    assert [name for name in sorted(names) if not any(fnmatch.fnmatch(name, pattern) for pattern in packed)] == []


def test_shipped_studies_are_known_by_name_anywhere(empty: Path, bn_study: Call) -> None:
    assert bn_study("plan", "quickstart", "--results", empty / "results").out.count("24 runs") == 2
    said = bn_study("list")
    assert (said.code, said.err) == (0, "")
    assert all(file.stem in said.out for file in study_files(STUDIES))


def test_a_study_here_goes_before_its_shipped_namesake(empty: Path, bn_study: Call) -> None:
    assert bn_study("new", "quickstart").code == 0
    here = empty / "experiments" / "quickstart.yaml"
    here.write_text(here.read_text().replace("seeds: [0, 1, 2, 3, 4, 5]", "seeds: [0]"))
    assert bn_study("check", "quickstart").out.startswith("experiments/quickstart.yaml: no profile: 4 points, 4 runs")
    assert bn_study("list").out.count("quickstart") == 1


def test_init_writes_what_is_shipped_and_keeps_what_is_there(empty: Path, bn_study: Call) -> None:
    changed = empty / "lab" / "configs" / "dense.yaml"
    changed.parent.mkdir(parents=True)
    changed.write_text("mine")
    said = bn_study("init", "lab")
    assert (said.code, said.err) == (0, "")
    assert "1 files were there" in said.out
    assert changed.read_text() == "mine"
    for shipped in (RECIPES, STUDIES):
        for file in shipped.iterdir():
            written = empty / "lab" / shipped.name / file.name
            assert written == changed or written.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("name", ["dense_bn_vs_dropout", "quickstart", "column_scales"])
def test_a_new_study_has_the_runs_of_the_one_that_it_begins_as(name: str, empty: Path, bn_study: Call) -> None:
    """And beginning it again is refused."""
    assert bn_study("new", "mine", "--from", name).code == 0
    mine, shipped = (expand(load_study(path)) for path in (Path("experiments/mine.yaml"), STUDIES / f"{name}.yaml"))
    assert [run.run_id for run in mine.runs] == [run.run_id for run in shipped.runs]
    assert bn_study("check", "mine").code == 0
    again = bn_study("new", "mine")
    assert (again.code, "is there already" in again.err) == (2, True)


def test_a_name_that_leads_elsewhere_names_no_new_study(empty: Path, bn_study: Call) -> None:
    assert bn_study("new", "../mine").code == 2
    assert list(empty.iterdir()) == []
