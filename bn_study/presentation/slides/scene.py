"""Figures on slides: panels as native charts, two a slide, or one above the other where they share their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.util import Emu, Inches

from bn_study.presentation.figures.panel import Figure, Panel
from bn_study.presentation.figures.story import Scene
from bn_study.presentation.slides.axes import Area
from bn_study.presentation.slides.charts import add_panel, add_picture, is_picture
from bn_study.presentation.slides.look import QUIET
from bn_study.presentation.slides.slide import Deck, Paragraph, add_text, numbered, paragraph, write_notes

_PANELS_A_SLIDE = 2
_CAPTION = Inches(0.85)
_AXIS = 1.2  # what the axis of a panel of rows takes, in rows


def scene_slides(deck: Deck, scene: Scene) -> None:
    """As many slides as the panels need, with one title and the same notes."""
    for slide in figure_slides(deck, scene.figure, scene.title):
        write_notes(slide, scene.spoken, scene.if_asked, scene.where)


def figure_slides(deck: Deck, figure: Figure, title: str) -> list[Any]:
    """Every panel is on one of them; the caption below says what they rest on."""
    left, top, width, height = deck.room
    shown: Area = (left, top, width, height - _CAPTION)
    slides = []
    pages: Sequence[tuple[Panel, ...]] = [figure.panels] if is_picture(figure) else _pages(figure)
    told_apart = bool(pages[0][0].title)
    for place, panels in enumerate(pages):
        slide = deck.add(title if told_apart else numbered(title, place, len(pages)))
        if is_picture(figure):
            add_picture(slide.shapes, shown, figure)
        else:
            for panel, box in zip(panels, _boxes(figure, panels, shown), strict=True):
                _panel(slide, panel, box, figure)
        _caption(slide, figure, (left, top + height - _CAPTION, width, _CAPTION))
        slides.append(slide)
    return slides


def _pages(figure: Figure) -> list[tuple[Panel, ...]]:
    """Panels of rows together; those that stand one above the other for one grid point, or beside each other."""
    panels, columns = figure.panels, figure.columns
    above, below = panels[:columns], panels[columns:]
    if columns == 1:
        return [panels]
    if len(above) == len(below) and [one.title for one in above] == [one.title for one in below]:
        return list(zip(above, below, strict=True))
    return [panels[first : first + _PANELS_A_SLIDE] for first in range(0, len(panels), _PANELS_A_SLIDE)]


def _boxes(figure: Figure, panels: Sequence[Panel], box: Area) -> list[Area]:
    """Side by side and equally wide; one above the other as high as their rows."""
    left, top, width, height = box
    if figure.columns > 1:
        wide = width // len(panels)
        return [(left + column * wide, top, wide, height) for column in range(len(panels))]
    rows = [len(panel.y.ticks or ()) + _AXIS for panel in panels]
    found = []
    for own in rows:
        high = int(height * own / sum(rows))
        found.append((left, top, width, high))
        top += high
    return found


def _caption(slide: Any, figure: Figure, box: Area) -> None:
    """Whole sentences, as many as there is room for; the notes have all."""
    said, room = list(figure.caption), Emu(box[3]).pt
    while len(said) > 1 and _caption_text(said, figure).height(box[2]) > room:
        said.pop()
    add_text(slide, [_caption_text(said, figure)], box)


def _caption_text(said: list[str], figure: Figure) -> Paragraph:
    more = ["More in the notes."] * (len(said) < len(figure.caption))
    return paragraph(" ".join((*said, *more)), color=QUIET)


def _panel(slide: Any, panel: Panel, box: Area, figure: Figure) -> None:
    if panel.marks:
        add_panel(slide.shapes, box, panel, figure)
    else:
        add_text(slide, [paragraph(f"{panel.title} {panel.empty}".strip(), 20, QUIET)], box)
