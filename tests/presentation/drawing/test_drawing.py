"""Charts become images: complete files, the same bytes each time, also when there is nothing to show."""

from __future__ import annotations

import math
import os
import struct
from pathlib import Path

import pytest
from bn_study.presentation.drawing.figures import draw
from bn_study.presentation.figures.bar_chart import Bar, BarChart, BarGroup, BarPanel
from bn_study.presentation.figures.line_chart import Line, LineChart, LinePanel
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.analysis.statistics import Interval
from bn_study.config.figure import BarsFigure, CurvesFigure
from bn_study.presentation.drawing.image_files import save_figure, write_whole
from bn_study.presentation.drawing.style import PALETTE, TEXT_POINTS, figure_style
from bn_study.presentation.figures.bars import bar_charts
from bn_study.presentation.figures.curves import curve_charts

NAN = math.nan


def _lines(*ends: float) -> LineChart:
    """One panel with a line from 0 to each end."""
    lines = tuple(
        Line(f"arm {n}", n, (1.0, 2.0), (Interval(0, 0, 0, 2), Interval(end, end - 1, end + 1, 2)))
        for n, end in enumerate(ends)
    )
    return LineChart("lines", "A title", (LinePanel("", "epoch", "accuracy (%)", "%", lines),), 1, ("A caption.",))


def test_the_same_chart_gives_the_same_bytes_in_all_three_formats(tmp_path: Path) -> None:
    for folder in ("first", "second"):
        with figure_style():
            save_figure(draw(_lines(50.0, 10.0)), tmp_path / folder, "x")
    for kind in ("png", "svg", "pdf"):
        first, second = ((tmp_path / folder / f"x.{kind}").read_bytes() for folder in ("first", "second"))
        assert first == second
        assert b"matplotlib" not in first.lower() or kind == "svg"  # SVG names it in a comment, without version
    width, height = struct.unpack(">II", (tmp_path / "first" / "x.png").read_bytes()[16:24])
    assert (width, height) == pytest.approx((2000, 1125), abs=1)
    assert {path.name for path in (tmp_path / "first").iterdir()} == {"x.png", "x.svg", "x.pdf"}


def test_arms_are_named_at_their_lines_or_in_a_legend() -> None:
    with figure_style():
        apart, close = draw(_lines(50.0, 10.0)), draw(_lines(50.0, 50.5))
    assert [text.get_text() for text in apart.axes[0].texts] == ["arm 0", "arm 1"]
    assert not apart.legends
    assert [text.get_text() for text in close.legends[0].get_texts()] == ["arm 0", "arm 1"]
    assert not close.axes[0].texts


def test_colours_are_those_of_the_arms_and_texts_are_large() -> None:
    with figure_style():
        figure = draw(_lines(50.0, 10.0))
    assert [line.get_color() for line in figure.axes[0].lines] == list(PALETTE[:2])
    sizes = [text.get_fontsize() for text in (*figure.axes[0].texts, *figure.axes[0].get_xticklabels())]
    assert min(sizes) == TEXT_POINTS >= 18


def test_bars_begin_at_zero_and_end_at_their_numbers() -> None:
    bars = tuple(Bar(n, "full", Interval(mean, NAN, NAN, 1), f"{mean}") for n, mean in enumerate((50.0, -10.0)))
    chart = BarChart("bars", "A title", "gap (%)", (BarPanel("", (BarGroup("one", bars),)),), ())
    with figure_style():
        axes = draw(chart).axes[0]
    assert [(patch.get_x(), patch.get_width()) for patch in axes.patches] == [(0, 50.0), (0, -10.0)]  # type: ignore[attr-defined]
    assert axes.get_xlim()[0] <= -10.0 < 50.0 < axes.get_xlim()[1]


@pytest.mark.parametrize("grid", [(), (LEARNING_RATES,)])
def test_figures_of_nothing_but_missing_runs_are_drawn_and_say_so(grid: tuple[str, ...]) -> None:
    plan = plan_of("paper", *grid)
    results = results_of(plan, {})
    (curves,) = curve_charts(results, CurvesFigure(kind="curves", metrics=("train_loss",)))
    (bars,) = bar_charts(results, BarsFigure(kind="bars", metrics=("last_validation_accuracy",)))
    with figure_style():
        drawn = [draw(curves), draw(bars)]
    for figure, said in zip(drawn, ("no finished run yet", "no finished run"), strict=True):
        assert all(axes.texts[0].get_text().replace("\n", " ") == said for axes in figure.axes)
        assert any("No finished run yet." in text.get_text() for text in figure.texts)


def test_panels_of_one_range_share_it_and_long_captions_stay_on_the_figure() -> None:
    plan = plan_of("paper", "seeds=[0, 1]")
    records = realistic(plan, lambda point: {"status": "diverged", "validation": [None]} if point.seed else {})
    figure = CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy"))
    (chart,) = curve_charts(results_of(plan, records), figure)
    with figure_style():
        drawn = draw(chart)
        drawn.draw_without_rendering()
        boxes = [text.get_window_extent() for text in drawn.texts]
    assert drawn.axes[0].get_ylim() == drawn.axes[1].get_ylim()
    assert all(box.x0 >= 0 and box.x1 <= drawn.bbox.width for box in boxes)
    assert max(box.y1 for box in boxes) <= drawn.bbox.height


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_whole(tmp_path / "x.csv", b"old")

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("x.csv", b"old")]
