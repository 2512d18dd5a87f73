"""`report --all` and `--format`, as a user calls them, on results that lie in a store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from synthetic_study import STUDY, plan_of, realistic
from typer.testing import CliRunner

from bn_study.cli.app import app
from bn_study.presentation.findings import Findings
from bn_study.store.store import Store

ROOT = STUDY.parents[1]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    plan = plan_of("paper")
    store = Store(tmp_path / STUDY.stem / "runs")
    for fingerprint, record in realistic(plan).items():
        point = next(run for run in plan.runs if run.fingerprint == fingerprint)
        folder = store.run_folder(point)
        folder.prepare(point.spec)
        folder.write_result(record)
    return tmp_path


def report(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["report", *words])
    return done.exit_code, done.output


def test_all_studies_with_results_get_a_report_and_an_index_with_every_claim(results: Path) -> None:
    code, said = report("--all", "--experiments", str(STUDY.parent), "--results", str(results), "--format", "html")
    assert code == 0, said
    folder = results / STUDY.stem / "paper"
    findings = Findings.model_validate_json((folder / "findings.json").read_bytes())
    assert (folder / "report.html").is_file()
    assert not (folder / "deck.pptx").exists()
    assert not list(folder.glob("figures/*"))
    index = (results / "README.md").read_text(encoding="utf-8")
    assert f"({STUDY.stem}/paper/README.md) (paper): {findings.tally}" in index
    assert index.count("| dense_bn_vs_dropout | dense net; ") == len(findings.claims) == 4
    assert f'href="{STUDY.stem}/paper/report.html"' in (results / "index.html").read_text(encoding="utf-8")


def test_results_of_an_earlier_version_of_a_study_are_left_as_they_are(results: Path) -> None:
    """No run of the changed study has been trained: its new report would be empty, and the old one would be lost."""
    report(str(STUDY), "--results", str(results), "--format", "png")
    shutil.rmtree(results / STUDY.stem / "runs")
    folder = results / STUDY.stem / "paper"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    study = results.parent / "changed" / "experiments" / STUDY.name
    shutil.copytree(ROOT / "configs", study.parents[1] / "configs")
    study.parent.mkdir()
    text = STUDY.read_text(encoding="utf-8").replace("paper: {", "paper: {training.learning_rate.initial: 0.02, ")
    study.write_text(text, encoding="utf-8")
    (results / STUDY.stem / "owner.json").unlink()
    code, said = report(str(study), "--results", str(results))
    assert code == 1
    assert f"{folder} is left as it is: its " in said
    code, said = report("--all", "--experiments", str(study.parent), "--results", str(results))
    assert code == 0, said
    assert f"{folder} is left as it is: its " in said
    (folder / "superseded.md").write_text("Another rate\nis the source's.\n", encoding="utf-8")
    code, said = report("--all", "--experiments", str(study.parent), "--results", str(results))
    assert code == 0, said
    assert f"{folder} is left as it is: its superseded.md says why" in said
    (folder / "superseded.md").rename(results / "why")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    index = (results / "README.md").read_text(encoding="utf-8")
    assert "Superseded: Another rate is the source's." in index
    assert index.count("; paper; superseded |") == 4


def test_a_new_report_is_superseded_no_more(results: Path) -> None:
    folder = results / STUDY.stem / "paper"
    folder.mkdir()
    (folder / "superseded.md").write_text("An old reason.", encoding="utf-8")
    assert report(str(STUDY), "--results", str(results), "--format", "png")[0] == 0
    assert not (folder / "superseded.md").exists()


@pytest.mark.parametrize("formats", ["html", "pptx", "png,PDF", "svg, html"])
def test_only_the_formats_that_are_asked_for_are_written(results: Path, formats: str) -> None:
    code, said = report(str(STUDY), "--results", str(results), "--format", formats)
    assert code == 0, said
    asked = {part.strip().lower() for part in formats.split(",")}
    folder = results / STUDY.stem / "paper"
    assert (folder / "report.html").exists() == ("html" in asked)
    assert (folder / "deck.pptx").exists() == ("pptx" in asked)
    assert {path.suffix[1:] for path in folder.glob("figures/*")} == asked - {"html", "pptx"}
    assert {"README.md", "findings.json", "table.csv", "runs.csv"} <= {path.name for path in folder.iterdir()}


def test_a_format_that_is_none_is_named_with_those_that_are() -> None:
    code, said = report(str(STUDY), "--format", "html,docx")
    assert code == 2
    assert "docx is not one of png, svg, pdf, html, pptx" in " ".join(said.split())


@pytest.mark.parametrize(
    "words", [(), ("--all", str(STUDY)), (str(STUDY), "--format", "docx"), (str(STUDY), "--format", ",")]
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...]) -> None:
    assert report(*words)[0] == 2
