"""A metric is one entry: all that others ask of it stands there."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bn_study.config.claim import Claim
from bn_study.config.metric import (
    ACCURACIES,
    ALL_METRICS,
    CLAIM_METRICS,
    EPOCH_METRICS,
    RUN_METRICS,
    EachEpoch,
    NearBest,
    OfEpochs,
    OfRecord,
)
from bn_study.config.study import Published
from bn_study.store.record import EpochRecord, RunRecord


def test_every_metric_is_filed_under_its_name_and_a_study_may_name_each() -> None:
    for metrics in (EPOCH_METRICS, RUN_METRICS, CLAIM_METRICS):
        assert all(name == metric.name for name, metric in metrics.items())
    assert get_args(Claim.model_fields["metric"].annotation) == tuple(CLAIM_METRICS)
    assert set(get_args(Published.model_fields["metric"].annotation)) == {*EPOCH_METRICS, *RUN_METRICS}


def _is_recorded(path: str) -> bool:
    """Whether a record of a run has a number at this dotted path."""
    of: Any = RunRecord
    for name in path.split("."):
        field = of.model_fields.get(name)
        if field is None:
            return False
        of = next((one for one in (field.annotation, *get_args(field.annotation)) if _is_model(one)), field.annotation)
    return bool({int, float} & {of, *get_args(of)})


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


@pytest.mark.parametrize("name", CLAIM_METRICS)
def test_what_a_metric_comes_from_is_recorded(name: str) -> None:
    match CLAIM_METRICS[name].source:
        case OfEpochs(column):
            assert column in EpochRecord.model_fields
        case OfRecord(path, minus, column):
            assert all(map(_is_recorded, filter(None, (path, minus))))
            assert column is None or column in EpochRecord.model_fields
        case NearBest(metric):
            assert metric in ACCURACIES


def test_the_metrics_of_an_epoch_are_its_fields() -> None:
    assert not _is_recorded("cost.no_such_number")
    for name, metric in EPOCH_METRICS.items():
        assert metric.source == EachEpoch()
        assert name in EpochRecord.model_fields


@pytest.mark.parametrize("name", ALL_METRICS)
def test_a_metric_with_an_argument_has_words_for_it(name: str) -> None:
    metric = ALL_METRICS[name]
    assert bool(metric.needs) == ("{}" in metric.asked)
    if metric.needs:
        assert " 45 % " in metric.named(0.45) or " 45 points " in metric.named(0.45)
    assert metric.named()


@pytest.mark.parametrize("name", sorted(ACCURACIES))
def test_where_a_diverged_run_may_count_as_the_last_value_there_is_one(name: str) -> None:
    source = RUN_METRICS[name].source
    assert isinstance(source, (OfEpochs, OfRecord))
    assert source.column
