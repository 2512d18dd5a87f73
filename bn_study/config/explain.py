"""What a field of a run or of a study means, from the models that check it: `model.norm.momentum`."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from bn_study.config.schema import NAME, Place, Schema, definition_of, places, run_schema, study_fields_schema

_TYPES = {
    "integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false",
    "null": "null", "object": "a mapping", "array": "a list",
}  # fmt: skip
_BOUNDS = {
    "minimum": "at least {}", "exclusiveMinimum": "above {}", "maximum": "at most {}", "exclusiveMaximum": "below {}",
    "minItems": "at least {} in it", "maxItems": "at most {} in it", "minProperties": "at least {} in it",
    "minLength": "{} characters or more", "maxLength": "{} characters or fewer", "pattern": "matching {}",
}  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """One meaning of a path, in words; kinds that mean the same by it share one.

    `default` is YAML, None where the field must be given. `given` says which kinds have it, '' for all; `kinds` are
    those that it can be itself: (name, what it is).
    """

    meaning: str
    type: str
    default: str | None
    given: str
    kinds: tuple[tuple[str, str], ...]


@cache
def explained_paths() -> tuple[str, ...]:
    """Every path that can be explained: of runs, then of studies; NAME stands for a name that a user chose."""
    return tuple(dict.fromkeys(place.path for place, _ in _places()))


def explanations(path: str) -> tuple[Explanation, ...]:
    """Every meaning of a path, in the order of the kinds; empty for a path that no run and no study has."""
    alike: dict[str, tuple[Schema, list[Place]]] = {}
    for place, root in _places():
        if _stands_at(place, path):
            alike.setdefault(json.dumps([place.schema, place.is_required]), (root, []))[1].append(place)
    return tuple(_explanation(same, root) for root, same in alike.values())


def nearest(path: str, most: int = 3) -> list[str]:
    """The paths that end so, for `momentum`; else the one that is written most alike; at most so many, or none."""
    known = explained_paths()
    return [one for one in known if one.endswith(f".{path}")][:most] or difflib.get_close_matches(path[:100], known, 1)


@cache
def _places() -> tuple[tuple[Place, Schema], ...]:
    """Each with the schema that it is of."""
    return tuple((place, schema) for schema in (run_schema(), study_fields_schema()) for place in places(schema))


def _stands_at(place: Place, path: str) -> bool:
    return re.fullmatch(re.escape(place.path).replace(NAME, "[^.]+"), path) is not None


def _explanation(same: Sequence[Place], root: Schema) -> Explanation:
    place, field = same[0], same[0].schema
    of = [definition_of(part["$ref"], root) for part in (field, *field.get("anyOf", ())) if "$ref" in part]
    holders = [] if any(other.holder is not place.holder for other in same) else [place.holder]
    said = (one["description"] for one in (field, *of, *holders) if "description" in one)
    default = None if place.is_required else _written(field.get("default", {}))
    return Explanation(next(said, ""), _type(field, root), default, _given(same), tuple(_kinds(field, root)))


def _given(same: Sequence[Place]) -> str:
    """'model.norm.kind: batch or ghost': of the choices on the way, those that leave kinds out."""
    said = []
    for where in dict.fromkeys(where for place in same for where, _ in place.given):
        these = dict.fromkeys(value for place in same for choice, value in place.given if choice == where)
        every = {place.schema["const"] for place, _ in _places() if place.path == where}
        if these.keys() != every:
            said.append(f"{where}: {' or '.join(map(_written, these))}")
    return ", ".join(said)


def _type(field: Schema, root: Schema) -> str:
    """'a number, at least 0, below 1, or null'."""
    if "const" in field:
        return _written(field["const"])
    if "enum" in field:
        return f"one of {', '.join(map(_written, field['enum']))}"
    if kinds := list(_kinds(field, root)):
        return f"a mapping of the kind {', '.join(name for name, _ in kinds)}"
    if "$ref" in field:
        return f"a mapping of {', '.join(definition_of(field['$ref'], root)['properties'])}"
    if parts := (*field.get("anyOf", ()), *field.get("oneOf", ())):
        return ", or ".join(_type(part, root) for part in parts)
    bounds = [said.format(_written(field[name])) for name, said in _BOUNDS.items() if name in field]
    of = f", each {_type(field['items'], root)}" if field.get("items") else ""
    return ", ".join((_TYPES.get(field.get("type", ""), "anything"), *bounds)) + of


def _kinds(field: Schema, root: Schema) -> Iterator[tuple[str, str]]:
    """Of a choice between kinds: (name, the first line of what it is)."""
    for name, reference in field.get("discriminator", {}).get("mapping", {}).items():
        yield name, definition_of(reference, root)["description"].partition("\n")[0]


def _written(value: Any) -> str:
    """JSON is YAML; text without its quotes, 1.0 as 1."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
