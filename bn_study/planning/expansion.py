"""Study → points: arms × axes × seeds, each a complete and checked RunSpec."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bn_study.config.load import StudySource
from bn_study.config.problem import ConfigError, Problem
from bn_study.config.run import RunSpec
from bn_study.config.source import Located
from bn_study.config.validate import validated
from bn_study.planning.identity import fingerprint, run_id

MOST_POINTS = 100_000


@dataclass(frozen=True)
class Point:
    """One place in the study. Points of equal specs (two arms that meet at a grid value) share one run."""

    arm: str
    axes: Mapping[str, Any]  # dotted path → value
    seed: int
    spec: RunSpec
    run_id: str

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.spec)


@dataclass(frozen=True)
class Plan:
    """All points of a study at one profile, in the order of the file: arms, then axes, then seeds."""

    source: StudySource
    points: tuple[Point, ...]

    @property
    def runs(self) -> tuple[Point, ...]:
        """One point for each distinct run."""
        first: dict[str, Point] = {}
        for point in self.points:
            first.setdefault(point.fingerprint, point)
        return tuple(first.values())


def expand(source: StudySource) -> Plan:
    """Every point, validated. Raises ConfigError with the problems of all points, each said once."""
    _refuse_if_too_many(source)
    points: list[Point] = []
    problems: list[Problem] = []
    for arm, axes, seed, tree in _trees(source):
        try:
            spec = validated(RunSpec, tree)
        except ConfigError as error:
            problems += error.problems
        else:
            points.append(Point(arm, axes, seed, spec, run_id(arm, axes, spec)))
    if problems:
        raise ConfigError(problems)
    return Plan(source, tuple(points))


def _trees(source: StudySource) -> Iterator[tuple[str, dict[str, Any], int, Located]]:
    """(arm, axes, seed, the run's tree); later layers win: base and profile < arm < grid < --set."""
    axes, seeds = _axes(source), source.tree.child("seeds")
    assert seeds is not None
    for arm, changes in _children(source.tree, "arms"):
        arm_tree = source.base
        for path, value in _items(changes):
            arm_tree = arm_tree.patched(path, value)
        for values in itertools.product(*(_parts(axis) for axis in axes.values())):
            tree = arm_tree
            for path, value in (*zip(axes, values, strict=True), *source.overrides):
                tree = tree.patched(path, value)
            chosen = {path: value.plain for path, value in zip(axes, values, strict=True)}
            for seed in _parts(seeds):
                yield arm, chosen, int(seed.plain), tree.patched("seed", seed)


def _refuse_if_too_many(source: StudySource) -> None:
    study = source.study
    count = len(study.arms) * math.prod(len(_parts(axis)) for axis in _axes(source).values()) * len(study.seeds)
    if count > MOST_POINTS:
        grid = source.tree.child("grid") or source.tree
        message = f"{count:,} runs are described; at most {MOST_POINTS:,} are expanded. Shorten an axis"
        raise ConfigError([Problem(grid.place, "grid", message)])


def _axes(source: StudySource) -> dict[str, Located]:
    """The axes without those that --set fixes, by their own path or by one above it."""
    forced = [path for path, _ in source.overrides]
    return {
        path: axis
        for path, axis in _children(source.tree, "grid")
        if not any(path == above or path.startswith(f"{above}.") for above in forced)
    }


def _children(tree: Located, name: str) -> list[tuple[str, Located]]:
    child = tree.child(name)
    return _items(child) if child else []


def _items(located: Located) -> list[tuple[str, Located]]:
    assert isinstance(located.value, Mapping)
    return list(located.value.items())


def _parts(located: Located) -> tuple[Located, ...]:
    assert isinstance(located.value, tuple)
    return located.value
