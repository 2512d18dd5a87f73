"""Read a study file, its base recipe, the chosen profile and the overrides of the command line."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from bn_study.config.coherence import STUDY_LEVEL, excesses, incoherences, patches, set_seed
from bn_study.config.path import DOTTED_PATH
from bn_study.config.problem import MOST_PROBLEMS, ConfigError, Position, Problem
from bn_study.config.run import RunSpec
from bn_study.config.source import Located, parse_yaml, read_yaml
from bn_study.config.study import Study
from bn_study.config.validate import listed, suggestion, validated
from bn_study.datasets.visible import visible

#: What is shipped with the package.
RECIPES, STUDIES = (Path(__file__).parents[1] / folder for folder in ("configs", "experiments"))
_MOST_TRIED = 1_000  # changes of a study that is wrong otherwise, each tried alone


@dataclass(frozen=True)
class StudySource:
    """A study as asked for: `study` is validated, the trees keep the places for later errors."""

    path: Path
    study: Study
    tree: Located  # the study with seeds and grid of the profile and of --set in place
    base: Located  # the base recipe with the profile's changes in place
    profile: str | None
    overrides: tuple[tuple[str, Located], ...]  # --set, fields of the run only
    set_: tuple[str, ...]  # all of --set that hold, by path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def is_as_published(self) -> bool:
        """Whether runs have the sizes of the source: at profile `paper`, or in a study that has but one size."""
        size = self.profile == "paper" or not self.study.profiles
        return size and not self.overrides

    @property
    def custom(self) -> str:
        """Six hex digits over all of --set; '' without."""
        text = "\n".join(self.set_)
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:6] if self.set_ else ""

    def command(self, verb: str) -> str:
        """The command line that does this with the study, its profile and every --set that was given."""
        words = ["bn-study", verb, self.path.as_posix(), *(["--profile", self.profile] if self.profile else [])]
        return shlex.join([*words, *(word for text in self.set_ for word in ("--set", text))])


def study_files(folder: Path) -> list[Path]:
    """The studies of a folder, by name: all YAML files in it but hidden ones (editors keep some). Empty without it."""
    if not folder.is_dir():
        return []
    files = (path for path in folder.iterdir() if path.suffix.lower() in (".yaml", ".yml"))
    return sorted(path for path in files if not path.name.startswith(".") and not path.is_dir())


def load_run(path: Path) -> RunSpec:
    """A complete recipe. Raises ConfigError."""
    return validated(RunSpec, read_yaml(path))


@dataclass(frozen=True)
class StudyFile:
    """A study and its recipe as they are written, read and checked once for all profiles."""

    path: Path
    study: Study
    tree: Located
    base: Located

    def at(self, profile: str | None = None, set_: Sequence[str] = ()) -> StudySource:
        """The study at a profile, with overrides 'dotted.path=value' of the command line. Raises ConfigError."""
        profile = profile or self.study.default_profile
        of_profile = _profile_changes(self.tree, self.study, profile)
        set_ = _that_hold(set_)
        of_command = [_override(text) for text in set_]
        tree, base = self.tree, self.base
        for where, value in of_profile + of_command:
            if _is_of_study(where):
                tree = _with_study_change(tree, where, value)
        study = self.study if tree is self.tree else _checked(self.path, tree)
        for where, value in of_profile:
            if not _is_of_study(where):
                base = base.patched(where, value)
        overrides = tuple((where, value) for where, value in of_command if not _is_of_study(where))
        return StudySource(self.path, study, tree, base, profile, overrides, set_)


def read_study(path: Path) -> StudyFile:
    """Read and check a study and its recipe. Raises ConfigError."""
    _check_name(path)
    tree = read_yaml(path)
    study, base = _checked(path, tree), _base(path, tree)
    if (probes := tree.child("probes")) and study.probes is not None:
        base = base.patched("probes", probes)
    return StudyFile(path, study, tree, base)


def load_study(path: Path, profile: str | None = None, set_: Sequence[str] = ()) -> StudySource:
    """Read and check a study; `set_` holds texts 'dotted.path=value'. Raises ConfigError."""
    return read_study(path).at(profile, set_)


def _check_name(path: Path) -> None:
    """The results folder bears the study's name: '..' would lead out of all results. Raises ConfigError."""
    if path.stem.startswith(".") or visible(path.stem) != path.stem:
        message = f"a study's results are named after its file, and {path.stem!r} cannot name a folder: rename the file"
        raise ConfigError([Problem(Position(str(path), 1, 1), "", message)])


