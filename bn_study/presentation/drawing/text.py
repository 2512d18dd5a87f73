"""How much room a text takes: measured, in the font that figures are drawn in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import matplotlib as mpl
from PIL import ImageFont

_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
_EM = 200  # pixels that the font is measured at: hinting shifts a width by less than 0.1 %


def text_width(text: str, points: float, bold: bool = False) -> float:
    """Of one line of DejaVu Sans, in points. What PowerPoint or a browser has in its place is narrower."""
    return _font(bold).getlength(text) * points / _EM


def wrapped(text: str, points: float, width: float, bold: bool = False) -> list[str]:
    """Lines no wider than `width` (points), broken at spaces; a word that is wider is broken within. One at least."""
    space, lines, used = text_width(" ", points, bold), [""], 0.0
    for word in text.split():
        for place, part in enumerate(_broken(word, points, width, bold)):
            wide = text_width(part, points, bold)
            if place == 0 and lines[-1] and used + space + wide <= width:
                lines[-1], used = f"{lines[-1]} {part}", used + space + wide
            elif lines[-1]:
                lines.append(part)
                used = wide
            else:
                lines[-1], used = part, wide
    return lines


def _broken(word: str, points: float, width: float, bold: bool) -> Iterator[str]:
    """The word in parts that fit, of one letter at least."""
    while text_width(word, points, bold) > width and len(word) > 1:
        fits = next((end for end in range(len(word) - 1, 1, -1) if text_width(word[:end], points, bold) <= width), 1)
        yield word[:fits]
        word = word[fits:]
    yield word


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(_FONTS / name), _EM, layout_engine=ImageFont.Layout.BASIC)


def cut(text: str, points: float, width: float) -> str:
    """The text, or its start and end around '…' where it is wider: names often differ at either end alone."""
    if text_width(text, points) <= width:
        return text
    for kept in range(len(text) - 1, 1, -1):
        shorter = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
        if text_width(shorter, points) <= width:
            return shorter
    return "…"
