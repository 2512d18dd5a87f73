"""Parallel coordinates as marks, against heights counted by hand."""

from __future__ import annotations

import itertools
import math

import pytest
from drawn_studies import by_hand, drawn, marks_of, two_small_axes

from bn_study.config.figure import ParallelFigure
from bn_study.planning.expansion import Point
from bn_study.presentation.figures.marks import Cross, Line, Text
from bn_study.presentation.figures.panel import Panel

LAST = ParallelFigure(kind="parallel", metrics=("last_validation_accuracy",))


def _lines(panel: Panel) -> dict[str, Line]:
    return {line.hover: line for line in marks_of(panel, Line) if line.arm is not None}


def _heights(line: Line) -> list[float]:
    """One a coordinate: the height at which the line leaves it, or arrives at the last."""
    runs = [list(run) for known, run in itertools.groupby(line.y, key=math.isfinite) if known]
    return [run[0] for run in runs] + [runs[-1][1]]


def test_lines_pass_through_the_arm_every_axis_and_every_metric() -> None:
    (figure,) = drawn(two_small_axes(), LAST, end=by_hand)
    (panel,) = figure.panels
    assert [tick.said for tick in panel.x.ticks or ()] == [
        "arm", "learning rate", "batch size", "validation accuracy, last epoch (%)",
    ]  # fmt: skip
    texts = {(text.x, text.y): text.said for text in marks_of(panel, Text)}
    assert [texts[3.0, height] for height in (0.0, 0.5, 1.0)] == ["20.0", "37.5", "55.0"]
    assert [texts[0.0, height] for height in (1.0, 0.0)] == ["plain", "bn"]
    lines = _lines(panel)
    assert len(lines) == 12
    first = lines["plain, learning rate 0.001, batch size 32: validation accuracy, last epoch 20.0"]
    assert _heights(first) == pytest.approx([1.0, 0.0, 0.0, 0.0], abs=0.02)
    middle = lines["bn, learning rate 0.01, batch size 64: validation accuracy, last epoch 45.0"]
    assert _heights(middle) == pytest.approx([0.0, 0.5, 1.0, 25 / 35], abs=0.02)


def test_a_line_of_runs_that_all_diverged_ends_in_a_cross_below_every_value() -> None:
    (panel,) = drawn(two_small_axes(), LAST, end=by_hand)[0].panels
    (cross,) = marks_of(panel, Cross)
    assert cross.hover == "plain, learning rate 0.1, batch size 32: 2 of 2 runs diverged"
    assert panel.y.low < cross.y < 0.0
    assert _lines(panel)[cross.hover].y[-1] == cross.y


def test_what_was_measured_is_drawn_though_another_metric_was_not() -> None:
    figure = ParallelFigure(kind="parallel", metrics=("last_validation_accuracy", "step_seconds"))
    (one,) = drawn(two_small_axes(), figure, end=lambda point: {"step_seconds": None})
    assert len(_lines(one.panels[0])) == 12
    assert one.panels[0].empty == ""
    last = [text.said for text in marks_of(one.panels[0], Text) if text.x == 4.0]
    assert last == []  # the coordinate of the step time has no values


@pytest.mark.parametrize(
    ("end", "said"), [({"missing": True}, "no finished run yet"), ({"step_seconds": None}, "not measured")]
)
def test_without_any_number_it_says_why(end: dict[str, object], said: str) -> None:
    figure = ParallelFigure(kind="parallel", metrics=("step_seconds",))

    def of(point: Point) -> dict[str, object]:
        return end

    (one,) = drawn(two_small_axes(), figure, end=of)
    assert [(panel.marks, panel.empty) for panel in one.panels] == [((), said)]
