"""What is written in YAML stands in every picture as it was written, and a library's warning never reaches a user."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from drawn_studies import drawn, with_study
from matplotlib.font_manager import fontManager
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from synthetic_study import plan_of

from bn_study.config.figure import CurvesFigure, GapFigure
from bn_study.presentation.drawing.canvas import draw
from bn_study.presentation.drawing.page_svg import panel_svgs
from bn_study.presentation.drawing.style import figure_style
from bn_study.presentation.figures.marks import Cell, Line
from bn_study.presentation.figures.panel import Axis, Figure, Panel, Tick

TITLES = ("costs 5 $ or 10 $", "from $HOME/a_{1 to $HOME/b", "\\alpha_2 & 100 % <b> #1 ^2", "_hidden", "$\\frac{1}{0$")


def _written(figure: Figure) -> list[str]:
    """Every text, as it was drawn in all formats; warnings are errors here."""
    with figure_style():
        drawing = draw(figure)
        for kind in ("png", "svg", "pdf"):
            drawing.savefig(io.BytesIO(), format=kind)
        return [text.get_text() for text in drawing.findobj(Text) if isinstance(text, Text)]


@pytest.mark.parametrize("said", TITLES)
def test_texts_are_drawn_as_they_are_written(said: str) -> None:
    line = Line(arm=0, label=said, x=(0.0, 1.0), y=(0.0, 1.0), hovers=(said, said))
    ticks = (Tick(0.0, said), Tick(1.0, "b"))
    panel = Panel(said, Axis(said, 0.0, 1.0, ticks=ticks), Axis(said, 0.0, 1.0), (line,))
    figure = Figure(form="Chart", name="x", title=said, panels=(panel, replace(panel, marks=(), empty=said)), columns=2,
                    caption=(said,))  # fmt: skip
    assert _written(figure).count(said) >= 7  # title, panels, axes, tick, name of the line, empty panel, caption
    assert len(panel_svgs(figure, "f")) == 2


def test_a_letter_that_a_font_has_is_drawn_and_one_that_none_has_is_a_box_and_said_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = with_study(plan_of("paper", "seeds=[0]"), published=())
    (figure,) = drawn(plan, GapFigure(kind="gap", title="an arc \u2312"))  # which DejaVu Sans Mono has
    assert "Boxes" not in " ".join(_written(figure))
    monkeypatch.setattr(fontManager, "ttflist", [one for one in fontManager.ttflist if one.name == "DejaVu Sans"])
    assert "Boxes: no installed font has \u2312;" in " ".join(_written(figure))


@pytest.mark.parametrize(("rows", "edge"), [(4, 1.0), (60, 0.0)])
def test_cells_that_are_small_have_no_edges_of_paper(rows: int, edge: float) -> None:
    """Of a cell of 5 points two edges of one would be half."""
    side = Axis("", -0.5, rows - 0.5, ticks=())
    cells = tuple(Cell(x=0.0, y=float(y), value=float(y)) for y in range(rows))
    figure = Figure("Heat map", "x", "x", (Panel("", Axis("", -0.5, 0.5, ticks=()), side, cells),), 1, ())
    with figure_style():
        drawn_cells = [patch for patch in draw(figure).findobj(Rectangle) if patch.get_height() == 0.96]
    assert [patch.get_linewidth() for patch in drawn_cells] == [edge] * rows


def test_lines_are_named_where_they_end_or_in_a_legend() -> None:
    plan = with_study(plan_of("paper", "seeds=[0]"), published=())
    (figure,) = drawn(plan, CurvesFigure(kind="curves", metrics=("validation_accuracy",)))
    (panel,) = figure.panels
    few = replace(panel, marks=tuple(mark for mark in panel.marks if mark.label in ("plain", "bn")))
    with figure_style():
        named, keyed = draw(replace(figure, panels=(few,))), draw(figure)
    assert len(keyed.axes) == len(named.axes) + 5  # a sample of each arm
    for drawing in (named, keyed):
        texts = [text.get_text() for text in drawing.findobj(Text) if isinstance(text, Text)]
        assert {"plain", "bn"} <= set(texts)
