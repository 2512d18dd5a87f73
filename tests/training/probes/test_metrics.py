"""Every number that probes give of a run is a metric that claims can name, and the other way round."""

from __future__ import annotations

from bn_study.config.metric import PROBE_METRICS, OfProbes
from bn_study.training.probes.scalars import FORMULAS

#: Of the whole net, measured at the end, not made from a table.
AT_THE_END = {"alg2_validation_accuracy", "folding_error", "inference_seconds", "folded_inference_seconds"}


def test_metrics_of_probes_are_what_probes_measure() -> None:
    assert all(
        PROBE_METRICS[metric].source == OfProbes(probe) for (probe, _), found in FORMULAS.items() for metric in found
    )
    assert {metric for found in FORMULAS.values() for metric in found} | AT_THE_END == set(PROBE_METRICS)


def test_each_says_how_it_is_measured() -> None:
    """On the page of a study whose claims speak of it; no two have the same formula but for what they are of."""
    assert all(metric.formula for metric in PROBE_METRICS.values())
    assert len({(metric.label, metric.formula) for metric in PROBE_METRICS.values()}) == len(PROBE_METRICS)
