"""Remarks: in plain words, what a study's runs do not allow to say. They stand above everything else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bn_study.analysis.point import PointSummary
from bn_study.presentation.words.wording import enumeration

_VERBS = {"diverged": "diverged", "failed": "failed", "missing": "have not ended yet"}
_MEASURED = "last_validation_accuracy"


def remarks(counts: Mapping[str, int], points: Sequence[PointSummary], seeds: int) -> tuple[str, ...]:
    """Sentences; none for a study whose every arm has finished runs with numbers, over several seeds."""
    said = [_nothing_finished(counts)] if not counts["finished"] else _arms(points)
    if seeds == 1:
        said.append("One seed: there are no intervals, and no claim can be decided.")
    return tuple(said)


def _nothing_finished(counts: Mapping[str, int]) -> str:
    ended = [f"{'all' if counts[state] == counts['planned'] else counts[state]} {verb}"
             for state, verb in _VERBS.items() if counts[state]]  # fmt: skip
    return f"No run has finished, so nothing can be compared: of {counts['planned']} runs {enumeration(ended)}."


def _arms(points: Sequence[PointSummary]) -> list[str]:
    by_arm: dict[str, list[PointSummary]] = {}
    for point in points:
        by_arm.setdefault(point.arm, []).append(point)
    absent = [arm for arm, own in by_arm.items() if not any(one.counts["finished"] for one in own)]
    silent = [arm for arm, own in by_arm.items() if arm not in absent and not any(map(_is_measured, own))]
    said = []
    if absent:
        said.append(f"No run of {enumeration(absent)} has finished.")
    if silent:
        said.append(f"No finished run of {enumeration(silent)} has a validation accuracy that is a number.")
    return said


def _is_measured(point: PointSummary) -> bool:
    return math.isfinite(point.intervals[_MEASURED].mean)
