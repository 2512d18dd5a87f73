"""Figures look the same everywhere, and can be read from the back of the room."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import pytest
from matplotlib.colors import to_rgb

from bn_study.presentation.drawing.style import (
    CAPTION_POINTS,
    HEIGHT_INCHES,
    PALETTE,
    TEXT_POINTS,
    TITLE_POINTS,
    WIDTH_INCHES,
    arm_style,
    figure_style,
    lighter,
)


def _dichromat(color: str) -> tuple[float, float]:
    """What a deuteranope tells apart, roughly: brightness, and blue against yellow (Vienot et al. 1999)."""
    red, green, blue = (part**2.2 for part in to_rgb(color))
    yellow = 0.29 * red + 0.71 * green
    return yellow, blue


def test_slides_are_16_to_9_with_text_of_18_points_or_more() -> None:
    assert pytest.approx(16 / 9, abs=0.01) == WIDTH_INCHES / HEIGHT_INCHES
    assert TITLE_POINTS > TEXT_POINTS >= 18 > CAPTION_POINTS


def test_no_two_of_forty_arms_look_alike() -> None:
    looks = {(style.color, str(style.stroke), style.marker) for style in map(arm_style, range(40))}
    assert len(looks) == 40


def test_the_first_arms_differ_in_colour_line_and_marker_at_once() -> None:
    for one, other in itertools.combinations(map(arm_style, range(5)), 2):
        assert one.color != other.color
        assert one.stroke != other.stroke
        assert one.marker != other.marker


def test_the_palette_stays_apart_for_the_colour_blind() -> None:
    for one, other in itertools.combinations(PALETTE, 2):
        distance = sum((a - b) ** 2 for a, b in zip(_dichromat(one), _dichromat(other), strict=True)) ** 0.5
        assert distance > 0.1, (one, other)


def test_the_second_tone_is_the_same_colour_but_lighter() -> None:
    for color in PALETTE:
        assert all(after >= before for before, after in zip(to_rgb(color), lighter(color), strict=True))
        assert sum(lighter(color)) > sum(to_rgb(color))


def test_the_style_leaves_no_trace_and_heeds_no_user_settings() -> None:
    with mpl.rc_context({"font.size": 5, "axes.facecolor": "black"}):
        before = dict(mpl.rcParams)
        with figure_style():
            assert mpl.rcParams["font.size"] == TEXT_POINTS
            assert mpl.rcParams["axes.facecolor"] == "white"
        assert dict(mpl.rcParams) == before
