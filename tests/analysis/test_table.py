"""Nothing is dropped and nothing is invented between records and tables."""

from __future__ import annotations

import io
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_study import LEARNING_RATES, plan_of, realistic, record

from bn_study.analysis.axis import axes_text, axis_name, axis_value
from bn_study.analysis.frame import csv_text, numbers, table_of
from bn_study.analysis.observation import METRICS
from bn_study.analysis.point import points_table
from bn_study.analysis.results import Results, results_of
from bn_study.analysis.statistics import mean_interval
from bn_study.analysis.table import epochs_table, runs_table
from bn_study.config.metric import PROBE_METRICS, RUN_METRICS
from bn_study.planning.expansion import Plan
from bn_study.store.record import RunRecord

PLAN = plan_of("laptop", "grid.training.batch_size=[64, 128]")
SMALL = plan_of("paper", "seeds=[0, 1, 2, 3]")


def _of_bn(records_by_seed: dict[int, dict[str, object]], plan: Plan = SMALL) -> dict[str, RunRecord]:
    points = {point.seed: point for point in plan.points if point.arm == "bn"}
    return {
        points[seed].fingerprint: record(points[seed], **how)  # type: ignore[arg-type]
        for seed, how in records_by_seed.items()
    }


def _points(results: Results) -> pd.DataFrame:
    return points_table(results.plan, results.summaries)


def _bn(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["arm"] == "bn"].reset_index(drop=True)


def test_the_runs_table_has_one_row_a_point_in_the_order_of_the_plan() -> None:
    runs = runs_table(PLAN, realistic(PLAN, lambda point: {"missing": point.seed == 3}))
    places = list(zip(runs["arm"], runs["training.batch_size"], runs["seed"], strict=True))
    assert places == [(point.arm, point.axes["training.batch_size"], point.seed) for point in PLAN.points]
    assert list(runs["run_id"]) == [point.run_id for point in PLAN.points]


def test_every_metric_that_needs_no_argument_is_a_column() -> None:
    assert set(METRICS) == {name for name, metric in RUN_METRICS.items() if not metric.needs}
    assert set(METRICS) - set(PROBE_METRICS) <= set(runs_table(SMALL, {}).columns)
    assert not set(PROBE_METRICS) & set(runs_table(SMALL, {}).columns)  # no run of this plan is probed


def test_columns_have_the_same_types_whether_runs_are_there_or_not() -> None:
    full, empty = (runs_table(SMALL, records) for records in (realistic(SMALL), {}))
    assert dict(full.dtypes) == dict(empty.dtypes)
    assert dict(epochs_table(SMALL, realistic(SMALL)).dtypes)["seconds"] == "float64"
    assert list(epochs_table(SMALL, {}).columns) == list(epochs_table(SMALL, realistic(SMALL)).columns)


def test_last_and_best_epoch_and_the_gap_are_taken_as_defined() -> None:
    how = {
        "validation": [0.3, 0.5, 0.5, 0.4],
        "train": [0.2, 0.4, 0.6, 0.8],
        "train_accuracy_at_the_end": 0.75,
    }
    row = _bn(runs_table(SMALL, _of_bn({0: how}))).iloc[0]
    assert (row["last_validation_accuracy"], row["best_validation_accuracy"], row["best_epoch"]) == (
        0.4,
        0.5,
        2,
    )
    assert row["last_train_accuracy"] == 0.8
    assert row["generalization_gap"] == pytest.approx(0.75 - 0.4)


def test_a_diverged_run_keeps_the_epochs_it_reached_and_enters_no_mean() -> None:
    records = _of_bn({
        0: {"validation": [0.4, 0.5]},
        1: {"validation": [0.45, None], "train": [0.4, None], "status": "diverged"},
    })  # fmt: skip
    results = results_of(SMALL, records)
    diverged = _bn(results.runs).iloc[1]
    assert diverged["status"] == "diverged"
    assert diverged["diverged_at_epoch"] == 2
    assert math.isnan(diverged["last_validation_accuracy"])
    assert diverged["best_validation_accuracy"] == 0.45
    point = _bn(_points(results)).iloc[0]
    assert point["best_validation_accuracy_mean"] == 0.5
    assert point["best_validation_accuracy_n"] == 1


