"""Native charts of every kind of panel: every number is in them, no number is covered, the XML is the schema's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from drawn_studies import drawn, two_arms_at_five_batch_sizes, two_arms_at_seven_rates, two_axes, with_divergence
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Inches
from synthetic_study import plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.config.figure import (
    AxisFigure,
    BarsFigure,
    CurvesFigure,
    FigureSpec,
    GapFigure,
    HeatmapFigure,
    ParallelFigure,
    StepTimeFigure,
)
from bn_study.planning.expansion import Plan
from bn_study.presentation.drawing.text import text_width
from bn_study.presentation.figures.marks import Band, Bar, Cross, Dot, Line, Whisker
from bn_study.presentation.figures.panel import Axis, Figure, Panel, span
from bn_study.presentation.findings import find
from bn_study.presentation.slides.axes import ruler_along
from bn_study.presentation.slides.charts import add_panel, is_picture
from bn_study.presentation.slides.look import TEXT_POINTS

BOX = (0, 0, Inches(6), Inches(4.8))
THREE = "seeds=[0, 1, 2]"


def plain() -> Plan:
    return plan_of("paper", THREE)


CASES: dict[str, tuple[Any, tuple[FigureSpec, ...]]] = {
    "curves": (plain, (CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy")),)),
    "log curves": (plain, (CurvesFigure(kind="curves", metrics=("validation_loss",), y_scale="log"),)),
    "bars": (plain, (BarsFigure(kind="bars", metrics=("last_validation_accuracy", "best_validation_accuracy")),)),
    "gap": (plain, (GapFigure(kind="gap"),)),
    "step time": (plain, (StepTimeFigure(kind="step_time"),)),
    "lines": (
        two_arms_at_seven_rates,
        (AxisFigure(kind="axis", metrics=("best_validation_accuracy",), published=True),),
    ),
    "columns": (
        two_arms_at_seven_rates,
        (AxisFigure(kind="axis", metrics=("best_validation_accuracy",), mark="bars", published=True),),
    ),
    "right axis": (
        two_arms_at_five_batch_sizes,
        (AxisFigure(kind="axis", metrics=("last_validation_accuracy",), second_metric="train_seconds"),),
    ),
    "columns, right axis": (
        two_arms_at_five_batch_sizes,
        (AxisFigure(kind="axis", metrics=("train_seconds",), mark="bars", second_metric="last_validation_accuracy"),),
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=[*CASES, "story", "story of a grid"])
def shown(request: pytest.FixtureRequest) -> list[tuple[Panel, Any]]:
    """Every panel of a kind, or of what slides tell of a study, with its chart."""
    slide = Presentation().slides.add_slide(Presentation().slide_layouts[5])
    panels = [(panel, figure) for figure in figures_shown(request.param) for panel in figure.panels]
    assert panels
    return [(panel, add_panel(slide.shapes, BOX, panel, figure).chart) for panel, figure in panels if panel.marks]


def figures_shown(kind: str) -> list[Figure]:
    if kind.startswith("story"):
        plan = two_arms_at_seven_rates() if "grid" in kind else plain()
        return [scene.figure for scene in find(results_of(plan, realistic(plan, with_divergence))).story]
    plan, figures = CASES[kind]
    return [figure for figure in drawn(plan(), *figures) if not figure.name.startswith("published")]


def series_of(chart: Any) -> list[Any]:
    return [series for plot in chart.plots for series in plot.series]


def numbers_in(element: Any) -> list[float]:
    return [float(value.text) for value in element.iter(qn("c:v"))]


def test_every_number_of_a_panel_stands_in_its_chart(shown: list[tuple[Panel, Any]]) -> None:
    for panel, chart in shown:
        held = {round(abs(value), 9) for series in series_of(chart) for value in series.values if value is not None}
        held |= {round(abs(x), 9) for series in chart._chartSpace.iter(qn("c:xVal")) for x in numbers_in(series)}
        wanted: set[float] = set()
        for mark in panel.marks:
            if isinstance(mark, Bar):
                wanted.add(mark.end)
            elif isinstance(mark, Dot):
                wanted |= {mark.y} if panel.x.ticks else {mark.x}
            elif isinstance(mark, Line):
                wanted |= {y for y in mark.y if math.isfinite(y)}
        assert wanted
        assert {round(abs(value), 9) for value in wanted} <= held


def test_every_interval_is_a_whisker_of_its_length(shown: list[tuple[Panel, Any]]) -> None:
    for panel, chart in shown:
        ends = [(mark.low, mark.high) for mark in panel.marks if isinstance(mark, Whisker)]
        ends += [
            pair for mark in panel.marks if isinstance(mark, Band) for pair in zip(mark.low, mark.high, strict=True)
        ]
        wanted = sorted(high - low for low, high in ends if high > low)
        lengths = []
        for bars in chart._chartSpace.iter(qn("c:errBars")):
            minus, plus = (numbers_in(bars.find(qn(name))) for name in ("c:minus", "c:plus"))
            lengths += [low + high for low, high in zip(minus, plus, strict=True) if low + high]
        for series in series_of(chart):
            if series.name == "interval":  # along x, as a line
                low, high = numbers_in(series._element.find(qn("c:xVal")))
                lengths.append(high - low)
        assert sorted(lengths) == pytest.approx(wanted)


def test_diverged_runs_are_counted_in_the_chart(shown: list[tuple[Panel, Any]]) -> None:
    for panel, chart in shown:
        said = ["".join(text.text for text in rich.iter(qn("a:t"))) for rich in chart._chartSpace.iter(qn("c:rich"))]
        said += [name.text for names in chart._chartSpace.iter(qn("c:cat")) for name in names.iter(qn("c:v"))]
        for mark in panel.marks:
            if isinstance(mark, Cross):
                assert any(mark.said in text for text in said)


def test_axes_end_at_bounds_and_hold_every_mark(shown: list[tuple[Panel, Any]]) -> None:
    for panel, chart in shown:
        for axis in chart._chartSpace.iter(qn("c:valAx")):
            low, high = (float(axis.find(f".//{qn(f'c:{end}')}").get("val")) for end in ("min", "max"))
            title = "".join(text.text for text in axis.iter(qn("a:t")))
            assert low < high
            if "(%)" in title:
                assert high <= 100
        bars = [mark for mark in panel.marks if isinstance(mark, Bar)]
        if bars:
            scaling = chart._chartSpace.find(f".//{qn('c:valAx')}/{qn('c:scaling')}")
            assert float(scaling.find(qn("c:min")).get("val")) == 0
            assert float(scaling.find(qn("c:max")).get("val")) >= max(mark.end for mark in bars)


def labels_of(chart: Any) -> Iterator[tuple[str, float, float]]:
    """(text, value, lower half of the interval) of every number at a bar's foot."""
    for series in series_of(chart):
        errors = series._element.find(qn("c:errBars"))
        minus = numbers_in(errors.find(qn("c:minus"))) if errors is not None else []
        for label in series._element.iter(qn("c:dLbl")):
            if label.find(qn("c:dLblPos")).get("val") == "inBase":
                place = int(label.find(qn("c:idx")).get("val"))
                said = "".join(text.text for text in label.iter(qn("a:t")))
                yield said, series.values[place], minus[place] if place < len(minus) else 0.0


