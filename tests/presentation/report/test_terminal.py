"""What is printed after a run: nothing missing, and every row can be told at any width and in a pipe."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.findings import Findings, find
from bn_study.presentation.report.terminal import comparison_table
from bn_study.presentation.words.measured import points_text

GRID = "grid={training.learning_rate.initial: [1e-3, 1e-2], training.batch_size: [32, 1024], model.dropout.rate: [0.1]}"


def _found(plan: Plan, end: Any = lambda point: {}) -> Findings:
    return find(results_of(plan, realistic(plan, end)))


def _lines(found: Findings, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(comparison_table(found, width))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().split("\n")


@pytest.fixture(scope="module", params=[(), (LEARNING_RATES,), (GRID,)], ids=["arms", "one axis", "three axes"])
def found(request: pytest.FixtureRequest) -> Findings:
    return _found(plan_of("paper", "seeds=[0, 1]", *request.param), lambda point: {"missing": point.arm == "plain"})


def test_every_row_is_named_whole_at_every_width(found: Findings) -> None:
    """Arm and grid values as the first columns of a line; where there is no room for numbers beside, on their own."""
    rows = points_text(found.study.axes, [one.summary for one in found.points])
    names, heads = [row[: rows.names - 1] for row in rows.rows], rows.header[1 : rows.names - 1]
    for width in range(40, 201):
        lines = _lines(found, width)
        assert max(map(len, lines)) <= width
        in_columns = [line.split()[: len(heads) + 1] for line in lines]
        flowing = " ".join(" ".join(lines).split())
        for own in names:
            block = ", ".join((own[0], *map(" ".join, zip(heads, own[1:], strict=True))))
            assert in_columns.count(list(own)) == 1 or f" {block} seeds " in flowing, f"{own} at {width} columns"


def test_columns_give_way_from_the_last_and_are_named() -> None:
    found = _found(plan_of("paper", LEARNING_RATES))
    heads = ["last acc. %", "gap %", "re-est. BN %", "best acc. %", "step ms", "train s"]
    left_out = []
    for width in range(200, 49, -1):
        said = " ".join(" ".join(_lines(found, width)).split())
        narrow = said.partition("Too narrow for: ")[2].partition("; table.csv has them.")[0]
        left_out.append([head for head in narrow.split(", ") if head])
        assert left_out[-1] == heads[len(heads) - len(left_out[-1]) :]
    assert left_out[0] == []
    assert len(left_out[-1]) > 3
    assert [len(one) for one in left_out] == sorted(len(one) for one in left_out)


def test_every_arm_has_one_line_of_numbers_within_80_columns() -> None:
    plan = plan_of("paper")
    lines = _lines(_found(plan), 80)
    for arm in plan.source.study.arms:
        (line,) = [line for line in lines if line.split()[:1] == [arm]]
        assert "6/6" in line
        assert line.count("±") == (4 if arm.startswith("bn") else 3)


def test_runs_that_did_not_finish_are_counted_at_their_arm_and_below() -> None:
    def end(point: Point) -> dict[str, object]:
        if point.arm == "plain":
            return {"status": "diverged", "validation": [None]}
        return {"missing": True} if (point.arm, point.seed) == ("bn", 7) else {}

    for width in (45, 100):
        text = " ".join(" ".join(_lines(_found(plan_of("paper"), end), width)).split())
        assert "0/6" in text
        assert "6 diverged" in text
        assert "1 missing" in text
        assert "6 of 30 runs diverged (plain: all 6)." in text
        assert "1 of 30 runs not done yet (bn: seed 7)." in text


def test_the_notes_warn_of_test_data_other_data_and_mixed_data() -> None:
    text = " ".join(" ".join(_lines(_found(plan_of("paper")), 100)).split())
    assert "Best epochs were chosen on test data: optimistic." in text
    assert "Data: not the official CIFAR-10 bytes." in text
    mixed = _found(plan_of("paper"), lambda point: {"fingerprint": f"sha256:{point.seed % 2}"})
    assert "Mixed data: cifar10 was" in " ".join(" ".join(_lines(mixed, 100)).split())


def test_text_of_the_study_is_not_read_as_markup() -> None:
    found = _found(plan_of("paper", "seeds=[0]"))
    study = found.study.model_copy(update={"title": "[bold]BN[/bold] [/nonsense]"})
    assert "[bold]BN[/bold] [/nonsense]" in _lines(found.model_copy(update={"study": study}), 100)[0]
