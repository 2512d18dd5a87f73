"""What probes saw as marks, against numbers counted by hand from the closed forms of `synthetic_probes`."""

from __future__ import annotations

import math
from typing import Any

import pytest
from drawn_studies import drawn, looked_into, marks_of, with_arms, with_study
from pydantic import ValidationError
from synthetic_probes import DECAY, LAYERS, TIMES, probed
from synthetic_study import LEARNING_RATES, plan_of

from bn_study.config.figure import ProbeFigure, TheoryLine
from bn_study.planning.expansion import Plan
from bn_study.presentation.figures.marks import Band, Cell, Line
from bn_study.presentation.figures.panel import Figure, arms_of
from bn_study.store.probe_record import ProbesRecord, ProbeTable

RATE = "training.learning_rate.initial"
SHIFTS = ("activation_shift", "gradient_shift")


def two_arms(*grid: str) -> Plan:
    return with_study(with_arms(plan_of("paper", "seeds=[0, 1, 2]", *grid), "plain", "bn"), published=())


def probe(view: str, plan: Plan | None = None, end: Any = looked_into, **form: Any) -> tuple[Figure, ...]:
    return drawn(plan or two_arms(), ProbeFigure.model_validate({"kind": "probe", "view": view, **form}), end=end)


def test_a_heat_map_has_layers_from_the_input_up_and_looks_from_left_to_right() -> None:
    (figure,) = probe("heatmap")
    assert (figure.title, figure.name) == ("Gradient by layer and step", "probe_heatmap_gradient")
    plain, bn = figure.panels
    assert (plain.title, bn.title) == ("plain", "bn")
    assert [tick.said for tick in plain.x.ticks or ()] == ["0", "1", "4", "16", "391", "782", "1,173", "1,564"]
    assert [tick.said for tick in plain.y.ticks or ()] == ["1", "2", "3", "4", "5"]
    cells = {(cell.x, cell.y): cell for cell in marks_of(plain, Cell)}
    assert len(cells) == len(TIMES) * len(LAYERS)
    for (look, layer), cell in cells.items():
        expected = -1 - DECAY["plain"] * (4 - layer) - look / 7 + 0.2
        assert cell.value == pytest.approx(expected, abs=1e-5)
        assert float(cell.short.replace("−", "-")) == pytest.approx(expected, abs=0.051)
    assert cells[3, 0].hover.startswith("plain, hidden_1, step 16: log₁₀ RMS ∂L/∂z −3.23, n = 3")
    assert figure.colors
    assert figure.colors.label == "log₁₀ RMS ∂L/∂z"
    assert "Means over seeds are those of logarithms." in figure.caption


def test_a_profile_is_by_depth_with_the_theory_s_slope_through_the_arm_s_last_layer() -> None:
    theory = {"says": "theory", "slope": DECAY["bn"], "arm": "bn"}
    for when, look in (("start", 0), ("end", 7)):
        (figure,) = probe("profile", when=when, theory=theory)
        (panel,) = figure.panels
        assert panel.y.log
        assert panel.x.label == "layer, from the input"
        (bn,), (line,) = marks_of(panel, Line, "bn"), marks_of(panel, Line, "theory")
        assert bn.x == (1.0, 2.0, 3.0, 4.0, 5.0)
        logs = [-1 - DECAY["bn"] * (4 - layer) - look / 7 + 0.2 for layer in range(5)]
        assert [math.log10(y) for y in bn.y] == pytest.approx(logs, abs=1e-5)
        assert (line.x, line.y) == ((1.0, 5.0), pytest.approx((bn.y[0], bn.y[-1]), rel=1e-4))
        assert (line.meaning, line.arm) == ("theory", None)


def test_a_value_of_theory_lies_across_the_panel() -> None:
    (figure,) = probe("curve", quantities=("gradient_decay",), theory={"says": "flat", "value": 0.0})
    (panel,) = figure.panels
    (line,), (plain,) = marks_of(panel, Line, "flat"), marks_of(panel, Line, "plain")
    assert line.y == (0.0, 0.0)
    assert line.x == (plain.x[0], plain.x[-1])
    assert plain.y == pytest.approx([DECAY["plain"]] * len(TIMES), abs=1e-5)


def test_both_shifts_stand_side_by_side_against_the_step() -> None:
    """Steps are logarithmic, 0 on their left; where nothing can be said there is no point."""
    (figure,) = probe("curve", quantities=SHIFTS)
    assert figure.title == "Shift of inputs and shift of gradients against the step"
    assert (figure.columns, [panel.title for panel in figure.panels]) == (2, ["", ""])
    labels = [panel.y.label for panel in figure.panels]
    assert labels == ["shift of inputs, W₁ / σ", "shift of gradients, ‖G − G′‖ / ‖G‖"]
    inputs, gradients = (marks_of(panel, Line, "bn")[0] for panel in figure.panels)
    assert gradients.x == pytest.approx([-0.5, 0.0, *(math.log10(step) for _, step in TIMES[2:])])
    assert inputs.x == gradients.x[1:]
    assert inputs.y == pytest.approx([0.1 / (1 + look) + 0.03 for look in range(1, len(TIMES))])
    assert [tick.said for tick in figure.panels[0].x.ticks or ()] == ["0", "1", "10", "100", "1,564"]
    assert figure.caption[-1] == "Mean over layers."
    assert arms_of(figure) == ((0, "plain"), (1, "bn"))


