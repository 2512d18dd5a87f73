"""Study → points: arms × axes × seeds, each a complete and checked RunSpec."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bn_study.config.coherence import changes_of
from bn_study.config.load import StudySource
from bn_study.config.problem import ConfigError, Problem
from bn_study.config.run import RunSpec
from bn_study.config.source import Located
from bn_study.config.validate import validated
from bn_study.planning.identity import fingerprints, run_id

MOST_POINTS = 100_000
_MOST_FAILURES = 1_000  # grid points that no run can have: the others are not looked at


@dataclass(frozen=True)
class Point:
    """One place in the study. Points of equal specs (two arms that meet at a grid value) share one run."""

    arm: str
    axes: Mapping[str, Any]  # dotted path → value
    seed: int
    spec: RunSpec
    run_id: str

    @property
    def fingerprint(self) -> str:
        """Of the spec; the end of the run's id."""
        return self.run_id.rpartition("_")[2]


@dataclass(frozen=True)
class Plan:
    """All points of a study at one profile, in the order of the file: arms, then axes, then seeds.

    Where seeds are added until claims are decided, `expand` gives all that there may be; analysis.rounds those that
    are asked for so far.
    """

    source: StudySource
    points: tuple[Point, ...]

    @property
    def runs(self) -> tuple[Point, ...]:
        """One point for each distinct run."""
        first: dict[str, Point] = {}
        for point in self.points:
            first.setdefault(point.fingerprint, point)
        return tuple(first.values())

    @property
    def seeds(self) -> tuple[int, ...]:
        """Each once."""
        return tuple(dict.fromkeys(point.seed for point in self.points))


def expand(source: StudySource) -> Plan:
    """Every point, validated. Raises ConfigError with the problems of all points, each said once."""
    refuse_if_too_many([source])
    points: list[Point] = []
    problems: dict[Problem, None] = {}
    failures, more = 0, False
    for arm, axes, tree in _trees(source):
        try:
            spec = validated(RunSpec, tree)
        except ConfigError as error:
            problems |= dict.fromkeys(error.problems)
            failures += 1
            more |= error.more or failures == _MOST_FAILURES
            if failures == _MOST_FAILURES:
                break
        else:
            points += _at_seeds(arm, axes, spec, source.study.all_seeds)
    if problems:
        raise ConfigError(problems, more)
    return Plan(source, tuple(points))


def _at_seeds(arm: str, axes: Mapping[str, Any], spec: RunSpec, seeds: Sequence[int]) -> Iterator[Point]:
    """Seeds were checked with the study, and say nothing of the other fields: one grid point is validated once."""
    for seed, found in zip(seeds, fingerprints(spec, seeds), strict=True):
        yield Point(arm, axes, seed, spec.model_copy(update={"seed": seed}), run_id(arm, axes, seed, found))


def _trees(source: StudySource) -> Iterator[tuple[str, dict[str, Any], Located]]:
    """(arm, axes, tree of the runs of all seeds); later layers win: base and profile < arm < grid < --set."""
    axes = _axes(source)
    for name, arm in _children(source.tree, "arms"):
        arm_tree = source.base
        for path, value in changes_of(arm):
            arm_tree = arm_tree.patched(path, value)
        for values in itertools.product(*(axis.values_of_key for axis in axes.values())):
            tree = arm_tree
            for path, value in (*zip(axes, values, strict=True), *source.overrides):
                tree = tree.patched(path, value)
            chosen = {path: value.plain for path, value in zip(axes, values, strict=True)}
            yield name, chosen, tree


def refuse_if_too_many(sources: Sequence[StudySource]) -> None:
    """To be asked before any of the sources is expanded, if all of them are to be. Raises ConfigError."""
    counts = [_described(source) for source in sources]
    for source, count in zip(sources, counts, strict=True):
        if count > MOST_POINTS:
            grid = source.tree.child("grid") or source.tree
            message = f"{count:,} runs are described; at most {MOST_POINTS:,} are expanded. Shorten an axis"
            raise ConfigError([Problem(grid.place, "grid", message)])
    if sum(counts) > MOST_POINTS:
        profiles = sources[0].tree.child("profiles") or sources[0].tree
        message = f"{sum(counts):,} runs are described in all; at most {MOST_POINTS:,} are expanded. Choose a --profile"
        raise ConfigError([Problem(profiles.place, "profiles", message)])


def _described(source: StudySource) -> int:
    """Number of points, by the lengths of the axes."""
    study = source.study
    return len(study.arms) * math.prod(len(_parts(axis)) for axis in _axes(source).values()) * len(study.all_seeds)


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
