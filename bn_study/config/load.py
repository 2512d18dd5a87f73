"""Read a study file, its base recipe, the chosen profile and the overrides of the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bn_study.config.problem import ConfigError, Mark, Problem
from bn_study.config.run import RunSpec
from bn_study.config.source import Located, parse_yaml, read_yaml
from bn_study.config.study import Study
from bn_study.config.validate import suggestion, validated

_STUDY_LEVEL = ("seeds", "grid")  # what a profile or --set may change beside fields of the run


@dataclass(frozen=True)
class StudySource:
    """A study as asked for: `study` is validated, the trees keep the places for later errors."""

    path: Path
    study: Study
    tree: Located  # the study with seeds and grid of the profile and of --set in place
    base: Located  # the base recipe with the profile's changes in place
    profile: str | None
    overrides: tuple[tuple[str, Located], ...]  # --set, fields of the run only
    custom: str  # six hex digits over all of --set; '' without

    @property
    def name(self) -> str:
        return self.path.stem


def load_run(path: Path) -> RunSpec:
    """A complete recipe. Raises ConfigError."""
    return validated(RunSpec, read_yaml(path))


def load_study(path: Path, profile: str | None = None, set_: Sequence[str] = ()) -> StudySource:
    """Read and check a study; `set_` holds texts 'dotted.path=value'. Raises ConfigError."""
    tree = read_yaml(path)
    study = validated(Study, tree)
    profile = profile or study.default_profile
    changes = _profile_changes(tree, study, profile) + [_override(text) for text in set_]
    for where, value in changes:
        if where.partition(".")[0] in _STUDY_LEVEL:
            tree = _with_study_change(tree, where, value)
    base = _base(path, tree)
    run_changes = [(where, value) for where, value in changes if where.partition(".")[0] not in _STUDY_LEVEL]
    overrides = tuple(run_changes[len(run_changes) - _run_level(set_) :])
    for where, value in run_changes[: len(run_changes) - len(overrides)]:
        base = base.patched(where, value)
    return StudySource(path, validated(Study, tree), tree, base, profile, overrides, _digest(set_))


def _profile_changes(tree: Located, study: Study, profile: str | None) -> list[tuple[str, Located]]:
    if profile is None:
        return []
    profiles = tree.child("profiles")
    chosen = profiles.child(profile) if profiles else None
    if chosen is None:
        place = profiles.place if profiles else tree.mark
        names = list(study.profiles)
        known = f" (profiles here: {', '.join(names) or 'none'})"
        message = f"there is no profile {profile!r}{suggestion(profile, names) or known}"
        raise ConfigError([Problem(place, "profiles", message)])
    assert isinstance(chosen.value, dict)
    return list(chosen.value.items())


def _with_study_change(tree: Located, where: str, value: Located) -> Located:
    """`seeds: […]` replaces the seeds; `grid: {path: […]}` replaces the axes that it names."""
    if where == "grid" and isinstance(value.value, dict):
        axes = tree.child("grid") or Located({}, value.mark, value.key_mark)
        kept = dict(axes.value) if isinstance(axes.value, dict) else {}
        return tree.patched("grid", Located({**kept, **value.value}, axes.mark, axes.key_mark))
    if where.startswith("grid."):
        axis = Located({where.removeprefix("grid."): value}, value.mark, value.key_mark)
        return _with_study_change(tree, "grid", axis)
    return tree.patched(where, value)


def _base(path: Path, tree: Located) -> Located:
    named = tree.child("base")
    assert named is not None
    base_path = path.parent / str(named.value)
    if not base_path.is_file():
        message = f"there is no file {base_path} (the path is relative to this study)"
        raise ConfigError([Problem(named.mark, "base", message)])
    base = read_yaml(base_path)
    validated(RunSpec, base)
    return base


def _override(text: str) -> tuple[str, Located]:
    where, equals, value = text.partition("=")
    file = f"--set {text}"
    if not equals or not where.strip():
        problem = Problem(Mark(file, 1, 1), "", "write it as path=value, for example training.epochs=3")
        raise ConfigError([problem])
    located = parse_yaml(value, file) if value.strip() else Located(None, Mark(file, 1, len(where) + 2))
    shift = len(where) + 1
    return where.strip(), Located(located.value, Mark(file, 1, shift + located.mark.column), Mark(file, 1, 1))


def _digest(set_: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(set_)).encode()).hexdigest()[:6] if set_ else ""


def _run_level(set_: Sequence[str]) -> int:
    return sum(text.partition("=")[0].partition(".")[0].strip() not in _STUDY_LEVEL for text in set_)
