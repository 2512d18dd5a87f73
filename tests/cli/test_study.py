"""How a study is named, what is said of one that is not there, and that a folder of results has one study."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from study_files import ROOT, STUDY, changed, written

Call = Callable[..., Any]
STUDIES = sorted((ROOT / "experiments").glob("*.yaml"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_is_found_by_its_file_and_by_its_name(
    path: Path, tmp_path: Path, bn_study: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    said = [bn_study("status", study, "--results", tmp_path) for study in (path.stem, f"experiments/{path.name}", path)]
    assert {one.code for one in said} == {0}
    assert len({one.out for one in said}) == 1


@pytest.mark.parametrize("verb", ["run", "plan", "check", "status", "report"])
def test_of_a_study_that_is_not_there_the_nearest_is_named(
    verb: str, bn_study: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    said = bn_study(verb, "inceptoin_bn")
    assert said.code == 2
    assert "no study of that name under experiments/ (did you mean 'inception_bn'?)" in said.err


@pytest.fixture
def experiments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a user who works in `tmp_path`."""
    folder = tmp_path / "experiments"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize("ending", ["yaml", "yml", "YAML", "Yml"])
def test_every_yaml_file_is_a_study(ending: str, experiments: Path, bn_study: Call) -> None:
    """Listed, found by its name, counted in `report --all`."""
    written(experiments).rename(experiments / f"short.{ending}")
    (experiments / "run.yaml").rename(experiments.parent / "run.yaml")
    (experiments / f"short.{ending}").write_text(changed(STUDY, "run.yaml", "../run.yaml"))
    assert "short" in bn_study("list").out
    assert bn_study("check", "short").out.startswith(f"experiments/short.{ending}: no profile: 4 points, 4 runs")
    assert bn_study("report", "--all").err.startswith("no study under experiments has results in results;")


def test_what_editors_leave_behind_is_no_study(experiments: Path, bn_study: Call) -> None:
    """Emacs' lock is a link to nowhere, vim's copy has an ending of its own; a folder is no file."""
    (experiments / ".#short.yaml").symlink_to("me@host.1:2")
    (experiments / "short.yaml~").write_text(STUDY)
    (experiments / "old.yaml").mkdir()
    assert bn_study("list", "experiments").out.split() == ["study", "question", "runs"]


def test_of_two_files_of_one_name_neither_is_guessed(experiments: Path, bn_study: Call) -> None:
    for ending in ("yaml", "yml"):
        (experiments / f"short.{ending}").write_text(STUDY)
    said = bn_study("check", "short")
    assert (said.code, said.err) == (
        2, "short: this may be experiments/short.yaml or experiments/short.yml; give the file\n"
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["run", "plan", "status", "report"])
def test_two_studies_of_one_name_do_not_share_a_folder(verb: str, done: Path, bn_study: Call) -> None:
    """The second is refused before anything is written; both files and the ways out are named."""
    study, results = done / "study.yaml", done / "results"
    assert bn_study("report", study, "-p", "smoke", "--results", results, "--format", "html").code == 0
    shutil.copytree(done, done / "copy", ignore=shutil.ignore_patterns("results"))
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    said = bn_study(verb, done / "copy" / "study.yaml", "-p", "smoke", "--results", results)
    assert said.code == 2
    assert f"{results}/study holds the runs and the report of {study}, another study" in said.err
    assert f"rename {done}/copy/study.yaml, or choose another folder with --results" in said.err
    assert {path: path.read_bytes() for path in results.rglob("*") if path.is_file()} == before


def test_report_all_goes_on_after_a_study_that_it_cannot_report_on(done: Path, bn_study: Call) -> None:
    """A broken file, and one whose name another file has; a report that is torn. The others are written, exit 2."""
    short = changed(STUDY, "profiles:\n  smoke:", "default_profile: short\nprofiles:\n  short:")
    (done / "default.yaml").write_text(short)
    shutil.move(done / "results" / "study", done / "results" / "default")
    (done / "broken.yaml").write_text("title: [")
    (done / "default.yml").write_text(STUDY)
    torn = done / "results" / "torn" / "paper" / "findings.json"
    torn.parent.mkdir(parents=True)
    torn.write_text("{")
    said = bn_study("report", "--all", "--experiments", done, "--results", done / "results", "--format", "html")
    assert said.code == 2
    assert f"{done}/broken.yaml:1:9: is not YAML" in said.err
    assert f"{done}/default.yaml, another study; rename {done}/default.yml" in said.err
    assert f"not as it should be: {torn}" in said.out
    assert (done / "results" / "default" / "short" / "report.html").is_file()
    assert "default/short" in (done / "results" / "README.md").read_text()


def test_trials_are_not_counted_among_findings(done: Path, bn_study: Call) -> None:
    """Neither a smoke run nor a report with --set comes into the index, though both are reported on when asked for."""
    words = ("--results", done / "results", "--format", "html")
    assert bn_study("report", done / "study.yaml", "-p", "smoke", *words).code == 0
    assert bn_study("report", done / "study.yaml", "--set", "training.epochs=1", *words).code == 0
    said = bn_study("report", "--all", "--experiments", done, *words)
    assert (said.code, "those of profiles named smoke do not count" in said.err) == (1, True)
    assert bn_study("report", done / "study.yaml", *words).code == 0
    bn_study("report", "--all", "--experiments", done, *words)
    index = (done / "results" / "README.md").read_text()
    assert "study/base/README.md" in index
    assert "smoke" not in index
    assert index.count("- [") == 1
