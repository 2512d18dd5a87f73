"""What the parts of a study say of each other, checked where it stands: names, and paths that shut each other out."""

from __future__ import annotations

from collections.abc import Iterator

from bn_study.config.arm import WORDS
from bn_study.config.problem import Problem
from bn_study.config.source import DEEPEST, Located
from bn_study.config.validate import listed, suggestion

_PLURAL = {"arm": "arms", "axis": "axes", "profile": "profiles"}
#: Of each part of a study. With fewer, nothing that is said of all pairs of them takes long.
_MOST = {"arms": 1_000, "grid": 20, "profiles": 100, "claims": 500, "figures": 500, "published": 5_000}
_MOST_CHANGES = 100  # of one arm or profile
STUDY_LEVEL = ("seeds", "grid")  # what a profile or --set may change beside fields of the run


def incoherences(study: Located) -> Iterator[Problem]:
    """Every problem. The study need not be valid otherwise: what is not of the expected form is passed over."""
    yield from _unknown_names(study)
    yield from _shared_folders(study)
    yield from _shared_labels(study)
    for path, patch in _patches(study):
        yield from _set_seeds(patch, path)
        yield from _replaced_paths(patch, path)


def excesses(study: Located) -> Iterator[Problem]:
    """Parts of a study that are too many to look at each. To be asked before anything else is."""
    for part, most in _MOST.items():
        if (found := study.child(part)) and found.size > most:
            what = "axes" if part == "grid" else part
            yield Problem(found.place, part, f"{found.size:,} {what} are described; at most {most:,} are read")
    for group in ("arms", "profiles"):
        for name, patch in _items(study.child(group)):
            if patch.size > _MOST_CHANGES:
                message = f"{patch.size:,} changes are described; at most {_MOST_CHANGES} are read"
                yield Problem(patch.place, f"{group}.{name}", message)


def patches(study: Located) -> Iterator[list[tuple[str, Located]]]:
    """The changes of each arm, of each profile, and of each value of each axis: (dotted path, value)."""
    yield from (changes_of(arm) for _, arm in _items(study.child("arms")))
    yield from (_items(profile) for _, profile in _items(study.child("profiles")))
    for where, axis in _items(study.child("grid")):
        for value in axis.values_of_key:
            yield [(where, value)]


def changes_of(arm: Located) -> list[tuple[str, Located]]:
    """(dotted path, value) of what the arm changes of the run; its words change nothing."""
    return [(where, value) for where, value in _items(arm) if where not in WORDS]


def set_seed(where: str, value: Located, path: str) -> Iterator[Problem]:
    """The root seed is an axis of its own: a run takes it from `seeds`, so a change of `seed` would do nothing."""
    if where.partition(".")[0] == "seed":
        yield Problem(value.place, path, "the seeds of a study are set by `seeds: […]`")


def _patches(study: Located) -> Iterator[tuple[str, Located]]:
    for group in ("arms", "profiles"):
        for name, patch in _items(study.child(group)):
            yield f"{group}.{name}", patch
            if grid := patch.child("grid"):
                yield f"{group}.{name}.grid", grid
    if grid := study.child("grid"):
        yield "grid", grid


def _set_seeds(patch: Located, path: str) -> Iterator[Problem]:
    for where, value in _items(patch):
        yield from set_seed(where, value, f"{path}.{where}")


def _replaced_paths(patch: Located, path: str) -> Iterator[Problem]:
    """`model.norm.momentum: 0.9` and then `model.norm: {…}`: the second would undo the first in silence."""
    below: dict[str, str] = {}  # path → a path below it that has been set
    for where, value in _items(patch):
        if where in below and where not in STUDY_LEVEL:
            yield Problem(value.place, f"{path}.{where}", f"undoes {below[where]}, which stands before it")
        parts = where.split(".")
        for length in range(1, min(len(parts), DEEPEST)):
            below.setdefault(".".join(parts[:length]), where)


def _shared_folders(study: Located) -> Iterator[Problem]:
    """Each profile's report has a folder of its name, beside those of the runs and of the report without a profile."""
    taken = {"runs": "the runs", "base": "the report without a profile"}  # by name; not all disks tell x from X
    for name, profile in _items(study.child("profiles")):
        if other := taken.get(name.lower()):
            yield Problem(profile.place, f"profiles.{name}", f"would share the results folder of {other}; rename it")
        taken[name.lower()] = f"profile {name!r}"


def _shared_labels(study: Located) -> Iterator[Problem]:
    """Two arms that people read the same of could not be told apart."""
    taken: dict[str, str] = {}
    for name, arm in _items(study.child("arms")):
        label = arm.child("label")
        said = label.value if label and isinstance(label.value, str) else name
        if said in taken:
            message = f"{said!r} is what people read for the arm {taken[said]!r} already; give one another label"
            yield Problem((label or arm).place, f"arms.{name}{'.label' * bool(label)}", message)
        taken.setdefault(said, name)


def _unknown_names(study: Located) -> Iterator[Problem]:
    arms = [name for name, _ in _items(study.child("arms"))]
    axes = [name for name, _ in _items(study.child("grid"))]
    for index, published in enumerate(_parts(study.child("published"))):
        yield from _unknown(published.child("arm"), f"published[{index}].arm", "arm", arms)
    for index, claim in enumerate(_parts(study.child("claims"))):
        for where, kind in _NAMES_IN_CLAIMS.items():
            known = arms if kind == "arm" else axes
            yield from _unknown(claim.below(where), f"claims[{index}].{where}", kind, known)
        for where in ("interaction.arms", "correlate.arms"):
            for rank, arm in enumerate(_parts(claim.below(where))):
                yield from _unknown(arm, f"claims[{index}].{where}[{rank}]", "arm", arms)
    for index, figure in enumerate(_parts(study.child("figures"))):
        kind_of_figure = figure.child("kind")
        if kind_of_figure and kind_of_figure.value == "axis":  # `against` of curves is no axis of the grid
            yield from _unknown(figure.child("against"), f"figures[{index}].against", "axis", axes)
        yield from _unknown(figure.below("theory.arm"), f"figures[{index}].theory.arm", "arm", arms)
        for rank, arm in enumerate(_parts(figure.child("arms"))):
            yield from _unknown(arm, f"figures[{index}].arms[{rank}]", "arm", arms)
        for rank, axis in enumerate(_parts(figure.child("axes"))):
            yield from _unknown(axis, f"figures[{index}].axes[{rank}]", "axis", axes)
    profiles = [name for name, _ in _items(study.child("profiles"))]
    yield from _unknown(study.child("default_profile"), "default_profile", "profile", profiles)


_NAMES_IN_CLAIMS = {
    "compare.arm": "arm", "compare.with": "arm", "compare.each_at_its_best": "axis",
    "peak.arm": "arm", "peak.axis": "axis", "interaction.axis": "axis", "value.arm": "arm", "at_every": "axis",
    "at_least.along": "axis",
}  # fmt: skip


def _unknown(named: Located | None, path: str, kind: str, known: list[str]) -> Iterator[Problem]:
    if named is not None and isinstance(named.value, str) and named.value not in known:
        near = suggestion(named.value, known) or f" ({_PLURAL[kind]} here: {listed(known)})"
        yield Problem(named.mark, path, f"there is no {kind} {named.value!r}{near}")


def _items(located: Located | None) -> list[tuple[str, Located]]:
    return list(located.value.items()) if located and isinstance(located.value, dict) else []


def _parts(located: Located | None) -> tuple[Located, ...]:
    return located.value if located and isinstance(located.value, tuple) else ()
