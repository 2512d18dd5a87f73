"""Scale: slides are laid out on a page 13.333 inches wide, and then drawn to the size that their master has."""

from __future__ import annotations

from typing import Any

from pptx.oxml.ns import qn
from pptx.util import Inches

WIDTH = Inches(13.333)
#: Element → its attributes that are lengths, in whatever unit: EMU, or hundredths of a point.
_LENGTHS = {
    "a:off": ("x", "y"), "a:ext": ("cx", "cy"), "a:gridCol": ("w",), "a:tr": ("h",), "a:ln": ("w",),
    "a:spcPts": ("val",), "a:rPr": ("sz",), "a:defRPr": ("sz",), "a:endParaRPr": ("sz",), "c:size": ("val",),
    "a:bodyPr": ("lIns", "tIns", "rIns", "bIns"), "a:tcPr": ("marL", "marR", "marT", "marB"),
}  # fmt: skip


def scale_of(deck: Any) -> float:
    """Of the master's page against ours."""
    return float(deck.slide_width / WIDTH)


def to_scale(deck: Any) -> None:
    """All that was added to slides, charts included; placeholders have the place that the master gives them."""
    factor = scale_of(deck)
    if abs(factor - 1) < 1e-3:
        return
    for slide in deck.slides:
        for shape in slide.shapes:
            placed = not shape.is_placeholder
            _scale(shape._element, factor, placed)
            if shape.has_chart:
                _scale(shape.chart._chartSpace, factor, placed)


def _scale(root: Any, factor: float, placed: bool) -> None:
    for name, lengths in _LENGTHS.items():
        for element in root.iter(qn(name)) if placed or name not in ("a:off", "a:ext") else ():
            for length in lengths:
                if element.get(length):
                    element.set(length, str(round(factor * int(element.get(length)))))
