"""Figures as data: read back from JSON as they were, with their arms and meanings in order; ranges keep to bounds."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from pydantic import TypeAdapter

from bn_study.presentation.figures.marks import Band, Bar, Cell, Cross, Dot, Line, Text, Whisker
from bn_study.presentation.figures.panel import (
    Axis,
    ColorScale,
    Figure,
    Panel,
    Tick,
    alt_text,
    arms_of,
    is_cells,
    meanings_of,
    span,
)

X = Axis("learning rate", -3.0, -1.0, ticks=(Tick(-3.0, "0.001"), Tick(-1.0, "0.1")), breaks=(-2.5,))
Y = Axis("accuracy (%)", 0.0, 100.0, ticked=(10.0, 90.0))
MARKS = (
    Line(arm=1, label="bn", x=(-3.0, -1.0), y=(40.0, math.nan), hovers=("bn: 40", "bn: none")),
    Band(arm=1, label="bn", x=(-3.0, -1.0), low=(39.0, math.nan), high=(41.0, math.nan)),
    Whisker(arm=0, label="plain", along="y", at=-3.0, low=30.0, high=32.0),
    Bar(arm=0, label="plain", along="x", at=0.0, width=0.8, end=31.0),
    Dot(arm=1, label="bn", x=-3.0, y=87.0, shape="diamond", look="hollow", meaning="published"),
    Cross(arm=0, label="plain", x=-1.0, y=2.0, said="2/3", meaning="diverged runs of planned"),
    Cell(x=0.0, y=0.0, value=math.nan, said=("✕ 3/3",), look="hatched"),
    Text(x=-3.0, y=40.0, said="40.0", side="above"),
)
FIGURE = Figure(
    form="Chart of everything",
    name="everything",
    title="A title",
    panels=(Panel("batch size 32", X, Y, MARKS, right=Axis("training time (s)", 0.0, 9.0)),),
    columns=1,
    caption=("One seed: no interval.",),
    colors=ColorScale("accuracy (%)", 10.0, 90.0),
    run_ids=("bn_s0-1a2b3c",),
)


def test_a_figure_with_every_mark_is_read_back_from_json_as_it_was() -> None:
    holder = TypeAdapter(Figure)
    text = holder.dump_json(FIGURE)
    again = holder.validate_json(text)
    assert repr(again) == repr(FIGURE)  # by text, for NaN is not equal to itself
    assert b"NaN" not in text


def test_arms_stand_in_the_order_of_the_study_and_meanings_in_that_of_the_marks() -> None:
    assert arms_of(FIGURE) == ((0, "plain"), (1, "bn"))
    assert [mark.meaning for mark in meanings_of(FIGURE)] == ["published", "diverged runs of planned"]


def test_whoever_does_not_see_it_is_told_form_title_panels_and_caption() -> None:
    assert alt_text(FIGURE) == "Chart of everything: A title. Panels: batch size 32. One seed: no interval."
    assert is_cells(FIGURE.panels[0])


@pytest.mark.parametrize(
    ("values", "bounds", "expected"),
    [
        ((10.0, 30.0), (-math.inf, math.inf), (9.0, 31.0)),
        ((10.0, 99.5), (0.0, 100.0), (5.525, 100.0)),
        ((0.0, 50.0), (0.0, 100.0), (0.0, 52.5)),
        ((50.0, 50.0, math.nan), (0.0, 100.0), (45.0, 55.0)),
        ((0.0,), (-math.inf, math.inf), (-1.0, 1.0)),
        ((math.nan,), (0.0, 100.0), (0.0, 1.0)),
        ((), (0.0, 100.0), (0.0, 1.0)),
    ],
)
def test_a_range_holds_every_number_with_room_and_keeps_to_what_the_quantity_can_be(
    values: tuple[float, ...], bounds: tuple[float, float], expected: tuple[float, float]
) -> None:
    assert span(values, *bounds) == pytest.approx(expected)


def test_figures_as_data_need_no_matplotlib() -> None:
    script = "import sys, bn_study.presentation.figures.panel; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
