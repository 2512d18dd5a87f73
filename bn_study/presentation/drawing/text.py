"""How much room a text takes: measured, in the font that figures are drawn in; and which fonts have its letters."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font
from PIL import ImageFont

_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
_FILES = {False: str(_FONTS / "DejaVuSans.ttf"), True: str(_FONTS / "DejaVuSans-Bold.ttf")}
_EM = 200  # pixels that the font is measured at: hinting shifts a width by less than 0.1 %


def text_width(text: str, points: float, bold: bool = False) -> float:
    """Of one line of DejaVu Sans, in points. What PowerPoint or a browser has in its place is narrower.

    Letters that it lacks are as wide as high, as those of Chinese and Japanese are.
    """
    return _ems(text, bold) * points


@lru_cache(maxsize=50_000)
def _ems(text: str, bold: bool) -> float:
    known = text if text.isascii() else "".join(letter for letter in text if ord(letter) in _letters(_FILES[False]))
    return float(_font(bold).getlength(known)) / _EM + len(text) - len(known)


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


def stand_ins(texts: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Installed families for the letters that DejaVu Sans lacks, and the letters that no font has."""
    missing = {ord(letter) for text in texts if not text.isascii() for letter in text if letter.isprintable()}
    missing -= _letters(_FILES[False])
    families: list[str] = []
    for font in sorted(fontManager.ttflist, key=lambda font: font.name) if missing else ():
        if font.style == "normal" and not font.name.startswith("Last Resort") and missing & _letters(font.fname):
            families.append(font.name)
            missing -= _letters(font.fname)
    return tuple(dict.fromkeys(families)), "".join(map(chr, sorted(missing)))


@cache
def _letters(path: str) -> frozenset[int]:
    """Code points that the font has; none if it cannot be read."""
    try:
        return frozenset(FT2Font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


@cache
def _font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FILES[bold], _EM, layout_engine=ImageFont.Layout.BASIC)


def cut(text: str, points: float, width: float) -> str:
    """The text, or its start and end around '…' where it is wider: names often differ at either end alone."""
    if text_width(text, points) <= width:
        return text
    shorter = [f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}" for kept in range(len(text))]
    return shorter[max(0, bisect(shorter, width, key=lambda one: text_width(one, points)) - 1)]
