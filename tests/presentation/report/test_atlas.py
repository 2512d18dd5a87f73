"""The atlas: every claim has its row under its question, and no number in it was made up."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from synthetic_study import STUDY, plan_of, realistic
from typer.testing import CliRunner

from bn_study.analysis.results import results_of
from bn_study.cli.app import app
from bn_study.config.atlas import Atlas, Question, load_atlas
from bn_study.config.load import load_study, study_files
from bn_study.config.metric import RUN_METRICS
from bn_study.presentation.atlas import NOT_RUN, AtlasEntry, chapters_of, read_entries
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.report.index import write_index
from bn_study.presentation.report.quoted import unfounded

ROOT = STUDY.parents[1]
RESULTS, STUDIES = ROOT / "results", {path.stem: load_study(path).study for path in study_files(ROOT / "experiments")}
COMMITTED, DAMAGED = read_entries(RESULTS)


@pytest.fixture(scope="module")
def findings() -> Findings:
    plan = plan_of("paper")
    return find(results_of(plan, realistic(plan)))


def _git(*words: str) -> str:
    """What git prints of the repository; skips where this is no repository, or there is no git."""
    try:
        return subprocess.run(["git", "-C", ROOT, *words], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"what is committed cannot be told: {error}")


def test_every_claim_of_every_study_has_a_row_under_a_question() -> None:
    atlas = load_atlas(RESULTS / "atlas.yaml")
    chapters = chapters_of(atlas, STUDIES, COMMITTED)
    rows = {(row.study, row.claim.id) for chapter in chapters for row in chapter.rows}
    assert rows >= {(name, claim.id) for name, study in STUDIES.items() for claim in study.claims}
    assert [chapter.question for chapter in chapters] == list(atlas.questions)  # none is left over, none is empty


def test_what_the_atlas_names_is_there() -> None:
    claims = {f"{name}/{claim.id}" for name, study in STUDIES.items() for claim in study.claims}
    named = [name for question in load_atlas(RESULTS / "atlas.yaml").questions for name in question.claims]
    assert len(named) == len(set(named))
    assert set(named) <= claims | STUDIES.keys()


def test_the_committed_atlas_is_made_again_from_the_committed_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte, without a run; if not: `bn-study report --all` writes it."""
    if _git("status", "--porcelain", "results"):
        pytest.skip("studies were run anew here")
    for name in _git("ls-files", "results").split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(app, ["report", "--all", "--format", "html", "--results", str(tmp_path / "results")])
    assert done.exit_code == 0, done.output
    for name in _git("ls-files", "results/README.md", "results/atlas", "results/*/*/findings.json").split():
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes(), name


@pytest.mark.parametrize("path", [RESULTS / "atlas.yaml", *sorted(RESULTS.glob("*/README.md"))], ids=str)
def test_numbers_that_people_wrote_stand_in_the_findings(path: Path) -> None:
    if list(path.parent.glob("*/superseded.md")):
        pytest.skip("what was written of superseded numbers is of the past")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        atlas = load_atlas(path)
        text = "\n".join((atlas.about, *(question.answer for question in atlas.questions)))
    assert unfounded(text, path.parent) == []


def test_a_number_is_founded_only_where_the_findings_say_it(findings: Findings, tmp_path: Path) -> None:
    folder = tmp_path / "dense" / "paper"
    folder.mkdir(parents=True)
    (folder / "findings.json").write_text(findings.json_text(), encoding="utf-8")
    judged = next(one for one in findings.claims if one.verdict.unit == "fraction")
    effect, claim = judged.effect.partition(" (")[0], judged.verdict.claim.id
    assert unfounded(f"It was [{effect}](dense/paper/#{claim}) over 6 seeds in `3.5` and 2020.", tmp_path) == []
    assert unfounded(f"It was [9.99 epochs](dense/paper/#{claim}).", tmp_path) == [
        f"'9.99 epochs' is not what dense/paper says of {claim}"
    ]
    assert len(unfounded(f"It was [{effect}](dense/paper/#another_claim).", tmp_path)) == 1
    assert unfounded("By 3.5 points, or −2, or 40 %.", tmp_path) == [
        "'3.5' has no mark", "'−2' has no mark", "'40' has no mark"
    ]  # fmt: skip


