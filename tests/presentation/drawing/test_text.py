"""Measured text: as wide as matplotlib draws it, and lines that fit."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import TextToPath

from bn_study.presentation.drawing.text import cut, stand_ins, text_width, wrapped


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", ["validation accuracy (%)", "52.3 ± 0.4", "iiiiiiii", "WWWWWWWW", "γ, β and 6 × 256"])
def test_a_text_is_as_wide_as_matplotlib_draws_it(text: str, bold: bool) -> None:
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=18)
    drawn, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    assert text_width(text, 18, bold) == pytest.approx(drawn, rel=0.02)


@given(st.text(st.sampled_from("aiW ."), max_size=60), st.floats(30, 300))
def test_lines_hold_every_letter_in_order_and_fit(text: str, width: float) -> None:
    lines = wrapped(text, 18, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line, 18) <= width + 1e-6 for line in lines)


def test_a_line_is_broken_only_where_the_next_word_does_not_fit() -> None:
    text = "Batch normalization against dropout on a two-layer dense net"
    lines = wrapped(text, 18, 200)
    assert " ".join(lines) == text
    for line, following in itertools.pairwise(lines):
        assert text_width(f"{line} {following.split()[0]}", 18) > 200
    assert wrapped("", 18, 100) == [""]


def test_letters_that_the_font_lacks_come_from_an_installed_one_or_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stand_ins(["validation accuracy (%), 5 × 256, ✕ 1/3, −0.5"]) == ((), "")
    families, absent = stand_ins(["an arc \u2312"])  # in DejaVu Sans Mono, which comes with matplotlib
    assert families
    assert absent == ""
    monkeypatch.setattr(fontManager, "ttflist", [])
    assert stand_ins(["an arc \u2312", "学習 a 学"]) == ((), "\u2312学習")


def test_letters_that_the_font_lacks_are_as_wide_as_high() -> None:
    assert text_width("学習", 20) == 40
    assert text_width("a学", 20) == pytest.approx(text_width("a", 20) + 20)


@pytest.mark.parametrize("width", [400.0, 100.0, 40.0, 8.0])
def test_what_is_cut_keeps_its_start_and_end_and_fits(width: float) -> None:
    text = "normalization_after_the_activation_1"
    short = cut(text, 19, width)
    assert text_width(short, 19) <= max(width, text_width("…", 19))
    start, _, end = short.partition("…")
    assert text.startswith(start)
    assert text.endswith(end)
    assert cut(text, 19, 1000) == text