def _checked(path: Path, tree: Located) -> Study:
    """The study, or one ConfigError with the problems of its form, its coherence and its changes."""
    if problems := list(excesses(tree)):
        raise ConfigError(problems)
    problems = list(islice(incoherences(tree), MOST_PROBLEMS))
    try:
        study = validated(Study, tree)
    except ConfigError as error:
        raise ConfigError(chain(error.problems, problems, _broken_changes(path, tree)), error.more) from error
    if problems:
        raise ConfigError(problems)
    return study


def _broken_changes(path: Path, tree: Located) -> Iterator[Problem]:
    """What no run can have, of arms, profiles and axes. Expansion tells it of a well-formed study; this
    tells it of the others, so that all mistakes of a file are known at once."""
    named = tree.child("base")
    if named is None or not isinstance(named.value, str):
        return  # told already
    try:
        base = _base(path, tree)
    except ConfigError as error:
        yield from error.problems
        return
    for changes in islice(patches(tree), _MOST_TRIED):
        changed = base
        for where, value in changes:
            if not _is_of_study(where) and re.fullmatch(DOTTED_PATH, where):
                changed = changed.patched(where, value)
        try:
            validated(RunSpec, changed)
        except ConfigError as error:
            yield from error.problems


def _is_of_study(where: str) -> bool:
    return where.partition(".")[0] in STUDY_LEVEL


def _profile_changes(tree: Located, study: Study, profile: str | None) -> list[tuple[str, Located]]:
    if profile is None:
        return []
    profiles = tree.child("profiles")
    chosen = profiles.child(profile) if profiles else None
    if chosen is None:
        place = profiles.place if profiles else tree.mark
        names = list(study.profiles)
        known = f" (profiles here: {listed(names)})"
        message = f"there is no profile {profile!r}{suggestion(profile, names) or known}"
        raise ConfigError([Problem(place, "profiles", message)])
    assert isinstance(chosen.value, dict)
    return list(chosen.value.items())


def _with_study_change(tree: Located, where: str, value: Located) -> Located:
    """`seeds: …` replaces the seeds; `grid: {path: […]}` replaces the axes that it names."""
    if where == "grid" and isinstance(value.value, dict):
        axes = tree.child("grid") or Located({}, value.mark, value.key_mark)
        kept = dict(axes.value) if isinstance(axes.value, dict) else {}
        return tree.patched("grid", Located({**kept, **value.value}, axes.mark, axes.key_mark))
    if where.startswith("grid."):
        axis = Located({where.removeprefix("grid."): value}, value.mark, value.key_mark)
        return _with_study_change(tree, "grid", axis)
    return tree.patched(where, value)


def _base(path: Path, tree: Located) -> Located:
    """The recipe: a file, relative to the study; or one that is shipped, by its name."""
    named = tree.child("base")
    assert named is not None
    base_path = path.parent / str(named.value)
    if not os.path.exists(base_path):  # Path.exists raises on a name that is too long
        shipped = {file.stem: file for file in study_files(RECIPES)}
        if named.value not in shipped:
            beside = [file.name for file in study_files(base_path.parent) if file != path]
            near = suggestion(base_path.name, [*beside, *shipped])
            ways = f" (a path relative to this study, or one of {listed(list(shipped))})"
            raise ConfigError([Problem(named.mark, "base", f"there is no file {base_path}{near or ways}")])
        base_path = shipped[str(named.value)]
    base = read_yaml(base_path)
    validated(RunSpec, base)
    return base


def _that_hold(texts: Sequence[str]) -> tuple[str, ...]:
    """Of --set, without those that a later one sets anew, by path: one tuple for all orders that mean the same.

    The order of axes means something: figures are drawn against the first.
    """
    held: list[str] = []
    for text in texts:
        where = _path_of(text)
        if where != "grid":  # the axes of several add up
            held = [other for other in held if not f"{_path_of(other)}.".startswith(f"{where}.")]
        held.append(text)
    return tuple(sorted(held, key=lambda text: "grid" if text.startswith("grid.") else _path_of(text)))


def _path_of(override: str) -> str:
    return override.partition("=")[0].strip()


def _override(text: str) -> tuple[str, Located]:
    where, equals, value = text.partition("=")
    file = f"--set {text}"
    if not equals or not where.strip():
        problem = Problem(Position(file, 1, 1), "", "write it as path=value, for example training.epochs=3")
        raise ConfigError([problem])
    indent = " " * (len(where) + 1)  # so that columns count in the whole text
    empty = Located(None, Position(file, 1, len(indent) + 1))
    located = parse_yaml(indent + value, file) if value.strip() else empty
    change = Located(located.value, located.mark, Position(file, 1, 1))
    if problems := list(set_seed(where.strip(), change, where.strip())):
        raise ConfigError(problems)
    return where.strip(), change
