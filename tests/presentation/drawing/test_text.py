"""Measured text: as wide as matplotlib draws it, and lines that fit."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from bn_study.presentation.drawing.text import text_width, wrapped


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
