"""Names that stand in two places are the same names."""

from __future__ import annotations

from typing import get_args

from bn_study.config.metric import EPOCH_METRICS, RUN_METRICS
from bn_study.config.study import EpochMetricName, RunMetricName
from bn_study.store.record import EpochRecord


def test_a_study_may_name_exactly_the_metrics_that_there_are() -> None:
    assert list(get_args(EpochMetricName)) == list(EPOCH_METRICS)
    assert list(get_args(RunMetricName)) == list(RUN_METRICS)


def test_every_metric_of_an_epoch_is_recorded_and_every_metric_is_filed_under_its_name() -> None:
    assert set(EPOCH_METRICS) <= set(EpochRecord.model_fields)
    assert all(name == metric.name for name, metric in {**EPOCH_METRICS, **RUN_METRICS}.items())
