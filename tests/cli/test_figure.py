"""`bn-study figure`: one figure alone, of some arms, in the size and on the ground that a slide has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image


def test_size_ground_and_arms_are_as_asked(done: Path, bn_study: Callable[..., Any]) -> None:
    """150 dots an inch of 72 points; without paper the corner is clear, in the dark it is dark."""
    study, folder = done / "study.yaml", done / "slides"
    asked = ("figure", study, "curves", "-m", "validation_accuracy", "-p", "smoke", "--results", done / "results")
    size = ("--width", 480, "--height", 300, "--into", folder)
    said = bn_study(*asked, *size, "--dark")
    assert (said.code, said.err) == (0, "")
    (path,) = folder.iterdir()
    assert said.out.strip() == str(path)
    dark = Image.open(path).convert("RGBA")
    assert dark.size == (1000, 625)
    assert dark.getpixel((2, 2)) == (0x17, 0x18, 0x1A, 255)
    assert bn_study(*asked, *size, "--transparent").code == 0
    assert Image.open(path).convert("RGBA").getpixel((2, 2))[3] == 0


def test_an_arm_alone_keeps_its_colour(done: Path, bn_study: Callable[..., Any]) -> None:
    words = ("figure", done / "study.yaml", "bars", "-m", "last_validation_accuracy", "-p", "smoke")
    where = ("--results", done / "results", "--into", done / "slides")
    colours = []
    for arms in ("plain,bn", "plain", "bn"):
        assert bn_study(*words, "--arms", arms, *where).code == 0
        (path,) = (done / "slides").iterdir()
        pixels = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3)
        found, count = np.unique(pixels, axis=0, return_counts=True)
        colours.append({tuple(one) for one in found[count > 2000].tolist()} - {(255, 255, 255)})  # bars, not letters
    both, first, second = colours
    assert first != second
    assert first | second == both


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("curvs",), "is not one of curves, bars, axis"),
        (("curves",), "figure.metrics: this key is required"),
        (("curves", "-m", "validation_acuracy"), "did you mean 'validation_accuracy'?"),
        (("gap", "-o", "titel=A"), "figure.titel: unknown key"),
        (("gap", "-o", "title"), "title: an option is KEY=VALUE"),
        (("gap", "--arms", "plan"), "plan is not an arm of this study (did you mean 'plain'?)"),
        (("gap", "--arms", ","), "--arms names none"),
    ],
)
def test_what_cannot_be_drawn_is_named(
    words: tuple[str, ...], said: str, done: Path, bn_study: Callable[..., Any]
) -> None:
    answer = bn_study("figure", done / "study.yaml", *words, "-p", "smoke", "--into", done / "slides")
    assert answer.code == 2
    assert said in answer.err
    assert not (done / "slides").exists()
