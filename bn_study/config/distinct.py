"""Distinct: lists of which no two entries may be equal."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from pydantic import Field

UNIQUE = Field(min_length=1, json_schema_extra={"uniqueItems": True})


def distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """A value given twice would count one run as two. Raises ValueError."""
    seen = set()
    for value in values:
        key = _key(value)
        if key in seen:
            raise ValueError(f"the value {str(value)[:40]} stands twice")
        seen.add(key)
    return values


def _key(value: Any) -> Hashable:
    """Equal for equal values: 1 and 1.0, but not 1 and true; mappings in any order."""
    if isinstance(value, dict):
        return frozenset((name, _key(part)) for name, part in value.items())
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    return isinstance(value, bool), value
