"""Naming: what speaks of arms by their names in the study, as people read it: by their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from pydantic import BaseModel

#: The fields of claims, verdicts, tables and published numbers that name an arm, or several.
_NAMES = ("arm", "arms", "with_arm", "reference")

T = TypeVar("T")


def labelled(value: T, labels: Mapping[str, str]) -> T:
    """The same value with every arm in it by its label. What names no arm is not copied."""
    return cast(T, _labelled(value, labels)) if any(name != label for name, label in labels.items()) else value


def _labelled(value: Any, labels: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_labelled(part, labels) for part in value)
    if isinstance(value, BaseModel):
        found = _changes(value, type(value).model_fields, labels)
        return value.model_copy(update=found) if found else value
    if is_dataclass(value) and not isinstance(value, type):
        found = _changes(value, (field.name for field in fields(value)), labels)
        return replace(value, **found) if found else value
    return value


def _changes(value: Any, names: Any, labels: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name in names:
        before = getattr(value, name)
        after = _named(before, labels) if name in _NAMES else _labelled(before, labels)
        if after is not before:
            found[name] = after
    return found


def _named(value: Any, labels: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(labels.get(one, one) for one in value)
    return labels.get(value, value)
