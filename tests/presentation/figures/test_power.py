"""The power curve: a line a claim through its chances, and what nothing is known of in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from synthetic_study import plan_of, realistic

from bn_study.analysis.prospect import WANTED, Prospect, prospects
from bn_study.analysis.results import results_of
from bn_study.presentation.figures.marks import Line
from bn_study.presentation.figures.power import power


@pytest.fixture(scope="module")
def found() -> tuple[Prospect, ...]:
    plan = plan_of("paper", "seeds=[0, 1, 2]")
    return prospects(results_of(plan, realistic(plan)))


def test_every_chance_is_on_its_line_and_the_fewest_seeds_are_where_it_passes_80(found: tuple[Prospect, ...]) -> None:
    wanted, *lines = [mark for mark in power("A study", found).panels[0].marks if isinstance(mark, Line)]
    assert set(wanted.y) == {100 * WANTED}
    known = [one for one in found if not one.why]
    assert len(lines) == len(known) >= 2
    for line, one in zip(lines, known, strict=True):
        assert dict(zip(line.x, line.y, strict=True)) == {n: 100 * chance for n, chance in one.chances.items()}
        assert one.needed == next((n for n, y in zip(line.x, line.y, strict=True) if y >= 100 * WANTED), None)


def test_a_claim_of_which_nothing_is_known_is_named_and_others_keep_their_colours(found: tuple[Prospect, ...]) -> None:
    unknown = replace(found[0], why="one pair has no spread", chances={})
    figure = power("A study", (unknown, *found[1:]))
    lines = [mark for mark in figure.panels[0].marks if isinstance(mark, Line) and mark.arm is not None]
    assert [line.arm for line in lines] == [place for place, one in enumerate((unknown, *found[1:])) if not one.why]
    assert f"{unknown.claim.id}: one pair has no spread." in figure.caption
