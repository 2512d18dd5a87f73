"""atlas.pptx: a slide a question that has verdicts, with what it rests on in its notes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pptx import Presentation
from synthetic_study import STUDY, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.config.atlas import Atlas, Question
from bn_study.config.load import load_study
from bn_study.presentation.atlas import AtlasEntry, chapters_of
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.slides.overview import atlas_bytes

ATLAS = Atlas(
    title="All of it",
    about="As [said](x/y/#z).",
    questions=(
        Question(id="gap", question="Less over-fitting?", answer="By [2.3 points](a/b/#c).", claims=(STUDY.stem,)),
        Question(id="none", question="Never asked?", claims=("another",)),
    ),
)


@pytest.fixture(scope="module")
def findings() -> Findings:
    plan = plan_of("paper")
    return find(results_of(plan, realistic(plan)))


def slides_of(findings: Findings, superseded: str = "") -> list[tuple[str, str]]:
    """(title, notes) of each."""
    entry = AtlasEntry(Path(f"{STUDY.stem}/paper"), findings, superseded)
    chapters = chapters_of(ATLAS, {STUDY.stem: load_study(STUDY).study}, [entry])
    deck = Presentation(io.BytesIO(atlas_bytes(ATLAS, chapters)))
    return [(slide.shapes.title.text_frame.text, slide.notes_slide.notes_text_frame.text) for slide in deck.slides]


def test_a_question_with_verdicts_has_a_slide_whose_notes_say_what_it_rests_on(findings: Findings) -> None:
    first, tallies, *questions, last = slides_of(findings)
    assert (first[0], tallies[0]) == ("All of it", "How the claims came out")
    assert {title for title, _ in questions} == {"Less over-fitting? By 2.3 points."}
    for _, notes in questions:
        for judged in findings.claims:
            assert judged.verdict.claim.says in notes
            assert f"n = {judged.verdict.n}" in notes
        assert findings.study.command in notes
        assert findings.study.setting in notes
    assert "cannot say" in last[0]


def test_superseded_verdicts_are_on_no_slide_and_counted_as_not_run(findings: Findings) -> None:
    titles = [title for title, _ in slides_of(findings, "The rate was wrong.")]
    assert titles == ["All of it", "How the claims came out", "What this cannot say, and how it is made"]