def test_counts_of_a_point_add_up_to_what_was_planned() -> None:
    ends: list[dict[str, object]] = [{}, {"status": "diverged"}, {"status": "failed"}, {"missing": True}]

    points = _points(results_of(SMALL, realistic(SMALL, lambda point: ends[point.seed])))
    for _, row in points.iterrows():
        assert [row[f"n_{state}"] for state in ("finished", "diverged", "failed", "missing")] == [1, 1, 1, 1]
        assert row["n_planned"] == 4


def test_the_points_table_holds_the_interval_of_the_finished_runs() -> None:
    results = results_of(PLAN, realistic(PLAN))
    points = _points(results)
    assert len(points) == 5 * 2
    by_point = results.runs.groupby(["arm", "training.batch_size"], sort=False)["last_validation_accuracy"]
    expected = [mean_interval(values) for _, values in by_point]
    for part in ("mean", "low", "high", "n"):
        assert list(points[f"last_validation_accuracy_{part}"]) == [getattr(one, part) for one in expected]


def test_the_epochs_table_counts_seconds_and_steps_from_the_start() -> None:
    records = _of_bn({2: {"validation": [0.3, 0.4, 0.5], "epoch_seconds": 1.5}})
    epochs = epochs_table(SMALL, records)
    assert list(epochs["seconds"]) == [1.5, 3.0, 4.5]
    assert list(epochs["steps_total"]) == [391, 782, 1173]
    assert set(epochs["seed"]) == {2}
    assert set(epochs["arm"]) == {"bn"}


def test_points_of_equal_specs_share_one_record() -> None:
    plan = plan_of("paper", "seeds=[0]", "model.dropout.rate=0.3")  # now plain = dropout, bn = bn_dropout
    records = realistic(plan)
    assert len(records) == 3
    runs = runs_table(plan, records)
    losses = dict(zip(runs["arm"], numbers(runs, "last_train_loss"), strict=True))
    assert losses["plain"] == losses["dropout"] != losses["bn"] == losses["bn_dropout"]
    assert list(runs["status"]) == ["finished"] * 5


def test_results_of_other_data_are_kept_apart_and_said() -> None:
    records = _of_bn({seed: {"fingerprint": "sha256:a" if seed < 2 else "sha256:b"} for seed in (0, 1, 2)})
    results = results_of(SMALL, records)
    (mixed,) = results.mixed
    assert mixed.runs == (("sha256:a", 2), ("sha256:b", 1))
    assert "cifar10 was sha256:a in 2 runs and sha256:b in 1 run" in mixed.message
    points = _bn(_points(results))
    assert list(points["data_fingerprint"]) == ["sha256:a", "sha256:b"]
    assert list(points["last_validation_accuracy_n"]) == [2, 1]
    assert list(points["n_planned"]) == [3, 1]  # the missing run is counted once


def test_results_of_another_precision_than_asked_alike_are_kept_apart() -> None:
    results = results_of(SMALL, _of_bn({0: {}, 1: {"precision": "tf32"}}))
    assert [one.column for one in results.mixed] == ["precision"]
    assert list(_bn(_points(results))["precision"]) == ["float32", "tf32"]


@pytest.mark.parametrize(("column", "other"), [("backend", "jax"), ("device", "NVIDIA H100")])
def test_results_of_another_backend_or_device_are_kept_apart(column: str, other: str) -> None:
    """No study can ask for one, so any two are a mixture; a failed run, whose device nobody knows, makes none."""
    results = results_of(SMALL, _of_bn({0: {}, 1: {column: other}, 2: {"status": "failed", "device": "unknown"}}))
    (mixed,) = results.mixed
    first = {"backend": "tensorflow", "device": "cpu"}[column]
    assert mixed.column == column
    assert mixed.message.startswith(f"Mixed {column}: the study was {first} in ")
    points = _bn(_points(results))
    assert list(points[column]) == [first, other]
    assert list(points["last_validation_accuracy_n"]) == [1, 1]


