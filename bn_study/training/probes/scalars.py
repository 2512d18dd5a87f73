"""Scalars: one number a run of what the probes saw, which claims and tables speak of.

Means over the ends of epochs only, and over layers; `…_at_start` is before the first step. Fixed before the first
study that uses them was run.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence

from bn_study.store.probe_record import ProbesRecord, ProbeTable
from bn_study.training.probes.gradients import slope

Row = Sequence[float | None]


def scalars(record: ProbesRecord) -> dict[str, float]:
    """Metric → value, of every metric whose probe was asked for; NaN where it is not defined."""
    return {
        metric: formula(table, ends(record, table))
        for table in record.tables
        for metric, formula in FORMULAS.get((table.probe, table.quantity), {}).items()
    }


def ends(record: ProbesRecord, table: ProbeTable) -> list[Row]:
    """The rows of the table that are of ends of epochs; all, where it is measured at the end alone."""
    if len(table.values) != len(record.times):
        return list(table.values)
    return [row for when, row in zip(record.times, table.values, strict=True) if when.epoch > 0]


def mean(values: Iterable[float | None]) -> float:
    """Over those that are defined; NaN without any."""
    found = [value for value in values if value is not None and math.isfinite(value)]
    return statistics.fmean(found) if found else math.nan


def _mean_of_all(_: ProbeTable, rows: Sequence[Row]) -> float:
    return mean(mean(row) for row in rows)


def _mean_of_largest(_: ProbeTable, rows: Sequence[Row]) -> float:
    return mean(max((value for value in row if value is not None), default=math.nan) for row in rows)


def _slope_at_start(table: ProbeTable, _: Sequence[Row]) -> float:
    return slope(_defined(table.values[0]))


def _mean_slope(_: ProbeTable, rows: Sequence[Row]) -> float:
    return mean(slope(_defined(row)) for row in rows)


def _largest_norm(table: ProbeTable, _: Sequence[Row]) -> float:
    """Over all looks, of all kernels together; infinite where one was not finite."""
    return max(math.sqrt(sum(value**2 for value in _defined(row))) for row in table.values)


def _growth(table: ProbeTable, rows: Sequence[Row]) -> float:
    """Mean over kernels of the length at the end by that at the start."""
    pairs = zip(rows[-1] if rows else (), table.values[0], strict=False)
    return mean(now / before for now, before in pairs if now is not None and before)


def _mean_behind_first(_: ProbeTable, rows: Sequence[Row]) -> float:
    return mean(mean(row[1:]) for row in rows)


def _mean_of_first(_: ProbeTable, rows: Sequence[Row]) -> float:
    return mean(row[0] for row in rows)


def _mean_shift(_: ProbeTable, rows: Sequence[Row]) -> float:
    """Li et al. 2019: how far from 1 the ratio is, whichever way."""
    return mean(mean(max(value, 1 / value) for value in row if value) for row in rows)


def _defined(row: Row) -> list[float]:
    return [math.inf if value is None else value for value in row]


#: (probe, quantity) → metric → what makes one number of the table, and of its rows at ends of epochs.
FORMULAS: dict[tuple[str, str], dict[str, Callable[[ProbeTable, Sequence[Row]], float]]] = {
    ("activations", "shift"): {"activation_shift": _mean_of_all},
    ("activations", "kurtosis"): {"activation_kurtosis": _mean_of_all},
    ("activations", "correlation"): {"activation_correlation": _mean_of_all},
    ("activations", "saturated"): {"saturated_share": _mean_of_all},
    ("gradients", "signal"): {"gradient_decay_at_start": _slope_at_start, "gradient_decay": _mean_slope},
    ("gradients", "gradient_norm"): {"largest_gradient_norm": _largest_norm},
    ("gradients", "weight_norm"): {"weight_growth": _growth},
    ("gradients", "weight_peak"): {"weight_peak": _mean_of_all},
    ("covariate_shift", "change"): {"gradient_shift": _mean_behind_first},
    ("covariate_shift", "cosine"): {"gradient_shift_cosine": _mean_behind_first},
    ("smoothness", "gradient_change"): {"gradient_change": _mean_of_largest},
    ("smoothness", "loss_ratio"): {"loss_ratio_ahead": _mean_of_largest},
    ("statistics", "variance_shift"): {"variance_shift": _mean_shift},
    ("statistics", "population_variance_ratio"): {
        "population_variance_ratio": _mean_behind_first,
        "population_variance_ratio_first_layer": _mean_of_first,
    },
    ("algebra", "gamma_gradient_error"): {"gamma_gradient_error": _mean_of_all},
    ("algebra", "gamma_gradient_error_as_printed"): {"gamma_gradient_error_as_printed": _mean_of_all},
}