def test_no_whisker_runs_through_a_number(shown: list[tuple[Panel, Any]]) -> None:
    """A lying bar's number ends before its interval begins; measured with the frame's own width."""
    for panel, chart in shown:
        if not any(isinstance(mark, Bar) and mark.along == "x" for mark in panel.marks):
            continue
        share = float(chart._chartSpace.find(f".//{qn('c:plotArea')}/{qn('c:layout')}//{qn('c:w')}").get("val"))
        points = share * BOX[2] / 12_700 / chart.value_axis.maximum_scale
        labels = list(labels_of(chart))
        assert labels
        for said, value, minus in labels:
            assert text_width(said, TEXT_POINTS) < points * (value - minus)


def test_the_legend_names_each_arm_once_in_the_order_of_the_study(shown: list[tuple[Panel, Any]]) -> None:
    for panel, chart in shown:
        if not chart.has_legend:
            continue
        gone = {int(entry.find(qn("c:idx")).get("val")) for entry in chart.legend._element.findall(qn("c:legendEntry"))}
        names = [series.name for place, series in enumerate(series_of(chart)) if place not in gone]
        assert len(names) == len(set(names)) > 0
        arms = {mark.label: mark.arm for mark in panel.marks if mark.arm is not None}
        ranks = [arms[name] for name in names if name in arms]
        assert ranks == sorted(ranks)