def test_an_axis_does_not_reach_below_what_can_be() -> None:
    """Two seeds that are far apart have an interval below 0, where no shift is."""

    def end(point: Any) -> dict[str, Any]:
        return {"probes": probed(point), "missing": point.seed == 1}

    panel = probe("curve", quantities=SHIFTS, end=end)[0].panels[0]
    assert min(low for band in marks_of(panel, Band) for low in band.low) < 0 == panel.y.low


def test_two_seeds_that_are_decades_apart_have_an_interval_that_floats_hold() -> None:
    def end(point: Any) -> dict[str, Any]:
        rows = tuple((10.0 ** (30 - 60 * point.seed), 1.0) for _ in TIMES)
        table = ProbeTable(probe="gradients", quantity="signal", of=("a", "b"), values=rows)
        return {"probes": ProbesRecord(times=probed(point).times, tables=(table,)), "missing": point.seed == 2}

    (panel,) = probe("profile", end=end)[0].panels
    assert marks_of(panel, Band)[0].high[0] == 1e250
    assert 0 < panel.y.low < panel.y.high < math.inf


def test_a_curve_of_one_layer_is_that_layer_s() -> None:
    for layer, expected in ((2, 0.12), (-1, 0.42)):
        (figure,) = probe("curve", quantities=("gradient_shift",), layer=layer)
        assert marks_of(figure.panels[0], Line, "bn")[0].y == pytest.approx([expected] * len(TIMES))


def test_bands_are_percentiles_of_one_layer_an_arm_a_panel_and_no_intervals() -> None:
    (figure,) = probe("bands", layer=3)
    assert figure.title == "Inputs of nonlinearity 3 while training"
    assert figure.caption[0] == "Means over 3 seeds."
    assert [panel.title for panel in figure.panels] == ["plain", "bn"]
    assert len({panel.y for panel in figure.panels}) == 1
    (band,), (median,) = marks_of(figure.panels[1], Band), marks_of(figure.panels[1], Line)
    for look in range(len(TIMES)):
        middle = 0.1 * look + 0.01
        found = band.low[look], median.y[look], band.high[look]
        assert found == pytest.approx((middle - 1 - look / 7, middle, middle + 1 + look / 7), abs=1e-5)
    assert "band: its 15th to 85th percentile." in figure.caption[-1]


def test_of_a_grid_each_point_is_a_panel_or_a_figure_and_some_can_be_picked() -> None:
    plan = two_arms(LEARNING_RATES)
    assert [len(figure.panels) for figure in probe("curve", plan, quantities=SHIFTS)] == [3, 3]
    names = [figure.title for figure in probe("heatmap", plan)]
    assert names == [f"Gradient by layer and step: learning rate {rate}" for rate in ("0.001", "0.01", "0.1")]
    (picked,) = probe("curve", plan, quantities=SHIFTS, at={RATE: 0.1})
    assert (len(picked.panels), picked.title.endswith(": learning rate 0.1")) == (2, True)


def test_a_grid_point_that_is_not_there_is_said() -> None:
    (figure,) = probe("heatmap", two_arms(LEARNING_RATES), at={RATE: 5.0})
    assert [(panel.marks, panel.empty) for panel in figure.panels] == [((), "this plan has no such grid point")]


def test_arms_can_be_picked_and_keep_their_look() -> None:
    (figure,) = probe("profile", arms=("bn",))
    assert arms_of(figure) == ((1, "bn"),)
    (cells,) = probe("heatmap", arms=("bn",))
    assert [panel.title for panel in cells.panels] == ["bn"]


def test_what_was_not_seen_says_why_and_what_diverged_is_shown_as_far_as_it_got() -> None:
    def end(point: Any) -> dict[str, Any]:
        return {"status": "diverged", "validation": [None], "probes": probed(point)} if point.arm == "plain" else {}

    (figure,) = probe("heatmap", end=end)
    plain, bn = figure.panels
    assert len(plain.marks) == len(TIMES) * len(LAYERS)
    assert (bn.marks, bn.empty) == ((), "not measured")
    assert "Runs that diverged are in it as far as they were looked at." in figure.caption
    (none,) = probe("profile", end=lambda point: {"missing": True})
    assert [(panel.marks, panel.empty) for panel in none.panels] == [((), "no finished run yet")]


def test_numbers_that_are_of_no_layer_have_names_along_the_axis() -> None:
    (figure,) = probe("profile", quantities=("loss_ratio_ahead",))
    assert figure.panels[0].x.label == "step length (learning rates)"
    assert [tick.said for tick in figure.panels[0].x.ticks or ()] == ["0.5", "1", "2", "4"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"view": "bands", "quantities": ("gradient",)}, "takes no quantities"),
        ({"view": "heatmap", "quantities": ("gradient_decay",)}, "only `view: curve` fits it"),
        ({"view": "heatmap", "layer": 1}, "`layer` is for curve and bands"),
        ({"view": "curve", "layer": 0}, "`layer` is for curve and bands"),
        ({"view": "heatmap", "theory": {"says": "x", "value": 1.0}}, "`theory` is for profile"),
        ({"view": "curve", "theory": {"says": "x", "slope": 1.0, "arm": "bn"}}, "`theory` is for profile"),
        ({"view": "profile", "theory": {"says": "x", "slope": 1.0}}, "with the `arm` it goes through"),
        ({"view": "profile", "theory": {"says": "x"}}, "with the `arm` it goes through"),
    ],
)
def test_wishes_that_contradict_themselves_are_refused(form: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ProbeFigure.model_validate({"kind": "probe", **form})
    assert TheoryLine(says="x", value=1.0).arm is None
