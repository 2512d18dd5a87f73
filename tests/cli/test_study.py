"""The command line: how a study is named, and what is said of one that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bn_study.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
STUDIES = sorted((ROOT / "experiments").glob("*.yaml"))


@pytest.fixture(autouse=True)
def in_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_is_found_by_its_file_and_by_its_name(path: Path, tmp_path: Path) -> None:
    said = [
        CliRunner().invoke(app, ["status", study, "--results", str(tmp_path)])
        for study in (path.stem, f"experiments/{path.name}", str(path))
    ]
    assert {one.exit_code for one in said} == {0}
    assert len({one.output for one in said}) == 1


@pytest.mark.parametrize("verb", ["run", "plan", "check", "status", "report"])
def test_of_a_study_that_is_not_there_the_nearest_is_named(verb: str) -> None:
    done = CliRunner().invoke(app, [verb, "inceptoin_bn"])
    assert done.exit_code == 2
    assert "no study of that name under experiments/ (did you mean 'inception_bn'?)" in done.output
    assert "Traceback" not in done.output
