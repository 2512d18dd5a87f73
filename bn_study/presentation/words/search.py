"""Searches in tables: what each arm was tried at and what was chosen; and what it is worth to try more."""

from __future__ import annotations

from collections.abc import Sequence

from bn_study.analysis.axis import axes_text, axis_name, axis_text
from bn_study.analysis.search import Search, Tried
from bn_study.config.claim import Claim
from bn_study.presentation.words.number import mean_and_half, scale_of
from bn_study.presentation.words.text_table import TextTable
from bn_study.presentation.words.verdict import quantity_text


def title_of(claim: Claim, path: str) -> str:
    """'Each at its best learning rate: time of a step'."""
    return f"Each at its best {axis_name(path)}: {quantity_text(claim)}"


def tried_text(searches: Sequence[Search]) -> TextTable:
    """The whole grid, one row an arm and value."""
    path, scale = axis_name(searches[0].path), scale_of(searches[0].metric)
    header = ("arm", path, "held-out accuracy (%)", f"then read{f' ({scale.unit})' * bool(scale.unit)}", "chosen by")
    return TextTable(header, tuple(_row(one, tried) for one in searches for tried in one.grid), names=2)


def _row(one: Search, tried: Tried) -> tuple[str, ...]:
    seeds = sum(value == tried.value for value in one.chosen.values())
    held_out = mean_and_half(tried.held_out, scale_of("last_validation_accuracy"))
    read = mean_and_half(tried.read, scale_of(one.metric))
    return (_name(one), axis_text(tried.value), held_out, read, f"{seeds} of {len(one.chosen)} seeds")


def budget_text(searches: Sequence[Search]) -> TextTable:
    """One row an arm, one column a number of trials."""
    most = max(len(one.expected) for one in searches)
    header = ("arm", *(f"{k} trial{'s' * (k > 1)}" for k in range(1, most + 1)))
    scale = scale_of(searches[0].metric)
    rows = [(_name(one), *(mean_and_half(value, scale) for value in one.expected)) for one in searches if one.expected]
    return TextTable(header, tuple((*row, *[""] * (len(header) - len(row))) for row in rows), names=1)


def _name(one: Search) -> str:
    return f"{one.arm} ({axes_text(one.axes)})" if one.axes else one.arm
