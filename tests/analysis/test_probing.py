"""What probes saw, over seeds: means of logarithms, numbers over layers, and which of it a report keeps."""

from __future__ import annotations

import math
from typing import Any

import pytest
from synthetic_probes import DECAY, LAYERS, TIMES, probed, scalars
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.probing import Probing, probings
from bn_study.analysis.results import Results, results_of
from bn_study.config.figure import ProbeFigure
from bn_study.config.probes import PROBE_QUANTITIES
from bn_study.planning.expansion import Plan
from bn_study.store.probe_record import ProbesRecord

EVERY = tuple(name for name in PROBE_QUANTITIES if name != "gradient_decay")


def seen_of(plan: Plan, end: Any = lambda point: {"probes": probed(point)}, *figures: ProbeFigure) -> Results:
    asked = figures or (ProbeFigure(kind="probe", view="heatmap", quantities=EVERY),)
    study = plan.source.study.model_copy(update={"figures": asked})
    object.__setattr__(plan.source, "study", study)
    return results_of(plan, realistic(plan, end))


def seen(quantity: str, arm: str = "plain", end: Any = lambda point: {"probes": probed(point)}) -> Probing:
    found = probings(seen_of(plan_of("paper", "seeds=[0, 1, 2]"), end), PROBE_QUANTITIES[quantity])
    return next(one for one in found if one.arm == arm)


def test_the_mean_of_what_spans_decades_is_that_of_its_logarithm() -> None:
    """Seeds are 0.2 decades apart: the middle one is the mean, which no mean of the numbers themselves is."""
    one = seen("gradient")
    assert (one.of, one.steps, one.epochs) == (LAYERS, tuple(s for _, s in TIMES), tuple(e for e, _ in TIMES))
    first = one.at(0, 0)
    assert (first.mean, first.n) == (pytest.approx(-1 - 4 * DECAY["plain"] + 0.2), 3)
    assert first.high - first.mean == pytest.approx(4.303 * 0.2 / math.sqrt(3), rel=1e-3)
    assert one.at(-1, -1).mean == pytest.approx(-1 - 1 + 0.2)


@pytest.mark.parametrize(
    ("quantity", "arm", "first", "last"),
    [
        ("gradient_decay", "plain", DECAY["plain"], DECAY["plain"]),
        ("gradient_decay", "bn", DECAY["bn"], DECAY["bn"]),
        ("activation_shift", "bn", math.nan, 0.1 / 8 + 0.01 * (2 + 1)),
        ("gradient_shift", "bn", 0.1 * 2 + 0.02, 0.1 * 2 + 0.02),
        ("loss_ratio_ahead", "bn", 3 + 0.2, 3 + 0.2),
    ],
)
def test_over_layers_there_is_a_slope_a_mean_or_the_largest(quantity: str, arm: str, first: float, last: float) -> None:
    over = seen(quantity, arm).over_layers()
    assert len(over) == len(TIMES)
    assert (over[0].mean, over[-1].mean) == (pytest.approx(first, nan_ok=True), pytest.approx(last))


def test_what_is_measured_at_the_end_alone_is_one_look_at_the_last_step() -> None:
    one = seen("population_variance_ratio")
    assert (one.steps, one.values.shape) == ((TIMES[-1][1],), (3, 1, 5))
    assert [one.at(0, layer).mean for layer in range(5)] == pytest.approx([1.01, 1.02, 1.03, 1.04, 1.05])


def test_runs_that_diverged_are_there_as_far_as_they_were_looked_at() -> None:
    def end(point: Any) -> dict[str, Any]:
        record, lost = probed(point), point.seed == 2
        tables = tuple(table.model_copy(update={"values": table.values[:3]}) for table in record.tables[:-1])
        short = record.model_copy(update={"times": record.times[:3], "tables": tables})
        return {"status": "diverged", "validation": [None], "probes": short} if lost else {"probes": record}

    one = seen("gradient", end=end)
    assert [one.at(look, 0).n for look in range(len(TIMES))] == [3, 3, 3, 2, 2, 2, 2, 2]


def test_a_look_within_an_epoch_that_is_its_end_is_one() -> None:
    """17 steps an epoch: after 16 of them, and after the first epoch; and again where an epoch has just 16."""

    def end(point: Any) -> dict[str, Any]:
        record = probed(point)
        times = tuple(one if one.epoch != 1 else one.model_copy(update={"step": 16}) for one in record.times)
        return {"probes": record.model_copy(update={"times": times})}

    one = seen("gradient", end=end)
    assert one.steps == (0, 1, 4, 16, 782, 1173, 1564)
    assert one.epochs == (0, 0, 0, 1, 2, 3, 4)


def test_a_report_keeps_what_its_figures_draw_and_no_more() -> None:
    plan = plan_of("paper", "seeds=[0]", LEARNING_RATES)
    figures = (
        ProbeFigure(kind="probe", view="heatmap", arms=("bn",), at={"training.learning_rate.initial": 0.1}),
        ProbeFigure(kind="probe", view="curve", quantities=("activation_shift",), arms=("plain",)),
    )
    table = seen_of(plan, lambda point: {"probes": probed(point)}, *figures).probes
    arm = {point.run_id: point.arm for point in plan.runs}
    kept = table.groupby([table["run_id"].map(arm), "quantity"]).size().to_dict()
    each = len(TIMES) * len(LAYERS)
    assert kept == {("bn", "signal"): each, ("plain", "shift"): 3 * each}


@pytest.mark.parametrize("record", [None, scalars(gradient_decay=1.0), ProbesRecord()])
def test_runs_that_were_not_probed_have_nothing(record: ProbesRecord | None) -> None:
    results = seen_of(plan_of("paper", "seeds=[0]"), lambda point: {"probes": record})
    assert len(results.probes) == 0
    assert probings(results, PROBE_QUANTITIES["gradient"]) == ()
