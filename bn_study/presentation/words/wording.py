"""Words of charts: labels of metrics and arms, and a title where the study gives none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from bn_study.analysis.axis import AxisValue, axis_text
from bn_study.config.metric import EPOCH_METRICS, RUN_METRICS
from bn_study.planning.expansion import Plan
from bn_study.presentation.words.number import scale_of

_SMALL = 1e-3
_EQUAL_WIDTHS = re.compile(r"\[(\d+)(?: \1)+\]")


def label_of(metric: str, of: Literal["run", "epoch"] = "run") -> str:
    """The metric's label, without a unit. Raises KeyError for an unknown name.

    `of` matters for the one name that both kinds have, `train_seconds`.
    """
    first, second = (RUN_METRICS, EPOCH_METRICS) if of == "run" else (EPOCH_METRICS, RUN_METRICS)
    return (first.get(metric) or second[metric]).label


def with_unit(label: str, metric: str) -> str:
    """'accuracy (%)'; the label alone where the metric has no unit."""
    unit = scale_of(metric).unit
    return f"{label} ({unit})" if unit else label


def enumeration(parts: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def seeds_text(seeds: Sequence[int]) -> str:
    """'0, 1, 2'; of more than eight the first, the last and how many there are."""
    if len(seeds) > 8:
        return f"{seeds[0]} to {seeds[-1]} ({len(seeds)} of them)"
    return ", ".join(map(str, seeds))


def sentence(text: str) -> str:
    """With a capital letter, but for a symbol such as m/(m−1); the rest as it is."""
    is_symbol = bool(text[1:2].strip()) and not text[1].isalpha()
    return text if is_symbol else text[:1].upper() + text[1:]


def value_label(value: AxisValue) -> str:
    """A value of an axis as short as it can be read: 1e-4, 0.01, 6 × 256 for six equal widths."""
    if isinstance(value, float) and 0 < abs(value) < _SMALL:
        digits, power = Decimal(repr(value)).normalize().as_tuple()[1:]
        mantissa = "".join(map(str, digits))
        sign, point = "-" * (value < 0), "." * (len(mantissa) > 1)
        return f"{sign}{mantissa[0]}{point}{mantissa[1:]}e{int(power) + len(mantissa) - 1}"
    return brief(axis_text(value))


def brief(text: str) -> str:
    """'widths [256 256 256]' → 'widths 3 × 256'."""
    return _EQUAL_WIDTHS.sub(lambda found: f"{found[0].count(' ') + 1} × {found[1]}", text)


def arm_label(label: str, variant: Mapping[str, str]) -> str:
    """'BN'; 'BN [data 0a1b2c]' where results are mixed, with what keeps them apart."""
    said = [_short(column, value) for column, value in variant.items() if value]
    return f"{label} [{', '.join(said)}]" if said else label


def _short(column: str, value: str) -> str:
    return f"data {value.rpartition(':')[2][:6]}" if column == "data_fingerprint" else value


def arm_index(plan: Plan, arm: str) -> int:
    """Where the arm stands in the study."""
    return list(plan.source.study.arms).index(arm)