def test_a_digit_of_a_number_is_not_that_number(findings: Findings, tmp_path: Path) -> None:
    (tmp_path / "findings.json").write_text(findings.json_text(), encoding="utf-8")
    judged = next(one for one in findings.claims if one.verdict.unit == "fraction")
    whole, _, _ = judged.effect.lstrip("+−").partition(".")
    assert whole.isdigit()
    assert unfounded(f"[{whole}](./#{judged.verdict.claim.id})", tmp_path) != []


def test_a_claim_stands_with_the_question_that_names_it_before_the_one_that_names_its_study(findings: Findings) -> None:
    study, entry = STUDIES["dense_bn_vs_dropout"], AtlasEntry(Path("dense_bn_vs_dropout/paper"), findings)
    first, *_ = study.claims
    atlas = Atlas(questions=(
        Question(id="all", question="All?", claims=("dense_bn_vs_dropout",)),
        Question(id="one", question="One?", claims=(f"dense_bn_vs_dropout/{first.id}",)),
    ))  # fmt: skip
    everything, one = chapters_of(atlas, {"dense_bn_vs_dropout": study}, [entry])
    assert [row.claim.id for row in one.rows] == [first.id]
    assert [row.number for chapter in (everything, one) for row in chapter.rows] == [1, 2, 3, 4]
    assert first.id not in {row.claim.id for row in everything.rows}


def test_without_an_atlas_all_claims_stand_together_and_what_was_not_run_last(findings: Findings) -> None:
    entry = AtlasEntry(Path("dense_bn_vs_dropout/paper"), findings)
    (chapter,) = chapters_of(Atlas(), STUDIES, [entry])
    assert len(chapter.rows) == sum(len(study.claims) for study in STUDIES.values())
    waiting = [NOT_RUN in row.verdict for row in chapter.rows]
    assert waiting == sorted(waiting)
    assert waiting.count(False) == 4


def test_superseded_numbers_are_in_no_forest_plot(findings: Findings) -> None:
    study = {"dense_bn_vs_dropout": STUDIES["dense_bn_vs_dropout"]}
    for superseded, drawn in (("", True), ("The rate was wrong.", False)):
        entry = AtlasEntry(Path("dense_bn_vs_dropout/paper"), findings, superseded)
        (chapter,) = chapters_of(Atlas(), study, [entry])
        assert bool(list(chapter.forests())) == drawn


def test_forest_plots_of_an_earlier_atlas_are_gone_and_a_picture_of_one_s_own_stays(
    findings: Findings, tmp_path: Path
) -> None:
    own, study = tmp_path / "atlas" / "mine.png", {"dense_bn_vs_dropout": STUDIES["dense_bn_vs_dropout"]}
    for superseded in ("", "The rate was wrong."):
        entry = AtlasEntry(Path("dense_bn_vs_dropout/paper"), findings, superseded)
        written = write_index(Atlas(), chapters_of(Atlas(), study, [entry]), [entry], tmp_path)
        own.write_text("mine")
        assert set(own.parent.iterdir()) == {own, *(path for path in written if path.suffix == ".png")}
        assert len(written) > 2 or superseded


def test_an_atlas_that_is_wrong_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / STUDY.stem / "paper").mkdir(parents=True)
    shutil.copyfile(RESULTS / STUDY.stem / "paper" / "findings.json", tmp_path / STUDY.stem / "paper" / "findings.json")
    (tmp_path / "atlas.yaml").write_text("title: A\nquestionz: []\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["report", "--all", "--results", str(tmp_path), "--experiments", str(tmp_path)])
    assert done.exit_code == 2
    assert "atlas.yaml:2" in done.output
    assert "questions" in done.output


def test_nothing_that_was_measured_is_less_than_its_metric_can_be() -> None:
    """An axis ends at the bound of its quantity: what lies beyond would be cut off."""
    for entry in COMMITTED:
        for run in entry.findings.runs:
            for metric, value in run.metrics.items():
                assert value >= RUN_METRICS[metric].least, (entry.findings.study.name, run.run_id, metric)
