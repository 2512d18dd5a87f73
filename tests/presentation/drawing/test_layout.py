"""No text lies on another, on a mark or beyond the figure: of every kind, for few and many arms and grid points."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from drawn_studies import drawn, looked_into, with_divergence, with_study
from matplotlib.figure import Figure as Drawing
from matplotlib.text import Text as Written
from synthetic_study import BEHAVIOUR, plan_of

from bn_study.config.figure import (
    AxisFigure,
    BarsFigure,
    CurvesFigure,
    FigureSpec,
    GapFigure,
    HeatmapFigure,
    ParallelFigure,
    ProbeFigure,
    StepTimeFigure,
    TheoryLine,
)
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.drawing.canvas import draw
from bn_study.presentation.drawing.layout import Box, lay_out, mark_boxes
from bn_study.presentation.drawing.style import HEIGHT, WIDTH, figure_style
from bn_study.presentation.figures.marks import Text

LAST, BEST = ("last_validation_accuracy",), ("best_validation_accuracy",)
KINDS: tuple[FigureSpec, ...] = (
    CurvesFigure(kind="curves", metrics=("train_accuracy", "validation_accuracy", "validation_loss")),
    CurvesFigure(kind="curves", metrics=("validation_accuracy",), against="seconds"),
    BarsFigure(kind="bars", metrics=(*LAST, *BEST)),
    AxisFigure(kind="axis", metrics=BEST),
    AxisFigure(kind="axis", metrics=BEST, mark="bars", second_metric="train_seconds"),
    HeatmapFigure(kind="heatmap", metrics=LAST),
    StepTimeFigure(kind="step_time"),
    GapFigure(kind="gap"),
    ParallelFigure(kind="parallel", metrics=(*LAST, "train_seconds")),
    ProbeFigure(kind="probe", view="heatmap"),
    ProbeFigure(kind="probe", view="profile", theory=TheoryLine(says="as in theory", value=0.1)),
    ProbeFigure(kind="probe", view="bands"),
    ProbeFigure(kind="probe", view="curve", quantities=("activation_shift", "gradient_shift")),
)
RATES = "grid.training.learning_rate.initial=[0.0001, 0.001, 0.01, 0.1, 1, 10]"
GRIDS = {
    1: (),
    3: ("grid.training.learning_rate.initial=[0.001, 0.01, 1]",),
    6: (RATES,),
    12: (RATES, "grid.model.norm=[{kind: none}, {kind: ghost, virtual_batch_size: 16}]"),
}
AREA = Box(14, 40, WIDTH - 28, HEIGHT - 140)
LONG = "normalization_after_the_activation_without_dropout_"


def study_of(arms: int, points: int, long_names: bool, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """So many arms at so many grid points, two seeds, and a published number of each arm."""
    plan = plan_of("paper", "seeds=[0, 1]", *GRIDS[points])
    models = list(plan.source.study.arms.items())
    named = {f"{LONG if long_names else 'arm_'}{n}": models[n % len(models)] for n in range(arms)}
    for name, (model, _) in named.items():
        monkeypatch.setitem(BEHAVIOUR, name, BEHAVIOUR[model])

    def renamed(point: Point, name: str) -> Point:
        own = point.spec.model_copy(update={"seed": point.seed + 10 * list(named).index(name)})
        return replace(point, arm=name, run_id=f"{name}/{point.run_id}", spec=own)

    own = tuple(renamed(p, name) for name, (model, _) in named.items() for p in plan.points if p.arm == model)
    numbers = tuple(Published(id=name, arm=name, metric=BEST[0], value=0.47, uncertainty=0.02, at=dict(own[0].axes))
                    for name in named)  # fmt: skip
    arms_ = {name: changes for name, (_, changes) in named.items()}
    return replace(with_study(plan, arms=arms_, published=numbers), points=own)


def ends(point: Point) -> dict[str, Any]:
    """From rate 1 on some diverge; an arm is missing; intervals are wide."""
    if point.arm.endswith("2"):
        return {"missing": True}
    far = {"step_seconds": 0.016 + 0.004 * point.seed, **with_divergence(point), **looked_into(point)}
    return far if len(point.arm) % 2 else {**far, "epoch_seconds": 4.0}


def boxes(drawing: Drawing) -> Iterator[tuple[str, Box]]:
    """Of every text as it is drawn, in points; letters reach neither to the top nor the bottom of their line."""
    drawing.draw_without_rendering()
    for text in drawing.findobj(Written):
        assert isinstance(text, Written)
        if text.get_text() and text.get_visible() and text.get_rotation() % 90 == 0:
            box, lines = text.get_window_extent(), text.get_text().count("\n") + 1
            flat = text.get_rotation() == 0
            slack = 0.16 * (box.height if flat else box.width) / lines
            aside, up = (0.0, slack) if flat else (slack, 0.0)
            sides = (box.x0 + aside, box.y0 + up, box.width - 2 * aside, box.height - 2 * up)
            yield text.get_text(), Box(*(side * 72 / drawing.dpi for side in sides))


@pytest.mark.parametrize(
    ("arms", "points", "long_names"),
    [(1, 1, False), (8, 1, True), (3, 3, False), (5, 6, True), (2, 12, False), (8, 12, True)],
)
def test_no_text_meets_another_or_a_mark_or_leaves_the_figure(
    arms: int, points: int, long_names: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    texts = numbers = 0
    for figure in drawn(study_of(arms, points, long_names, monkeypatch), *KINDS, end=ends):
        if "(2 of 2)" in figure.title:
            continue
        with figure_style():
            written = list(boxes(draw(figure)))
        texts += len(written)
        pairs = itertools.combinations(written, 2)
        found += [f"{figure.name}: {one} meets {other}" for (one, a), (other, b) in pairs if a.meets(b)]
        found += [f"{figure.name}: {said} leaves" for said, box in written if not _is_inside(box)]
        for view in lay_out(figure, AREA).views:
            inside = replace(view, frame=Box(0, 0, view.frame.width, view.frame.height))
            marks = [box for mark in view.panel.marks for box in mark_boxes(inside, mark)]
            numbers += len(view.letters)
            found += [f"{figure.name}: {one.said} on a mark" for one in view.letters if any(map(one.box.meets, marks))]
    assert found == []
    assert texts > 100
    assert numbers >= 10


def _is_inside(box: Box) -> bool:
    return box.left >= 0 and box.bottom >= 0 and box.right <= WIDTH and box.top <= HEIGHT


def test_numbers_stand_at_every_mark_or_at_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the numbers would look as if the other half were missing."""
    shares = set()
    for arms, points in ((2, 3), (8, 6)):
        figure = drawn(study_of(arms, points, False, monkeypatch), KINDS[4], end=ends)[0]
        wanted = sum(isinstance(mark, Text) for panel in figure.panels for mark in panel.marks)
        written = [one for view in lay_out(figure, AREA).views for one in view.letters if "/" not in one.said]
        shares.add(len(written) / wanted)
    assert shares == {0.0, 1.0}
