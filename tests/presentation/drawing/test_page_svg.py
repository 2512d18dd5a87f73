"""Panels as SVG of a page: the page's colours, a class an arm, texts that stay text, nothing that nobody sees."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from drawn_studies import by_hand, drawn, marks_of, two_small_axes, with_study
from synthetic_study import plan_of

from bn_study.config.figure import CurvesFigure, GapFigure, HeatmapFigure
from bn_study.presentation.drawing.page_svg import legend, panel_svgs, scale_colors
from bn_study.presentation.drawing.style import DARK, LIGHT
from bn_study.presentation.figures.arm_style import PALETTE
from bn_study.presentation.figures.marks import Line
from bn_study.presentation.figures.panel import Axis, Figure, Panel

HEAT = HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def curves() -> Figure:
    plan = with_study(plan_of("paper", "seeds=[0, 1]"), published=())
    figure = CurvesFigure(kind="curves", metrics=("validation_accuracy",), title='5 $ or <b>10 $</b> & "more"')
    return drawn(plan, figure)[0]


def test_every_arm_is_a_class_and_colours_are_the_pages(curves: Figure) -> None:
    (text,) = panel_svgs(curves, "f")
    root = ET.fromstring(text)
    groups = {group.get("class") for group in root.iter(f"{SVG}g")} - {None}
    assert groups == {f"mark a{arm}" for arm in range(5)}
    assert set(re.findall(r"var\((--arm\d)\)", text)) == {f"--arm{arm}" for arm in range(5)}
    assert not re.search("|".join((*PALETTE, *(theme.ink for theme in (LIGHT, DARK)), LIGHT.grid, LIGHT.quiet)), text)


def test_points_tell_their_numbers_where_they_are_drawn(curves: Figure) -> None:
    root = ET.fromstring(panel_svgs(curves, "f")[0])
    for line in marks_of(curves.panels[0], Line):
        group = next(one for one in root.iter(f"{SVG}g") if one.get("class") == f"mark a{line.arm}" and len(one) > 4)
        circles = group.findall(f"{SVG}circle")
        assert [circle.findtext(f"{SVG}title") for circle in circles] == list(line.hovers)
        used = {(round(float(use.attrib["x"])), round(float(use.attrib["y"]))) for use in group.iter(f"{SVG}use")}
        assert used  # markers, as matplotlib placed them
        points = {(int(circle.attrib["cx"]), int(circle.attrib["cy"])) for circle in circles}
        assert all(min(math.hypot(x - a, y - b) for a, b in points) < 2 for x, y in used)


def test_texts_are_texts_and_escaped(curves: Figure) -> None:
    (text,) = panel_svgs(curves, "f")
    root = ET.fromstring(text)
    texts = {one.text for one in root.iter(f"{SVG}text")}
    assert {"epoch", "validation accuracy (%)", "1", "4"} <= texts
    assert "font-family" not in text
    assert root.get("aria-label") == f"Line chart: {curves.title}"
    assert "<b>" not in text


def test_ids_of_two_panels_never_meet() -> None:
    (figure,) = drawn(
        two_small_axes(), HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",)), end=by_hand
    )
    first, second = (set(re.findall(r' id="([^"]+)"', text)) for text in panel_svgs(figure, "f"))
    text = panel_svgs(figure, "f")[0]
    assert first  # the hatching of a cell
    assert not first & second
    assert set(re.findall(r'(?:url\(|href=")#([\w-]+)', text)) == first


def test_a_legend_has_a_sample_of_every_arm_and_of_every_look() -> None:
    plan = with_study(plan_of("paper", "seeds=[0, 1]"), published=())
    (figure,) = drawn(plan, GapFigure(kind="gap"))
    entries = legend(figure, "f")
    assert [(entry.label, entry.arm) for entry in entries] == [
        *((name, arm) for arm, name in enumerate(plan.source.study.arms)),
        ("gap, in points", None), ("validation", None), ("training", None),
    ]  # fmt: skip
    places = [PALETTE.index(style.color) for style in figure.styles]
    assert [f"var(--arm{place})" in one.sample for one, place in zip(entries[:5], places, strict=True)] == [True] * 5


def test_the_scale_of_cells_runs_from_the_lowest_to_the_highest_value() -> None:
    (figure,) = drawn(
        two_small_axes(), HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",)), end=by_hand
    )
    values = [float(value) for _, value in scale_colors(figure)]
    assert values == pytest.approx([20, 28.75, 37.5, 46.25, 55])
    assert scale_colors(replace(figure, colors=None)) == []


def test_what_lies_within_a_pixel_is_not_drawn_twice() -> None:
    """A line of 5,000 points is as small as one of 200, and keeps its first and its last."""
    x = tuple(map(float, range(5000)))
    line = Line(arm=0, label="bn", x=x, y=tuple(math.sin(at / 500) for at in x), hovers=tuple(f"<{at}>" for at in x))
    panel = Panel("", Axis("epoch", 0.0, 5000.0), Axis("y", -1.1, 1.1), (line,))
    figure = Figure(form="Line chart", name="long", title="", panels=(panel,), columns=1, caption=())
    (text,) = panel_svgs(figure, "f")
    said = [title.text for title in ET.fromstring(text).iter(f"{SVG}title")]
    assert 190 <= len(said) <= 201
    assert (said[0], said[-1]) == ("<0.0>", "<4999.0>")
    assert len(text) < 40_000
