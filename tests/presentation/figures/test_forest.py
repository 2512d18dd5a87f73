"""Forest plots: what lies to the right is as claimed, whichever way the claim goes."""

from __future__ import annotations

import math

import pytest
from synthetic_study import plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.analysis.verdict import Verdict, judge
from bn_study.presentation.figures.forest import Row, forest
from bn_study.presentation.figures.marks import Dot, Line, Whisker


@pytest.fixture(scope="module")
def verdicts() -> tuple[Verdict, ...]:
    plan = plan_of("paper")
    return judge(results_of(plan, realistic(plan)))


def test_one_figure_a_unit_and_every_effect_once(verdicts: tuple[Verdict, ...]) -> None:
    epochs = [one.model_copy(update={"effect": 1.5}) for one in verdicts if one.unit == "epoch"]
    points = [one for one in verdicts if one.unit == "fraction"]
    assert len(epochs) == len(points) == 2
    never = epochs[0].model_copy(update={"effect": math.inf})
    rows = [Row(str(rank), one) for rank, one in enumerate((*epochs, never, *points))]
    figures = list(forest("speed", "Faster?", rows))
    assert [figure.panels[0].x.label for figure in figures] == [
        "effect, towards the claim (epochs)", "effect, towards the claim (points)"
    ]  # fmt: skip
    assert [sum(isinstance(mark, Dot) for mark in figure.panels[0].marks) for figure in figures] == [2, 2]


@pytest.mark.parametrize("effect", [-0.02, 0.02])
@pytest.mark.parametrize("expect", ["lower", "higher"])
def test_right_of_zero_is_as_claimed(verdicts: tuple[Verdict, ...], expect: str, effect: float) -> None:
    verdict = next(one for one in verdicts if one.unit == "fraction")
    assert verdict.claim.compare is not None
    compare = verdict.claim.compare.model_copy(update={"expect": expect, "margin": 0.01})
    claim = verdict.claim.model_copy(update={"compare": compare})
    ends = {"effect": effect, "low": effect - 0.03, "high": effect + 0.01, "claim": claim}
    (figure,) = forest("a", "A?", [Row("1", verdict.model_copy(update=ends))])
    (panel,) = figure.panels
    (dot,) = [mark for mark in panel.marks if isinstance(mark, Dot)]
    (whisker,) = [mark for mark in panel.marks if isinstance(mark, Whisker)]
    (margin,) = [mark for mark in panel.marks if isinstance(mark, Line) and mark.meaning == "margin"]
    assert (dot.x > 0) == ((effect > 0) == (expect == "higher"))
    assert abs(dot.x) == pytest.approx(2.0)
    assert margin.x == (pytest.approx(1.0),) * 2
    assert whisker.low < dot.x < whisker.high
    assert whisker.high - whisker.low == pytest.approx(4.0)


@pytest.mark.parametrize("none", [math.inf, math.nan])
@pytest.mark.parametrize("end", ["low", "high"])
def test_an_interval_without_an_end_goes_to_the_edge(verdicts: tuple[Verdict, ...], end: str, none: float) -> None:
    """Findings that are read back say null of an infinite end."""
    ends = {"low": -0.5, "high": 0.5, end: -none if end == "low" else none}
    endless = verdicts[0].model_copy(update={"effect": 0.1, **ends})
    (figure,) = forest("a", "A?", [Row("1", endless)])
    panel = figure.panels[0]
    (whisker,) = [mark for mark in panel.marks if isinstance(mark, Whisker)]
    assert panel.x.low <= whisker.low < whisker.high <= panel.x.high


def test_many_rows_are_shown_on_several_pages(verdicts: tuple[Verdict, ...]) -> None:
    verdict = verdicts[0].model_copy(update={"effect": 0.1})
    figures = list(forest("a", "A?", [Row(str(rank), verdict) for rank in range(20)]))
    assert sorted({figure.name for figure in figures}) == ["a_1", "a_2", "a_3"]
    assert sum(isinstance(mark, Dot) for figure in figures for mark in figure.panels[0].marks) == 20
