"""Figures become files: complete, the same bytes each time, with their alternative text."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from drawn_studies import drawn, with_study
from PIL import Image
from synthetic_study import plan_of

from bn_study.config.figure import GapFigure
from bn_study.presentation.drawing.image_files import draw_figures
from bn_study.presentation.drawing.style import DARK
from bn_study.presentation.figures.panel import Figure, alt_text


@pytest.fixture(scope="module")
def figures() -> tuple[Figure, ...]:
    return drawn(with_study(plan_of("paper", "seeds=[0, 1]"), published=()), GapFigure(kind="gap"))


def test_the_same_figure_gives_the_same_bytes_in_all_three_formats(figures: tuple[Figure, ...], tmp_path: Path) -> None:
    for folder in ("first", "second"):
        draw_figures(figures, tmp_path / folder)
    for kind in ("png", "svg", "pdf"):
        first, second = ((tmp_path / folder / f"gap.{kind}").read_bytes() for folder in ("first", "second"))
        assert first == second
        assert b"matplotlib" not in first.lower() or kind == "svg"  # SVG names it in a comment, without version
    width, height = struct.unpack(">II", (tmp_path / "first" / "gap.png").read_bytes()[16:24])
    assert (width, height) == (2000, 1125)
    assert {path.name for path in (tmp_path / "first").iterdir()} == {"gap.png", "gap.svg", "gap.pdf"}


def test_a_file_says_what_it_shows(figures: tuple[Figure, ...], tmp_path: Path) -> None:
    (path,) = draw_figures(figures, tmp_path, ["png"])
    with Image.open(path) as image:
        assert image.info["Description"] == alt_text(figures[0])


def test_dark_images_are_light_on_dark(figures: tuple[Figure, ...], tmp_path: Path) -> None:
    (path,) = draw_figures(figures, tmp_path, ["png"], DARK)
    with Image.open(path) as image:
        assert image.convert("RGB").getpixel((1, 1)) == (0x17, 0x18, 0x1A)


def test_nothing_is_computed_where_no_format_is_asked_for(tmp_path: Path) -> None:
    assert draw_figures(iter(()), tmp_path, []) == []
    assert not list(tmp_path.iterdir())