def test_processors_are_averaged_and_named_in_the_table() -> None:
    results = results_of(SMALL, _of_bn({0: {"processor": "B"}, 1: {"processor": "A"}, 2: {"processor": "B"}}))
    assert results.mixed == ()
    points = _bn(_points(results))
    assert list(points["processors"]) == ["A; B"]
    assert list(points["last_validation_accuracy_n"]) == [3]
    runs = results.runs[results.runs["status"] == "finished"]
    assert list(runs["processor"]) == ["B", "A", "B"]
    assert set(runs["host"]) == {"here"}


def test_arms_that_ask_for_different_data_are_no_mixture() -> None:
    plan = plan_of("smoke", "grid.dataset.name=[cifar10, digits]")
    prints = {"cifar10": "sha256:a", "digits": "sha256:b"}
    records = realistic(plan, lambda point: {"fingerprint": prints[point.spec.dataset.name]})
    results = results_of(plan, records)
    assert results.mixed == ()
    assert "data_fingerprint" not in _points(results).columns


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
@settings(max_examples=30)
def test_csv_gives_back_every_float_to_the_bit(values: list[float]) -> None:
    text = csv_text(pd.DataFrame({"value": values}))
    assert "\r" not in text
    assert [float(line) for line in text.splitlines()[1:]] == values


def test_the_csv_of_a_study_is_the_same_each_time_and_says_what_the_table_says() -> None:
    first, again = (csv_text(runs_table(SMALL, realistic(SMALL))) for _ in range(2))
    assert first == again
    back = pd.read_csv(io.StringIO(first), dtype=str)
    for metric in (name for name in METRICS if name not in PROBE_METRICS):
        before = numbers(runs_table(SMALL, realistic(SMALL)), metric)
        assert [float(cell) for cell in back[metric]] == pytest.approx(before, rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("training.learning_rate.initial", "learning rate"),
        ("model.dropout.rate", "dropout rate"),
        ("training.batch_size", "batch size"),
        ("dataset.scaling.kind", "scaling"),
        ("dataset.name", "dataset"),
        ("model", "model"),
    ],
)
def test_axes_are_named_as_people_name_them(path: str, name: str) -> None:
    assert axis_name(path) == name


def test_axis_values_are_numbers_or_what_people_write() -> None:
    assert [axis_value(value) for value in (0.1, 3, True, None, "relu")] == [0.1, 3, "true", "none", "relu"]
    point = plan_of("paper", LEARNING_RATES).points[0]
    assert axes_text({path: axis_value(value) for path, value in point.axes.items()}) == "learning rate 0.001"


RATES = st.lists(st.floats(1e-9, 10), min_size=1, max_size=6, unique=True)


@given(RATES)
@settings(max_examples=20, deadline=None, derandomize=True)
def test_values_of_an_axis_that_differ_are_groups_and_runs_of_their_own(rates: list[float]) -> None:
    near = [*rates, *(math.nextafter(rate, 11) for rate in rates)]
    values = list(dict.fromkeys(near))
    plan = plan_of("paper", "seeds=[0, 1]", f"grid.training.learning_rate.initial={values}")
    results = results_of(plan, realistic(plan))
    of_bn = [group for group in results.groups if group.arm == "bn"]
    assert [list(group.axes.values()) for group in of_bn] == [[value] for value in values]
    assert all(len(group.runs) == 2 for group in of_bn)
    assert len({axes_text(group.axes) for group in of_bn}) == len(values)
    assert len({point.run_id for point in plan.points}) == len(plan.points)


def test_an_integer_among_floats_is_not_rounded() -> None:
    values = [2**53 + 1, 2**53, 0.5]
    rows = [{"axis": value} for value in values]
    assert table_of(rows, ["axis"], [], [])["axis"].tolist() == values
