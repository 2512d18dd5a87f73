"""Template: the master that slides are made of, our own or a university's. What it looks like is left as it is."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches

from bn_study.presentation.slides.scale import WIDTH

_HEIGHT, _EDGE = Inches(7.5), Inches(0.6)
_TYPES = "[Content_Types].xml"
_OF_A_TEMPLATE, _OF_A_FILE = b"presentationml.template.main+xml", b"presentationml.presentation.main+xml"


class NotATemplate(ValueError):
    """A file that slides cannot be made of; says which, and why."""


def opened(path: Path | None) -> Any:
    """The master without any slide, ours if no path is given. Raises NotATemplate."""
    if path is None:
        return _own()
    try:
        deck = Presentation(io.BytesIO(_as_presentation(path)))
    except OSError as error:
        raise NotATemplate(f"{path}: cannot be read ({error.strerror or error})") from error
    except Exception as error:  # python-pptx raises whatever lxml, zipfile or its own parts do
        message = f"{path}: not a PowerPoint file; save the master as .pptx or .potx, without a password"
        raise NotATemplate(message) from error
    if not any(title_of(layout) for layout in _layouts(deck)):
        raise NotATemplate(f"{path}: none of its layouts has a title")
    _empty(deck)
    return deck


def _as_presentation(path: Path) -> bytes:
    """A .potx differs from a .pptx in one content type."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = given.read(name)
            made.writestr(name, part.replace(_OF_A_TEMPLATE, _OF_A_FILE) if name == _TYPES else part)
    return content.getvalue()


def _empty(deck: Any) -> None:
    """Without its slides, and without the sections and shows that name them: else PowerPoint repairs the file."""
    slides = deck.slides._sldIdLst
    for slide in list(slides):
        deck.part.drop_rel(slide.rId)
        slides.remove(slide)
    for name in ("p:custShowLst", "p:extLst"):
        for part in deck.element.findall(qn(name)):
            deck.element.remove(part)


def _own() -> Any:
    """python-pptx' own master is 4:3: here 16:9, with a title of two lines, bold and on the left."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDTH, _HEIGHT
    inner = Emu(WIDTH - 2 * _EDGE)
    places = {
        PP_PLACEHOLDER.TITLE: (_EDGE, Inches(0.3), inner, Inches(1.0)),
        PP_PLACEHOLDER.CENTER_TITLE: (_EDGE, Inches(1.3), inner, Inches(2.0)),
        PP_PLACEHOLDER.SUBTITLE: (_EDGE, Inches(3.5), inner, Inches(3.4)),
        PP_PLACEHOLDER.SLIDE_NUMBER: (Emu(WIDTH - _EDGE - Inches(1)), Inches(7.05), Inches(1), Inches(0.35)),
    }
    style = deck.slide_master.element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    style.set("algn", "l")
    style.find(qn("a:defRPr")).set("b", "1")
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.placeholders:
            place = places.get(shape.placeholder_format.type)
            for level in shape._element.iter(qn("a:lvl1pPr")):
                if level.get("algn") == "ctr":
                    level.set("algn", "l")
            if place:
                shape.left, shape.top, shape.width, shape.height = place
    return deck


def _layouts(deck: Any) -> list[Any]:
    """Of all masters: LibreOffice, for one, writes a master for each layout."""
    return [layout for master in deck.slide_masters for layout in master.slide_layouts]


def opening_layout(deck: Any) -> Any:
    """Of a title slide, with a subtitle; else the one of all slides."""
    found = (layout for layout in _layouts(deck) if _of_type(layout, PP_PLACEHOLDER.SUBTITLE) and title_of(layout))
    return next(found, plain_layout(deck))


def plain_layout(deck: Any) -> Any:
    """A title and as little else as there is, the title as high as can be; no title slide."""
    layouts = [layout for layout in _layouts(deck) if title_of(layout)]
    plain = [layout for layout in layouts if _of_type(layout, PP_PLACEHOLDER.TITLE)]

    def others(layout: Any) -> tuple[bool, int, int]:
        title, count = title_of(layout), len(list(layout.iter_cloneable_placeholders()))
        return layout._element.get("type") != "titleOnly", count, title.top + title.height

    return min(plain or layouts, key=others)


def title_of(page: Any) -> Any:
    """The placeholder of its title; None if it has none."""
    return _of_type(page, PP_PLACEHOLDER.TITLE) or _of_type(page, PP_PLACEHOLDER.CENTER_TITLE)


def _of_type(page: Any, kind: Any) -> Any:
    return next((shape for shape in page.placeholders if shape.placeholder_format.type == kind), None)


def number_of(layout: Any) -> Any:
    """The placeholder of slide numbers, of the layout or of its master; None if neither has one."""
    kind = PP_PLACEHOLDER.SLIDE_NUMBER
    return _of_type(layout, kind) or _of_type(layout.slide_master, kind)
