"""deck.pptx, reopened and rendered: everything lies on its slide, can be read, and is what findings.json says."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drawn_studies import with_study
from pptx import Presentation
from pptx.util import Pt
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.planning.expansion import Plan
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.slides.deck import deck_bytes
from bn_study.presentation.slides.slide import Paragraph, Span, pages, paragraph

OFFICE, PDFINFO = shutil.which("soffice"), shutil.which("pdfinfo")


def findings_of(plan: Plan, end: Any = lambda point: {}) -> Findings:
    return find(results_of(plan, realistic(plan, end)))


def with_claims(found: Findings, count: int, says: str) -> Findings:
    """The first claim `count` times, with these words."""
    first = found.claims[0]
    claim = first.verdict.claim.model_copy(update={"says": says})
    judged = first.model_copy(update={"verdict": first.verdict.model_copy(update={"claim": claim})})
    return found.model_copy(update={"claims": (judged,) * count})


@pytest.fixture(scope="module")
def decks() -> dict[str, Findings]:
    """The shipped study, one with a grid, and the same with more and longer texts than anybody should write."""
    plain = findings_of(plan_of("paper", "seeds=[0, 1, 2]"))
    grid = findings_of(plan_of("paper", "seeds=[0, 1]", LEARNING_RATES))
    long = with_claims(plain, 9, "Batch normalization really speeds up the training of deep nets " * 5)
    texts = {"title": "A title that goes on and on " * 12, "question": "Does it? " * 80, "notes": "Notes. " * 300}
    long = long.model_copy(update={"study": long.study.model_copy(update=texts)})
    return {"plain": plain, "grid": grid, "long": long}


def opened(found: Findings) -> Any:
    return Presentation(io.BytesIO(deck_bytes(found)))


def frames(slide: Any) -> Iterator[Any]:
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame
        elif shape.has_table:
            yield from (cell.text_frame for row in shape.table.rows for cell in row.cells)


@pytest.mark.parametrize("which", ["plain", "grid", "long"])
def test_everything_lies_on_its_slide_and_text_is_large_and_fits_its_box(
    decks: dict[str, Findings], which: str
) -> None:
    deck = opened(decks[which])
    assert deck.slide_width * 9 == pytest.approx(deck.slide_height * 16, rel=1e-3)
    for slide in deck.slides:
        assert slide.shapes.title.text_frame.text
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height
            if shape.has_text_frame:
                assert text_height(shape.text_frame, shape.width) <= shape.height
        sizes = [run.font.size for frame in frames(slide) for part in frame.paragraphs for run in part.runs]
        assert min(sizes) >= Pt(18)


def text_height(frame: Any, width: int) -> int:
    parts = [
        Paragraph(tuple(Span(run.text, bold=run.font.bold) for run in part.runs), round(part.runs[0].font.size.pt))
        for part in frame.paragraphs
        if part.runs
    ]
    return int(Pt(sum(part.height(width) for part in parts)))


def test_claims_are_split_over_slides_and_none_is_lost(decks: dict[str, Findings]) -> None:
    found = decks["long"]
    texts = ["\n".join(frame.text for frame in frames(slide)) for slide in opened(found).slides]
    assert sum(text.count(f"{found.claims[0].verdict.outcome.capitalize()}   “") for text in texts) == 9


def test_blocks_are_never_torn_apart_and_too_long_ones_are_cut() -> None:
    block = [paragraph("a"), paragraph("b")]
    height = sum(one.height() for one in block)
    assert pages([block] * 3, 2.5 * height) == [block * 2, block]
    (page,) = pages([[paragraph("word " * 2000)]], 100)
    assert page[0].height() <= 100
    assert page[0].spans[-1].text.endswith("…")


def test_every_panel_of_every_figure_is_on_a_slide_and_can_be_edited(decks: dict[str, Findings]) -> None:
    """Numbers within are those of `test_charts`; here, that none is left out and the order is that of the findings."""
    found = decks["plain"]
    slides = [slide for slide in opened(found).slides if any(shape.has_chart for shape in slide.shapes)]
    titles = [re.sub(r" \(\d of \d\)$", "", slide.shapes.title.text_frame.text) for slide in slides]
    charts = [sum(shape.has_chart for shape in slide.shapes) for slide in slides]
    assert list(dict.fromkeys(titles)) == [figure.title for figure in found.figures]
    assert sum(charts) == sum(len(figure.panels) for figure in found.figures) > 8


def test_every_slide_names_its_runs_and_every_chart_has_an_alternative_text(decks: dict[str, Findings]) -> None:
    found = decks["plain"]
    known = {run.run_id for run in found.runs}
    for slide in opened(found).slides:
        note = slide.notes_slide.notes_text_frame.text
        assert set(re.findall(r"\b\w+_s\d+_[0-9a-f]+\b", note)) <= known
        assert note.partition("Runs: ")[2] not in ("", "none")
        for shape in slide.shapes:
            if shape.has_chart:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


def test_bars_begin_at_zero_and_compared_panels_share_their_range(decks: dict[str, Findings]) -> None:
    compared = 0
    for slide in opened(decks["plain"]).slides:
        axes = [shape.chart.value_axis for shape in slide.shapes if shape.has_chart]
        kinds = {shape.chart.chart_type.name for shape in slide.shapes if shape.has_chart}
        if "BAR_CLUSTERED" in kinds:
            compared += len(axes)
            assert all(axis.minimum_scale == 0 for axis in axes)
            assert len({axis.maximum_scale for axis in axes}) == 1
    assert compared > 4


def test_no_text_breaks_the_file(decks: dict[str, Findings]) -> None:
    """Whatever a study is called: the XML stays XML, and says what was written, escaped where it cannot be shown."""
    plan = plan_of("paper", "seeds=[0]")
    evil = 'A & B <script>alert("x")</script> \x00\x07\x1b[31m‮ \ud800 ]]>'
    changes = {"title": evil, "question": evil, "source": evil, "notes": evil}
    deck = opened(findings_of(with_study(plan, **changes)))
    said = deck.slides[0].shapes.title.text_frame.text
    assert said == r'A & B <script>alert("x")</script> \x00\x07\x1b[31m\u202e \ud800 ]]>'


@pytest.mark.skipif(
    OFFICE is None or PDFINFO is None, reason="no LibreOffice (soffice), or no pdfinfo, on this machine"
)
def test_libreoffice_renders_every_slide(decks: dict[str, Findings], tmp_path: Path) -> None:
    content = deck_bytes(decks["plain"])
    (tmp_path / "deck.pptx").write_bytes(content)
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [str(OFFICE), home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), "deck.pptx"]
    subprocess.run(command, check=True, capture_output=True, timeout=280, cwd=tmp_path)
    told = subprocess.run([str(PDFINFO), "deck.pdf"], check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    pages_rendered = re.search(r"Pages:\s+(\d+)", told)
    assert pages_rendered
    assert int(pages_rendered[1]) == len(opened(decks["plain"]).slides)
    assert len(content) < 5 * 2**20
