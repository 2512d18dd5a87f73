"""What becomes of a figure on slides, decided here alone: charts that can be edited, or a picture."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from bn_study.presentation.drawing.canvas import draw
from bn_study.presentation.drawing.style import HEIGHT, WIDTH, figure_style
from bn_study.presentation.figures.marks import Bar
from bn_study.presentation.figures.panel import Figure, Panel, alt_text, is_cells
from bn_study.presentation.slides.axes import Area
from bn_study.presentation.slides.bar_chart import add_bars
from bn_study.presentation.slides.scatter_chart import add_scatter

_DOTS_PER_INCH = 200


def is_picture(figure: Figure) -> bool:
    """Whether PowerPoint has no form for it: cells, or heights without a unit, as between parallel axes."""
    return any(is_cells(panel) or panel.y.ticks == () for panel in figure.panels)


def add_panel(shapes: Any, box: Area, panel: Panel, figure: Figure) -> Any:
    """A panel of the figure that has marks, with the figure's alternative text; returns its frame."""
    has_bars = any(isinstance(mark, Bar) for mark in panel.marks)
    frame = (add_bars if has_bars else add_scatter)(shapes, box, panel, figure.styles)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt_text(figure))  # python-pptx has no call for it
    return frame


def add_picture(shapes: Any, box: Area, figure: Figure) -> None:
    """The figure without title and caption, which the slide has, as large as the box allows; with its alt text."""
    left, top, width, height = box
    with figure_style():
        image = io.BytesIO()
        drawing = draw(replace(figure, title="", caption=()))
        drawing.savefig(image, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    wide = min(width, int(height * WIDTH / HEIGHT))
    picture = shapes.add_picture(image, left + (width - wide) // 2, top, width=wide)
    picture._element.nvPicPr.cNvPr.set("descr", alt_text(figure))
