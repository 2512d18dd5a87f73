"""A mean never passes for one of more runs than it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthetic_study import plan_of, realistic

from bn_study.analysis.comparison import compare_with_first_arm
from bn_study.analysis.results import results_of
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.words.caption import caption
from bn_study.presentation.words.measured import comparison_notes, differences_text, points_text

PLAN = plan_of("paper", "seeds=[0, 1, 2, 3, 4]")


def _lacking(point: Point) -> Mapping[str, Any]:
    """All finish; of bn two have no step time, and a third ends without an accuracy."""
    if point.arm != "bn":
        return {}
    return {"step_seconds": None} if point.seed < 2 else {"validation": [0.5, None]} if point.seed == 2 else {}


def _row(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...], arm: str) -> dict[str, str]:
    return dict(zip(header, next(row for row in rows if row[0] == arm), strict=True))


def _tables(plan: Plan, arm: str) -> tuple[dict[str, str], dict[str, str]]:
    results = results_of(plan, realistic(plan, _lacking))
    points, compared = points_text((), results.summaries), compare_with_first_arm(results)
    differences = differences_text((), compared, [1.0] * len(compared))
    return _row(points.header, points.rows, arm), _row(differences.header, differences.rows, arm)


def test_a_mean_of_fewer_runs_than_finished_says_of_how_many() -> None:
    points, differences = _tables(PLAN, "bn")
    assert points["seeds"] == "5/5"
    assert points["step (ms)"].endswith(" (n = 3)")
    assert points["validation accuracy, last (%)"].endswith(" (n = 4)")
    assert "n =" not in points["training (s)"]
    assert differences["n"] == "4"
    assert differences["step time, ratio"].endswith(" (n = 3)")
    assert "n =" not in differences["validation accuracy, last"]


def test_where_every_run_has_every_number_one_n_stands_for_all() -> None:
    points, differences = _tables(PLAN, "dropout")
    assert not any("n =" in cell for cell in (*points.values(), *differences.values()))


def test_the_processors_that_a_mean_is_over_stand_beside_it() -> None:
    """Below the table of arms and every figure; where there is one, nothing need be said."""
    several = results_of(PLAN, realistic(PLAN, lambda point: {"processor": "A" if point.seed else "B"}))
    said = "Means are over processors: A (20 runs); B (5 runs)."
    assert said in comparison_notes(several)
    assert said in caption(several)
    assert not any("processors" in line for line in caption(results_of(PLAN, realistic(PLAN))))
