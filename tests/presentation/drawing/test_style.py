"""Figures look the same everywhere, and can be read from the back of the room and by the colour-blind."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from bn_study.config.color import contrast
from bn_study.presentation.drawing.pen import heat_color
from bn_study.presentation.drawing.style import (
    CAPTION_POINTS,
    DARK,
    HEIGHT,
    LEAST_POINTS,
    LIGHT,
    TEXT_POINTS,
    TITLE_POINTS,
    WIDTH,
    figure_style,
    text_on,
)
from bn_study.presentation.figures.arm_style import PALETTE, style_at
from bn_study.presentation.figures.panel import ColorScale

#: What a dichromat sees (Machado, Oliveira and Fernandes 2009, severity 1), in linear RGB.
DICHROMATS = {
    "none": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def _lab(color: str, sight: str) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour as that eye sees it."""
    part = np.array(to_rgb(color))
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(DICHROMATS[sight]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz / (0.9505, 1, 1.089))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_slides_are_16_to_9_with_text_of_18_points_or_more() -> None:
    assert pytest.approx(16 / 9, abs=0.01) == WIDTH / HEIGHT
    assert TITLE_POINTS > TEXT_POINTS >= 18 > CAPTION_POINTS >= LEAST_POINTS


def test_no_two_of_forty_arms_look_alike() -> None:
    looks = {(style.color, style.dashes, style.marker) for style in map(style_at, range(40))}
    assert len(looks) == 40


def test_the_first_arms_differ_in_colour_line_and_marker_at_once() -> None:
    for one, other in itertools.combinations(map(style_at, range(5)), 2):
        assert one.color != other.color
        assert one.dashes != other.dashes
        assert one.marker != other.marker


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("color", PALETTE)
def test_marks_have_a_contrast_of_three_on_either_paper_in_the_one_palette(color: str, theme: object) -> None:
    assert contrast(color, theme.paper) >= 3.0  # type: ignore[attr-defined]


def test_texts_have_a_contrast_of_four_and_a_half() -> None:
    for theme in (LIGHT, DARK):
        assert min(contrast(theme.ink, theme.paper), contrast(theme.quiet, theme.paper)) >= 4.5


@pytest.mark.parametrize("sight", DICHROMATS)
def test_colours_stay_apart_for_every_eye(sight: str) -> None:
    """2.3 in L*a*b* is just noticeable."""
    for one, other in itertools.combinations(PALETTE, 2):
        assert np.linalg.norm(_lab(one, sight) - _lab(other, sight)) > 15, (one, other)


def test_cells_run_from_dark_to_light() -> None:
    shades = [heat_color(value, ColorScale("", 0.0, 1.0)) for value in (0.0, 0.25, 0.5, 0.75, 1.0)]
    brightness = [contrast(shade, "#000000") for shade in shades]
    assert brightness == sorted(brightness)
    assert heat_color(3.0, ColorScale("", 3.0, 3.0)) == shades[2]


CELLS = [heat_color(step, ColorScale("", 0.0, 10.0)) for step in range(11)]


@pytest.mark.parametrize("color", [*PALETTE, *CELLS])
def test_text_on_a_colour_is_the_better_read_of_black_and_white(color: str) -> None:
    best = max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, color))
    assert text_on(color) == best
    assert contrast(best, color) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the known grey just below 4.5


def test_the_style_leaves_no_trace_and_heeds_no_user_settings() -> None:
    with mpl.rc_context({"font.size": 5, "axes.facecolor": "black"}):
        before = dict(mpl.rcParams)
        with figure_style():
            assert mpl.rcParams["font.size"] == TEXT_POINTS
            assert mpl.rcParams["axes.facecolor"] == LIGHT.paper
        assert dict(mpl.rcParams) == before
