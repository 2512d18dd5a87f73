"""The printed table: nothing missing, and readable in 80 columns and in a pipe."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.report.report import results_of
from bn_study.presentation.report.terminal_table import comparison_table


def _printed(plan: Plan, width: int, end: Any = None) -> list[str]:
    records = realistic(plan, end) if end else realistic(plan)
    console = Console(file=io.StringIO(), width=width)
    console.print(comparison_table(results_of(plan, records).found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().split("\n")


def test_every_arm_has_one_line_of_numbers_within_80_columns() -> None:
    plan = plan_of("paper")
    lines = _printed(plan, 80)
    for arm in plan.source.study.arms:
        (line,) = [line for line in lines if line.split()[:1] == [arm]]
        assert "6/6" in line
        assert line.count("±") == (4 if arm.startswith("bn") else 3)
    assert max(map(len, lines)) <= 80


def test_a_grid_has_a_column_an_axis_within_100_columns() -> None:
    lines = _printed(plan_of("paper", LEARNING_RATES), 100)
    rows = [line.split() for line in lines if "6/6" in line]
    assert [row[:2] for row in rows[:3]] == [["plain", "0.001"], ["plain", "0.01"], ["plain", "0.1"]]
    assert len(rows) == 15


def test_runs_that_did_not_finish_are_counted_at_their_arm_and_below() -> None:
    def end(point: Point) -> dict[str, object]:
        if point.arm == "plain":
            return {"status": "diverged", "validation": [None]}
        return {"missing": True} if (point.arm, point.seed) == ("bn", 7) else {}

    text = "\n".join(_printed(plan_of("paper"), 100, end))
    assert "0/6" in text
    assert "6 diverged" in text
    assert "1 missing" in text
    assert "6 of 30 runs diverged (plain: all 6)." in text
    assert "1 of 30 runs not done yet (bn: seed 7)." in text


def test_the_caption_warns_of_test_data_other_data_and_mixed_data() -> None:
    text = " ".join(" ".join(_printed(plan_of("paper"), 100)).split())
    assert "Best epochs were chosen on test data: optimistic." in text
    assert "Data: not the official CIFAR-10 bytes." in text
    mixed = " ".join(_printed(plan_of("paper"), 100, lambda point: {"fingerprint": f"sha256:{point.seed % 2}"}))
    assert "Mixed data: cifar10 was" in mixed


def test_text_of_the_study_is_not_read_as_markup() -> None:
    plan = plan_of("paper", "seeds=[0]")
    study = plan.source.study.model_copy(update={"title": "[bold]BN[/bold] [/nonsense]"})
    object.__setattr__(plan.source, "study", study)
    assert "[bold]BN[/bold] [/nonsense]" in _printed(plan, 100)[0]
