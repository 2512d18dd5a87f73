"""deck.pptx, reopened and rendered: a story in order, on any master, that lies on its slides and is in the findings."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from deck_read import findings_of, lies_on_its_slides, opened, paragraphs_of, titles_of
from drawn_studies import with_arms, with_study
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.presentation.findings import Findings
from bn_study.presentation.slides.deck import deck_bytes
from bn_study.presentation.slides.slide import paragraph, that_fit

OFFICE, PDFINFO = shutil.which("soffice"), shutil.which("pdfinfo")


def with_claims(found: Findings, count: int, says: str) -> Findings:
    """The first claim `count` times, with these words."""
    first = found.claims[0]
    claim = first.verdict.claim.model_copy(update={"says": says})
    judged = first.model_copy(update={"verdict": first.verdict.model_copy(update={"claim": claim})})
    return found.model_copy(update={"claims": (judged,) * count})


@pytest.fixture(scope="module")
def studies() -> dict[str, Findings]:
    """The shipped study, one with a grid, and the same with more and longer texts than anybody should write."""
    plain = findings_of(plan_of("paper", "seeds=[0, 1, 2]"))
    grid = findings_of(plan_of("paper", "seeds=[0, 1]", LEARNING_RATES))
    long = with_claims(plain, 9, "Batch normalization really speeds up the training of deep nets " * 5)
    texts = {"title": "A title that goes on and on " * 12, "question": "Does it? " * 80, "notes": "Notes. " * 300}
    long = long.model_copy(update={"study": long.study.model_copy(update=texts)})
    return {"plain": plain, "grid": grid, "long": long}


@pytest.fixture(scope="module")
def decks(studies: dict[str, Findings]) -> dict[str, Any]:
    return {name: opened(found) for name, found in studies.items()}


def story_of(deck: Any) -> list[Any]:
    return [slide for slide in deck.slides if not slide.shapes.title.text_frame.text.startswith("Backup")]


@pytest.mark.parametrize("which", ["plain", "grid", "long"])
def test_everything_lies_on_its_slide_and_text_is_large_and_fits_its_box(decks: dict[str, Any], which: str) -> None:
    deck = decks[which]
    assert deck.slide_width * 9 == pytest.approx(deck.slide_height * 16, rel=1e-3)
    lies_on_its_slides(deck)
    for slide in story_of(deck):
        shapes = [shape for shape in slide.shapes if shape.is_placeholder or shape.name.startswith("TextBox")]
        written = [run for shape in shapes for part in shape.text_frame.paragraphs for run in part.runs]
        assert min(run.font.size for run in written) >= Pt(18)
    for slide in deck.slides:
        assert min(run.font.size for part in paragraphs_of(slide) for run in part.runs) >= Pt(12)


def test_a_study_without_a_grid_is_told_in_eleven_slides_and_the_rest_is_backup(
    studies: dict[str, Findings], decks: dict[str, Any]
) -> None:
    found = studies["plain"]
    titles = titles_of(decks["plain"])
    assert [scene.topic for scene in found.story] == [
        "speed", "accuracy", "over-fitting", "cost", "published", "verdicts",
    ]  # fmt: skip
    assert titles[0] == found.study.question
    assert "Batch normalization" in titles[1]
    assert "dropout" in titles[2]
    assert "claims" in titles[2]
    assert titles[3] == "5 arms over 3 seeds"
    assert titles[4:10] == [scene.title for scene in found.story]
    assert "run it again" in titles[10]
    assert len(story_of(decks["plain"])) == 11
    assert all(title.startswith("Backup: ") for title in titles[11:])


def test_what_a_study_has_no_data_for_has_no_slide() -> None:
    """No norm, no dropout, no claim, nothing published, nothing finished: no slide about it, and none that is empty."""
    bare = with_study(with_arms(plan_of("paper", "seeds=[0]"), "plain"), claims=(), published=())
    nothing = findings_of(bare, lambda point: {"missing": True})
    titles = titles_of(opened(nothing))
    assert not nothing.story
    assert not any("ormalization:" in title or "ropout" in title or "laim" in title for title in titles[1:4])
    measured = findings_of(bare)
    assert [scene.topic for scene in measured.story] == ["accuracy", "over-fitting", "cost"]
    for deck in (opened(nothing), opened(measured)):
        for slide in deck.slides:
            shown = [shape for shape in slide.shapes if not shape.has_text_frame or shape.text_frame.text.strip()]
            assert len(shown) > 2  # more than its title and its number


def test_titles_have_one_size_and_slides_their_numbers(decks: dict[str, Any]) -> None:
    for deck in decks.values():
        sizes = {run.font.size for slide in deck.slides for run in slide.shapes.title.text_frame.paragraphs[0].runs}
        assert len(sizes) == 1
        for place, slide in enumerate(deck.slides, start=1):
            fields = [field for field in slide._element.iter(qn("a:fld")) if field.get("type") == "slidenum"]
            assert ["".join(text.text for text in field.iter(qn("a:t"))) for field in fields] == [str(place)]


def test_blocks_that_do_not_fit_are_cut() -> None:
    width = Emu(12 * 914_400)
    (shown,) = that_fit([paragraph("word " * 2000), paragraph("after")], 100, width)
    assert shown.height(width) <= 100
    assert shown.spans[-1].text.endswith("…")


def test_every_panel_of_every_figure_is_on_a_slide_and_can_be_edited(
    studies: dict[str, Findings], decks: dict[str, Any]
) -> None:
    """Numbers within are those of `test_charts`. Published numbers are told as slopes and as tables."""
    for name in ("plain", "grid"):
        found = studies[name]
        told = {repr(panel): panel for scene in found.story for panel in scene.figure.panels}
        told |= {repr(panel): panel for figure in found.figures for panel in figure.panels
                 if not figure.name.startswith("published_")}  # fmt: skip
        charts = [shape for slide in decks[name].slides for shape in slide.shapes if shape.has_chart]
        assert len(charts) >= len([panel for panel in told.values() if panel.marks]) > 8
        assert all(shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in charts)


def test_notes_are_two_sentences_answers_and_places_in_findings_json(
    studies: dict[str, Findings], decks: dict[str, Any]
) -> None:
    """No walls of hashes; every place that is named is there."""
    for name, deck in decks.items():
        tree = json.loads(studies[name].json_text())
        for slide in deck.slides:
            spoken, *more = slide.notes_slide.notes_text_frame.text.split("\n\n")
            assert spoken.endswith((".", "?"))
            assert not re.search(r"\b[0-9a-f]{8,}\b", spoken)
            places = [part for part in more if part.startswith("In findings.json: ")]
            for place in re.findall(r"[a-z][\w*\[\].-]+\w\]?", places[0].partition(": ")[2]) if places else ():
                assert values_at(tree, place), place
    told = [slide.notes_slide.notes_text_frame.text for slide in story_of(decks["plain"])]
    assert all("In findings.json: " in text for text in told)
    assert not any(re.search(r"\b[\w.=]+_s\d+_[0-9a-f]+\b", text) for text in told)


def values_at(tree: Any, place: str) -> list[Any]:
    """Of 'points[*].summary.intervals.step_seconds'."""
    found = [tree]
    for key, rank in re.findall(r"(\w+)|\[(\*|\d+)\]", place):
        if key:
            found = [one[key] for one in found if key in one]
        else:
            found = [part for one in found for part in (one if rank == "*" else [one[int(rank)]])]
    return found


def test_bars_begin_at_zero_and_compared_panels_share_their_range(decks: dict[str, Any]) -> None:
    compared = 0
    for slide in decks["grid"].slides:
        bars = [shape.chart for shape in slide.shapes if shape.has_chart and "BAR" in shape.chart.chart_type.name]
        if bars:
            compared += len(bars)
            assert all(chart.value_axis.minimum_scale == 0 for chart in bars)
            assert len({chart.value_axis.maximum_scale for chart in bars}) == 1
    assert compared > 4


def test_no_text_breaks_the_file() -> None:
    """Whatever a study is called: the XML stays XML, and says what was written, escaped where it cannot be shown."""
    plan = plan_of("paper", "seeds=[0]")
    evil = 'A & B <script>alert("x")</script> \x00\x07\x1b[31m‮ \ud800 ]]>'
    changes = {"title": evil, "question": evil, "source": evil, "notes": evil}
    deck = opened(findings_of(with_study(plan, **changes)))
    said = deck.slides[0].shapes.title.text_frame.text
    assert said == r'A & B <script>alert("x")</script> \x00\x07\x1b[31m\u202e \ud800 ]]>'


@pytest.mark.parametrize("which", ["plain", "grid", "long"])
def test_ids_are_unique_and_arrows_are_glued_to_shapes_that_are_there(decks: dict[str, Any], which: str) -> None:
    glued = 0
    for slide in decks[which].slides:
        ids = [element.get("id") for element in slide._element.iter(qn("p:cNvPr"))]
        assert len(ids) == len(set(ids))
        ends = [end.get("id") for name in ("a:stCxn", "a:endCxn") for end in slide._element.iter(qn(name))]
        assert set(ends) <= set(ids)
        glued += len(ends)
    assert glued > 8


@pytest.mark.skipif(
    OFFICE is None or PDFINFO is None, reason="no LibreOffice (soffice), or no pdfinfo, on this machine"
)
def test_libreoffice_renders_every_slide(studies: dict[str, Findings], tmp_path: Path) -> None:
    content = deck_bytes(studies["plain"])
    (tmp_path / "deck.pptx").write_bytes(content)
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [str(OFFICE), home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "deck.pptx"]
    subprocess.run(command, check=True, capture_output=True, timeout=280, cwd=tmp_path)
    told = subprocess.run([str(PDFINFO), "deck.pdf"], check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    pages_rendered = re.search(r"Pages:\s+(\d+)", told)
    assert pages_rendered
    assert int(pages_rendered[1]) == len(Presentation(io.BytesIO(content)).slides)
    assert len(content) < 5 * 2**20
