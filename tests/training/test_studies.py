"""Every study that is shipped trains: at smoke profile, on the embedded digits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bn_study.config.load import load_study
from bn_study.config.run import RunSpec
from bn_study.planning.expansion import expand
from bn_study.store.record import RunRecord

ROOT = Path(__file__).resolve().parents[2]
STUDIES = [path for path in sorted((ROOT / "experiments").glob("*.yaml")) if "smoke" in load_study(path).study.profiles]


def test_there_are_studies() -> None:
    assert len(STUDIES) >= 13


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_first_and_the_last_arm_of_a_study_train(path: Path, run: Callable[[RunSpec], RunRecord]) -> None:
    """A finished or diverged run each, in a second or so; without download."""
    points = expand(load_study(path, "smoke")).points
    assert all(point.spec.dataset.name == "digits" for point in points)
    first_of = {point.arm: point for point in reversed(points)}
    for point in (points[0], first_of[points[-1].arm]):
        assert run(point.spec).status in ("finished", "diverged")
