"""Plain: texts on one line, of nothing but characters that a page, a slide's XML and a terminal can show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from bn_study.datasets.visible import one_line

T = TypeVar("T")


def plain(value: T) -> T:
    """The same value, of the same types, with every text in it made plain; keys too."""
    return cast(T, _plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {_plain(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(map(_plain, value))
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _plain(getattr(value, name)) for name in type(value).model_fields})
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _plain(getattr(value, field.name)) for field in fields(value)})
    return value
