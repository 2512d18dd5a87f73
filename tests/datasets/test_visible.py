"""What is shown of text from outside: nothing that steers a terminal, everything that people write."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bn_study.datasets.visible import cut, visible, visible_lines

STEERING = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")]
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_all_that_steers_a_terminal_or_turns_the_order_is_escaped() -> None:
    """Every control character, half a character, line and paragraph separator, and mark of direction of Unicode."""
    for character in (*STEERING, *TURNING):
        assert visible(f"a{character}b").isascii()
        assert visible(f"a{character}b").isprintable()
    assert visible("\x1b[2J\x07\n\u202eok\ud800") == r"\x1b[2J\x07\n\u202eok\ud800"


@pytest.mark.parametrize(
    "text", ["Größe ≥ 10 µm", "数字", "a\u00a0b\u2009c", "\U0001f469\u200d\U0001f52c", "می\u200cخواهم", r"\x1b"]
)
def test_what_people_write_stays(text: str) -> None:
    assert visible(text) == text


@given(st.text())
def test_twice_is_once_and_lines_stay_lines(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert visible_lines(text).replace("\n", "") == visible(text.replace("\n", ""))
    assert visible_lines(text).count("\n") == text.count("\n")


@given(st.text(min_size=1), st.integers(0, 3_000))
def test_a_long_text_keeps_its_beginning_and_its_end(part: str, times: int) -> None:
    text = part * times
    short = cut(text)
    assert len(short) <= 1_000
    assert short == text or (len(text) > 1_000 and short.startswith(text[:490]) and short.endswith(text[-490:]))
