"""`report --all` and `--format`, as a user calls them, on results that lie in a store."""

from __future__ import annotations

from pathlib import Path

import pytest
from synthetic_study import STUDY, plan_of, realistic
from typer.testing import CliRunner

from bn_study.cli import app
from bn_study.presentation.findings import Findings
from bn_study.store.store import Store


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
    assert f"({STUDY.stem}/paper/README.md): {findings.tally}" in index
    assert index.count("| dense_bn_vs_dropout, paper |") == len(findings.claims) == 4
    assert f'href="{STUDY.stem}/paper/report.html"' in (results / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words", [(), ("--all", str(STUDY)), (str(STUDY), "--format", "docx"), (str(STUDY), "--format", ",")]
)
def test_what_cannot_be_meant_is_refused(words: tuple[str, ...]) -> None:
    assert report(*words)[0] == 2