#: ECMA-376 part 1, 21.2.2: the order of an element's children. Elsewhere PowerPoint "repairs" the file.
ORDERS = {
    "chart": "title autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs showDLblsOverMax",
    "plotArea": "layout barChart lineChart scatterChart catAx valAx",
    "barChart": "barDir grouping varyColors ser dLbls gapWidth overlap axId",
    "lineChart": "grouping varyColors ser dLbls marker smooth axId",
    "scatterChart": "scatterStyle varyColors ser dLbls axId",
    "ser": "idx order tx spPr invertIfNegative marker dPt dLbls trendline errBars cat xVal val yVal smooth",
    "dPt": "idx invertIfNegative marker bubble3D explosion spPr",
    "dLbl": "idx delete layout tx numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent "
    "showBubbleSize separator",
    "errBars": "errDir errBarType errValType noEndCap plus minus val spPr",
    "legend": "legendPos legendEntry layout overlay spPr txPr",
    "scaling": "logBase orientation max min",
    "valAx": "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark "
    "tickLblPos spPr txPr crossAx crosses crossesAt crossBetween majorUnit minorUnit",
    "catAx": "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark "
    "tickLblPos spPr txPr crossAx crosses crossesAt auto lblAlgn lblOffset noMultiLvlLbl",
    "ln": "noFill solidFill gradFill pattFill prstDash custDash round bevel miter headEnd tailEnd",
}


def test_elements_stand_in_the_order_of_the_schema(shown: list[tuple[Panel, Any]]) -> None:
    met = set()
    for _, chart in shown:
        for element in chart._chartSpace.iter():
            name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
            if name in ORDERS and len(element):
                met.add(name)
                order = ORDERS[name].split()
                if name == "plotArea":  # axes come in any order, but after all charts
                    order = ["layout", "barChart", "lineChart", "scatterChart", "axis"]
                children = [child.tag.rpartition("}")[2] for child in element]
                if name == "plotArea":
                    children = ["axis" if child in ("catAx", "valAx") else child for child in children]
                assert children == sorted(children, key=order.index), name
    assert {"chart", "plotArea", "ser", "valAx", "scaling"} <= met


def figures_of(plan: Plan, *specs: FigureSpec) -> tuple[Figure, ...]:
    return tuple(figure for figure in drawn(plan, *specs) if not figure.name.startswith("published"))


def test_what_powerpoint_has_no_form_for_is_a_picture_and_nothing_else_is() -> None:
    (heat,) = figures_of(two_axes(), HeatmapFigure(kind="heatmap", metrics=("last_validation_accuracy",)))
    metrics = ("last_validation_accuracy", "train_seconds")
    (parallel,) = figures_of(plain(), ParallelFigure(kind="parallel", metrics=metrics))
    assert is_picture(heat)
    assert is_picture(parallel)
    for plan, specs in CASES.values():
        assert not any(map(is_picture, figures_of(plan(), *specs)))


@pytest.mark.parametrize("epochs", [2, 4, 15, 60, 200, 400])
def test_an_axis_of_whole_numbers_begins_with_the_first_or_a_round_one_before_it(epochs: int) -> None:
    """The file has ticks from the axis' low end on, every `step`: from −8 on, none of them would be round."""
    low, high = span((1.0, float(epochs)))
    ruler = ruler_along(Axis("epoch", low, high, whole=True), 400.0, up=False)
    assert low <= ruler.low <= 1
    assert epochs <= ruler.high <= high
    assert ruler.low == 1 or ruler.low % ruler.step == 0
