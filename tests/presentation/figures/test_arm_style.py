"""Colour, dash and marker of an arm: one meaning, one style, in every study; and no two arms of a study alike."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from bn_study.config.arm import Arm
from bn_study.config.color import DARK_PAGE, WHITE_PAPER, contrast
from bn_study.config.load import load_study
from bn_study.presentation.figures.arm_style import PALETTE, ArmStyle, arm_styles

STUDIES = sorted((Path(__file__).parents[3] / "experiments").glob("*.yaml"))


def _styles(*names: str, **arms: Arm) -> dict[str, ArmStyle]:
    every = {**{name: Arm() for name in names}, **arms}
    return dict(zip(every, arm_styles(every), strict=True))


def test_an_arm_looks_the_same_in_every_study() -> None:
    seen: dict[str, dict[ArmStyle, str]] = {}
    for path in STUDIES:
        arms = load_study(path).study.arms
        for name, style in zip(arms, arm_styles(arms), strict=True):
            seen.setdefault(name, {})[style] = path.stem
    assert {name: studies for name, studies in seen.items() if len(studies) > 1} == {}
    assert len(seen) > 40


def test_what_means_the_same_looks_the_same() -> None:
    """Whatever stands beside it, and in any order."""
    four = _styles("plain", "bn", "dropout", "bn_dropout")
    assert [style.color for style in four.values()] == list(PALETTE[:4])
    for names in itertools.permutations(four):
        assert _styles("mine", *names, "yours")["bn"] == four["bn"]
        assert {name: _styles(*names)[name] for name in four} == four
    assert _styles("none")["none"] == _styles("x", "no_bn")["no_bn"] == four["plain"]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_arms_of_a_study_differ(path: Path) -> None:
    """Up to eight in colour, and all of them in marker or dash, too: in grey they can be told apart."""
    _differ(arm_styles(load_study(path).study.arms))


@pytest.mark.parametrize("count", range(1, 41))
def test_arms_of_any_names_differ(count: int) -> None:
    """Known names, two of one meaning, and unknown ones in turn."""
    known = ("bn", "batch", "plain", "none", "layer", "group", "dropout_augmented")
    names = [name for pair in itertools.zip_longest(known, map("arm{}".format, range(40))) for name in pair if name]
    _differ(arm_styles({name: Arm() for name in names[:count]}))


def _differ(styles: tuple[ArmStyle, ...]) -> None:
    assert len(set(styles)) == len(styles)
    assert len({style.color for style in styles}) == min(len(styles), len(PALETTE))
    if len(styles) <= len(PALETTE):
        assert len({style.marker for style in styles}) == len(styles)


def test_unknown_arms_leave_the_four_great_meanings_free() -> None:
    assert not {style.color for style in _styles("fast", "slow", "old", "new").values()} & set(PALETTE[:4])


def test_a_colour_of_its_own_is_no_other_arm_s() -> None:
    """Dash and marker stay: they tell it apart where colours are not seen."""
    own = Arm(color=PALETTE[4])
    styles = _styles("bn", "mine", "yours", special=own)
    assert styles["special"].color == PALETTE[4]
    assert PALETTE[4] not in {styles[name].color for name in ("bn", "mine", "yours")}
    assert (styles["special"].dashes, styles["special"].marker) not in {
        (styles[name].dashes, styles[name].marker) for name in ("bn", "mine", "yours")
    }
    chosen = {f"a{place}": Arm(color=color) for place, color in enumerate(PALETTE)}
    assert len(_styles("other", **chosen)) == 9  # when all are taken, one is taken again


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_what_is_drawn_of_a_study_has_a_contrast_of_three_on_white_and_in_the_dark(path: Path) -> None:
    for style in arm_styles(load_study(path).study.arms):
        assert min(contrast(style.color, paper) for paper in (WHITE_PAPER, DARK_PAGE)) >= 3.0
