"""Numbers in texts that people wrote about results: each is quoted by a mark, and stands in the findings.

A mark is a link, `[−1.5 epochs](STUDY/PROFILE/#CLAIM)` or `[54.4](PROFILE/#ARM)`: what stands in brackets is part of
what the findings say of the claim, or is the mean of a metric of the arm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bn_study.presentation.findings import Findings
from bn_study.presentation.words.number import mean_and_half, number, scale_of

_MARK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)/#([\w.-]+)\)")
_NO_PROSE = re.compile(r"```.*?```|`[^`]*`|\[[^\]]*\]\([^)]*\)|\b\w+://\S+", re.DOTALL)
#: What only a measurement says: decimals, signs, percentages, points.
_MEASURED = re.compile(r"[+\u2212]\d+(?:\.\d+)?|\d+\.\d+|\d+(?= ?(?:%|points?\b|ms\b))")


def unfounded(text: str, folder: Path) -> list[str]:
    """What the findings below `folder` do not say, and numbers without a mark. Raises OSError, ValidationError."""
    said: dict[Path, Findings] = {}
    wrong = []
    for words, place, name in _MARK.findall(text):
        path = folder / place / "findings.json"
        if path not in said:
            said[path] = Findings.model_validate_json(path.read_bytes())
        if not any(_stands_in(words, one) for one in _said_of(said[path], name)):
            wrong.append(f"{words!r} is not what {place} says of {name}")
    return wrong + [f"{number!r} has no mark" for number in _MEASURED.findall(_NO_PROSE.sub("", text))]


def _said_of(found: Findings, name: str) -> Iterator[str]:
    for judged in found.claims:
        if judged.verdict.claim.id == name:
            yield from (judged.effect, judged.sentence, judged.tested, f"n = {judged.verdict.n}")
    for point in found.points:
        if point.summary.arm == name:
            for metric, interval in point.summary.intervals.items():
                scale = scale_of(metric)
                unit = f" {scale.unit}" * bool(scale.unit)
                yield from (number(interval.mean, scale) + unit, mean_and_half(interval, scale) + unit)


def _stands_in(words: str, text: str) -> bool:
    """As whole numbers: 5 does not stand in 1.5."""
    return (
        re.search(rf"(?<![\d.,]){re.escape(' '.join(words.split()))}(?![\d]|[.,]\d)", " ".join(text.split()))
        is not None
    )
