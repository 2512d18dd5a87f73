"""Every study that is shipped trains: at smoke profile, on the embedded digits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bn_study.config.load import load_study
from bn_study.config.run import RunSpec
from bn_study.datasets import describe
from bn_study.planning.expansion import expand
from bn_study.planning.identity import fingerprint
from bn_study.store.record import RunRecord

ROOT = Path(__file__).resolve().parents[2]
STUDIES = [path for path in sorted((ROOT / "experiments").glob("*.yaml")) if "smoke" in load_study(path).study.profiles]


def first_and_last_arms() -> list[tuple[str, RunSpec]]:
    """(study.arm+study.arm, spec): a run that several studies share is here once, and equal nets are neighbours."""
    specs: dict[str, RunSpec] = {}
    names: dict[str, list[str]] = {}
    for path in STUDIES:
        points = expand(load_study(path, "smoke")).points
        first_of = {point.arm: point for point in reversed(points)}
        for point in (points[0], first_of[points[-1].arm]):
            key = fingerprint(point.spec)
            specs[key] = point.spec
            names.setdefault(key, []).append(f"{path.stem}.{point.arm}")
    found = [("+".join(names[key]), spec) for key, spec in specs.items()]
    return sorted(found, key=lambda one: (repr(one[1].dataset), repr(one[1].model), repr(one[1].training)))


RUNS = first_and_last_arms()


def test_there_are_studies() -> None:
    assert len(STUDIES) >= 15
    assert {part.partition(".")[0] for name, _ in RUNS for part in name.split("+")} == {path.stem for path in STUDIES}


@pytest.mark.parametrize("spec", [pytest.param(spec, id=name) for name, spec in RUNS])
def test_the_first_and_the_last_arm_of_a_study_train(spec: RunSpec, run: Callable[[RunSpec], RunRecord]) -> None:
    """A finished or diverged run, in a second or so; without download."""
    assert describe(spec.dataset.name).obtained == "embedded"
    assert run(spec).status in ("finished", "diverged")
