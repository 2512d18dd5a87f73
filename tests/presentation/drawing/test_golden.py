"""Each kind of figure against a small picture that was looked at: fonts may differ a little, contents may not.

After a change that is meant: `BN_STUDY_NEW_GOLDEN=1 pytest tests/presentation/test_golden.py`, and look at them.
"""

from __future__ import annotations

import functools
import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from drawn_studies import (
    drawn,
    looked_into,
    three_axes,
    two_arms_at_five_batch_sizes,
    two_arms_at_seven_rates,
    with_arms,
    with_study,
)
from PIL import Image
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.config.figure import (
    AxisFigure,
    BarsFigure,
    CurvesFigure,
    GapFigure,
    HeatmapFigure,
    ParallelFigure,
    ProbeFigure,
    StepTimeFigure,
    TheoryLine,
)
from bn_study.planning.expansion import Plan
from bn_study.presentation.drawing.canvas import draw
from bn_study.presentation.drawing.style import DARK, LIGHT, figure_style
from bn_study.presentation.figures.panel import Figure

GOLDEN = Path(__file__).parent / "golden"
DOTS_PER_INCH = 40
#: Root mean square of differences, of 255, after averaging over 4 × 4 pixels. Measured of the step times: 0.3 for the
#: same figure (the palette of the golden picture), 10 with letters 1 % smaller, 12 with one of five bars 10 % shorter.
TOLERANCE = 4.0
BEST = ("best_validation_accuracy",)
LAST = ("last_validation_accuracy",)
SHIFTS = ("activation_shift", "gradient_shift")
THEORY = TheoryLine(says="0.1 decades a layer", slope=-0.1, arm="bn")


def _plain() -> Plan:
    return with_study(plan_of("paper", "seeds=[0, 1, 2]"), published=())


def _two_arms() -> Plan:
    return with_arms(_plain(), "plain", "bn")


def _printed() -> Plan:
    """What the source printed has a figure of its own, after those that are asked for."""
    return plan_of("paper", "seeds=[0, 1, 2]")


def _from_zero() -> Plan:
    """An axis of zero and decades."""
    decay = "grid.training.optimizer.weight_decay=[0, 1e-5, 1e-4, 1e-3, 1e-2]"
    return with_study(with_arms(plan_of("paper", "seeds=[0, 1, 2]", decay), "plain", "bn"), published=())


def _by_rate() -> Plan:
    grid = (LEARNING_RATES, "grid.training.batch_size=[32, 64]")
    return with_study(with_arms(plan_of("paper", "seeds=[0, 1, 2]", *grid), "plain", "bn"), published=())


@functools.cache
def _case(name: str) -> Figure:
    all_four = ("train_accuracy", "validation_accuracy", "train_loss", "validation_loss")
    plan, figure = {
        "curves": (_plain, CurvesFigure(kind="curves", metrics=all_four)),
        "curves_grid": (_by_rate, CurvesFigure(kind="curves", metrics=("validation_accuracy",))),
        "bars": (_plain, BarsFigure(kind="bars", metrics=(*LAST, *BEST))),
        "axis_bars": (two_arms_at_seven_rates, AxisFigure(kind="axis", metrics=BEST, mark="bars")),
        "axis_lines": (two_arms_at_seven_rates, AxisFigure(kind="axis", metrics=BEST)),
        "axis_duration": (
            two_arms_at_five_batch_sizes,
            AxisFigure(kind="axis", metrics=BEST, mark="bars", second_metric="train_seconds"),
        ),
        "axis_zero": (_from_zero, AxisFigure(kind="axis", metrics=LAST)),
        "axis_panels": (three_axes, AxisFigure(kind="axis", metrics=LAST)),
        "heatmap": (_by_rate, HeatmapFigure(kind="heatmap", metrics=LAST)),
        "gap": (_plain, GapFigure(kind="gap")),
        "step_time": (_plain, StepTimeFigure(kind="step_time")),
        "parallel": (_by_rate, ParallelFigure(kind="parallel", metrics=(*LAST, "train_seconds"))),
        "published": (_printed, StepTimeFigure(kind="step_time")),
        "probe_heatmap": (_two_arms, ProbeFigure(kind="probe", view="heatmap")),
        "probe_profile": (_two_arms, ProbeFigure(kind="probe", view="profile", theory=THEORY)),
        "probe_bands": (_two_arms, ProbeFigure(kind="probe", view="bands")),
        "probe_curve": (_two_arms, ProbeFigure(kind="probe", view="curve", quantities=SHIFTS)),
    }[name]
    return drawn(plan(), figure, **({"end": looked_into} if name.startswith("probe") else {}))[-1]


NAMES = ("curves", "curves_grid", "bars", "axis_bars", "axis_lines", "axis_duration", "axis_zero", "axis_panels",
         "heatmap", "gap", "step_time", "parallel", "published", "probe_heatmap", "probe_profile", "probe_bands",
         "probe_curve")  # fmt: skip
IN_THE_DARK = ("bars", "axis_bars", "axis_lines", "heatmap", "parallel")
PICTURES = [(name, "light") for name in NAMES] + [(name, "dark") for name in IN_THE_DARK]


def _picture(name: str, theme: str, path: Path) -> Path:
    with figure_style(DARK if theme == "dark" else LIGHT):
        draw(_case(name)).savefig(path, dpi=DOTS_PER_INCH, metadata={"Software": None})
    return path


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.sqrt(np.mean((one - other) ** 2)))


def _coarse(path: Path) -> np.ndarray:
    """Means of 4 × 4 pixels, which edges of letters hardly change."""
    with Image.open(path) as image:
        gray = np.asarray(image.convert("RGB"), dtype=np.float64)
    height, width = (side // 4 * 4 for side in gray.shape[:2])
    return gray[:height, :width].reshape(height // 4, 4, width // 4, 4, 3).mean(axis=(1, 3))


@pytest.mark.parametrize(("name", "theme"), PICTURES)
def test_a_figure_looks_as_it_did_when_it_was_looked_at(name: str, theme: str, tmp_path: Path) -> None:
    golden = GOLDEN / f"{name}_{theme}.png"
    picture = _picture(name, theme, tmp_path / "drawn.png")
    if os.environ.get("BN_STUDY_NEW_GOLDEN"):
        with Image.open(picture) as image:
            image.convert("RGB").quantize(64).save(golden, optimize=True)
    assert _difference(_coarse(golden), _coarse(picture)) < TOLERANCE


def test_two_figures_are_told_apart() -> None:
    """The tolerance is no blank cheque: every two of the pictures differ by more than it."""
    pictures = [_coarse(path) for path in sorted(GOLDEN.glob("*_light.png"))]
    assert len(pictures) == len(NAMES)
    assert min(_difference(a, b) for a, b in itertools.combinations(pictures, 2)) > TOLERANCE
    assert sum(path.stat().st_size for path in GOLDEN.iterdir()) < 500_000
