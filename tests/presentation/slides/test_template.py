"""A foreign master keeps its look: its slides go, its layouts, theme, size and ground stay; what is none is named."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from deck_read import findings_of, lies_on_its_slides, opened, titles_of
from lxml import etree
from pptx import Presentation
from pptx.enum.dml import MSO_COLOR_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches
from synthetic_study import plan_of

from bn_study.presentation.findings import Findings
from bn_study.presentation.slides.template import NotATemplate
from bn_study.presentation.slides.template import opened as template_opened

SECTIONS = (
    f'<p:extLst {nsdecls("p")}><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}">'
    '<p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
    '<p14:section name="old" id="{6F3A1C52-0000-4000-8000-000000000001}"><p14:sldIdLst><p14:sldId id="256"/>'
    "</p14:sldIdLst></p14:section></p14:sectionLst></p:ext></p:extLst>"
)


@pytest.fixture(scope="module")
def found() -> Findings:
    return findings_of(plan_of("paper", "seeds=[0, 1, 2]"))


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A university's: small, light on dark, with a slide that it comes with, in a section."""
    deck, wide = Presentation(), Inches(10)
    deck.slide_width, deck.slide_height = wide, Inches(5.625)
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.placeholders:
            if shape.element.find(".//" + qn("a:xfrm")) is not None:
                shape.top, shape.height = int(0.75 * shape.top), int(0.75 * shape.height)
    colors = deck.slide_master.element.find(qn("p:clrMap"))
    colors.set("bg1", "dk1")
    colors.set("tx1", "lt1")
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.title.text = "A slide of theirs"
    deck.element.append(parse_xml(SECTIONS))
    path = tmp_path_factory.mktemp("master") / "university.pptx"
    deck.save(path)
    return path


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_a_foreign_master_stays_and_its_slides_go(found: Findings, master: Path) -> None:
    theirs, deck = Presentation(str(master)), opened(found, master)
    assert (deck.slide_width, deck.slide_height) == (theirs.slide_width, theirs.slide_height)
    assert [layout.name for layout in deck.slide_layouts] == [layout.name for layout in theirs.slide_layouts]
    assert deck.slide_master.element.find(qn("p:clrMap")).get("bg1") == "dk1"
    assert "A slide of theirs" not in titles_of(deck)
    assert titles_of(deck)[0] == found.study.question
    assert without_pages(deck) == without_pages(opened(found))
    assert {slide.slide_layout.name for slide in deck.slides} == {"Title Slide", "Title Only"}


def without_pages(deck: Any) -> list[str]:
    """Titles, each once: a smaller room takes more slides."""
    return list(dict.fromkeys(re.sub(r" \(\d of \d\)$", "", title) for title in titles_of(deck)))


def test_slides_on_it_are_as_they_should_be(found: Findings, master: Path) -> None:
    """Nothing lies outside, and where a shape has no ground of its own its text has a colour of the theme."""
    deck = opened(found, master)
    lies_on_its_slides(deck)
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame and not shape._element.spPr.findall(qn("a:solidFill")):
                for run in (run for part in shape.text_frame.paragraphs for run in part.runs):
                    assert run.font.color.type in (None, MSO_COLOR_TYPE.SCHEME)


def test_no_section_and_no_part_speaks_of_a_slide_that_is_gone(found: Findings, master: Path, tmp_path: Path) -> None:
    (tmp_path / "deck.pptx").write_bytes(content := saved(opened(found, master)))
    files = parts(content)
    assert b"sectionLst" not in files["ppt/presentation.xml"]
    slides = [name for name in files if name.startswith("ppt/slides/slide")]
    assert len(slides) == len(Presentation(io.BytesIO(content)).slides)
    for name, content in files.items():
        if name.endswith(".rels"):
            for relation in etree.fromstring(content):
                target = relation.get("Target")
                assert relation.get("TargetMode") == "External" or Path(target).name in {Path(n).name for n in files}


def saved(deck: Any) -> bytes:
    content = io.BytesIO()
    deck.save(content)
    return content.getvalue()


def test_a_potx_is_taken_as_well(found: Findings, master: Path, tmp_path: Path) -> None:
    path = tmp_path / "university.potx"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts(master.read_bytes()).items():
            file.writestr(name, content.replace(b"presentation.main+xml", b"template.main+xml"))
    with pytest.raises(ValueError, match="not a PowerPoint file"):
        Presentation(str(path))
    assert titles_of(opened(found, path)) == titles_of(opened(found, master))


@pytest.mark.parametrize("kind", ["missing", "text", "archive", "folder", "no titles"])
def test_what_is_no_master_is_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "my.pptx"
    if kind == "text":
        path.write_text("hello")
    elif kind == "archive":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.txt", "hello")
    elif kind == "folder":
        path.mkdir()
    elif kind == "no titles":
        deck = Presentation()
        for layout in deck.slide_layouts:
            for shape in list(layout.placeholders):
                shape.element.getparent().remove(shape.element)
        deck.save(path)
    with pytest.raises(NotATemplate, match=str(path)):
        template_opened(path)
