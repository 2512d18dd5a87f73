"""Check a located tree against a spec; say every mistake in plain words, at its place in the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bn_study.config.problem import ConfigError, Problem
from bn_study.config.source import Located

Spec = TypeVar("Spec", bound=BaseModel)

_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list in [brackets]",
    "dict_type": "a mapping of `key: value` lines",
    "model_type": "a mapping of `key: value` lines",
    "model_attributes_type": "a mapping of `key: value` lines",
    "finite_number": "a finite number",
}
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}

_MOST_COMPARED = 50_000  # pairs of characters, of a word and all that may be meant: some ms
_MOST_NAMES = 20  # in one message


def validated(spec_type: type[Spec], located: Located) -> Spec:
    """The spec that `located` describes. Raises ConfigError with every problem."""
    try:
        return spec_type.model_validate(located.plain)
    except ValidationError as error:
        details = (detail for detail in error.errors(include_url=False) if not _counts_only_the_valid(detail))
        raise ConfigError(_problem(spec_type, located, detail) for detail in details) from error


def suggestion(word: str, choices: Sequence[str]) -> str:
    """' (did you mean 'x'?)' for the nearest choice, or nothing; nothing also where looking for it would take long."""
    if len(word) * sum(map(len, choices)) > _MOST_COMPARED:
        return ""
    holding = [choice for choice in choices if len(word) > 3 and word in choice.split("_")][:3]
    near = holding or difflib.get_close_matches(word, choices, n=1, cutoff=0.55)
    return f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""


def listed(names: Sequence[str]) -> str:
    """'a, b, c', or 'none'; of many the first."""
    return ", ".join((*names[:_MOST_NAMES], *["…"] * (len(names) > _MOST_NAMES))) or "none"


def _counts_only_the_valid(detail: ErrorDetails) -> bool:
    """Pydantic also calls a list of one wrong entry too short; the entry's own error says it all."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _problem(spec_type: type[BaseModel], root: Located, detail: ErrorDetails) -> Problem:
    path, found, owner = _follow(spec_type, root, detail["loc"])
    kind = detail["type"]
    if kind == "union_tag_invalid" and (tag := found.child("kind")):
        return Problem(tag.mark, f"{path}.kind", _not_a_choice(tag.plain, detail["ctx"]))
    if kind == "contradiction":
        name, field = _to_blame(found, detail["ctx"]["fields"])
        return Problem(field.place, f"{path}.{name}" if path else name, detail["msg"])
    last = detail["loc"][-1:]
    of_key = kind in ("missing", "union_tag_not_found", "extra_forbidden") or last == ("[key]",)
    of_key |= kind == "string_pattern_mismatch" and last == (detail["input"],)  # a key among others of its kind
    message = _message(detail, owner)
    if owner is spec_type and kind == "extra_forbidden":
        message += _whole_path(spec_type, path, isinstance(found.value, Mapping))
    elif kind in _EXPECTED and isinstance(found.value, tuple) and "grid" not in spec_type.model_fields:
        message += "; values to compare stand in the `grid:` of a study"
    return Problem(found.place if of_key else found.mark, path, message)


def _whole_path(spec_type: type[BaseModel], key: str, mapping: bool) -> str:
    """For `learning_rate: 1` at the top '; write training.learning_rate.initial'; '' where it is no part of a path."""
    paths = [path for path in _paths(spec_type) if key in path.split(".")]
    if not paths:
        return ""
    parts = paths[0].split(".")
    whole = ".".join(parts[: parts.index(key) + 1])
    leaf = next((path for path in paths if path == whole or not path.endswith(".kind")), whole)
    return f"; write {whole if mapping else leaf}"


def _paths(spec_type: type[BaseModel], above: str = "") -> Iterator[str]:
    """Every dotted path to a value, of all kinds of every choice."""
    for name, field in spec_type.model_fields.items():
        below = list(_models_in(field.annotation))
        if not below:
            yield f"{above}{name}"
        for one in below:
            yield from _paths(one, f"{above}{name}.")


def _to_blame(mapping: Located, fields: Sequence[str]) -> tuple[str, Located]:
    """The first of the fields that came from another file than the rest (an arm, an override), else the first."""
    named = [(field, child) for field in fields if (child := mapping.below(field))]
    patched = [(field, child) for field, child in named if child.mark.file != mapping.mark.file]
    return [*patched, *named, (fields[0], mapping)][0]


def _follow(
    spec_type: type[BaseModel], root: Located, loc: tuple[int | str, ...]
) -> tuple[str, Located, type[BaseModel] | None]:
    """Walk `loc` through the tree and the spec side by side.

    Pydantic's loc also holds the tag of a tagged union ('model', 'norm', 'batch', 'epsilon'), which is
    no key of the file. Returns the dotted path, the nearest value that stands in the file, and the spec
    that owns the last key.
    """
    path, here, options = "", root, [spec_type]
    owner: type[BaseModel] | None = spec_type
    for step in loc:
        tagged = [option for option in options if _tag(option) == step]
        if isinstance(step, str) and tagged and (here.child(step) is None):
            options = tagged
            owner = tagged[0]
            continue
        if isinstance(step, str) and step.startswith("["):  # a key, or a form (see config.seeds), and not what it holds
            continue
        owner = options[0] if options else None
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
        here = here.child(step) or here
        options = list(_models_of(options, step)) if options else []
    return path, here, owner


def _tag(model: type[BaseModel]) -> str | None:
    """The value of a tagged spec's `kind`."""
    field = model.model_fields.get("kind")
    return get_args(field.annotation)[0] if field and get_args(field.annotation) else None


def _models_of(options: Sequence[type[BaseModel]], step: str | int) -> Iterator[type[BaseModel]]:
    """The specs that the value at `step` may be. An index into a list or dict stays with the same specs."""
    for option in options:
        field = option.model_fields.get(str(step)) or _aliased(option, str(step))
        if field is None:
            yield option
        else:
            yield from _models_in(field.annotation)


def _aliased(option: type[BaseModel], alias: str) -> Any:
    return next((field for field in option.model_fields.values() if field.alias == alias), None)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _keys(owner: type[BaseModel] | None) -> list[str]:
    return [field.alias or name for name, field in owner.model_fields.items()] if owner else []


def _message(detail: ErrorDetails, owner: type[BaseModel] | None) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "extra_forbidden":
        keys = _keys(owner)
        return f"unknown key{suggestion(last, keys) or _choices(keys)}"
    if kind == "missing":
        return "this key is required and missing"
    if kind == "union_tag_not_found":
        return (
            "this choice needs a `kind:`"
            if isinstance(value, Mapping)
            else f"a mapping with `kind:` is expected, found {_shown(value)}"
        )
    if kind == "literal_error":
        return _not_a_choice(value, context)
    if kind in _EXPECTED:
        hint = "; write true or false" if kind == "bool_type" and isinstance(value, str) else ""
        return f"{_EXPECTED[kind]} is expected, found {_shown(value)}{hint}"
    if kind in _BOUNDS:
        word, bound = _BOUNDS[kind]
        return f"must be {word} {context[bound]:.15g}, found {_shown(value)}"
    if kind == "too_short":
        return f"needs at least {context['min_length']} entries, found {context['actual_length']}"
    if kind == "too_long":
        return f"takes at most {context['max_length']} entries, found {len(value)}"
    if kind == "string_pattern_mismatch":
        dotted = r"\." in context["pattern"]
        use = "a dotted path such as training.epochs is meant" if dotted else "use letters, digits, '_' and '-'"
        return f"{_shown(value)} is not allowed here: {use}"
    return detail["msg"].removeprefix("Value error, ")


def _not_a_choice(value: Any, context: Mapping[str, Any]) -> str:
    """For a Literal ('expected' holds "'a', 'b' or 'c'") and for the kind of a tagged union ('expected_tags')."""
    expected = str(context.get("expected") or context["expected_tags"])
    allowed = [word.strip(" '") for word in expected.replace(" or ", ", ").split(",")]
    return f"{_shown(value)} is not one of {', '.join(allowed)}{suggestion(str(value), allowed)}"


def _choices(keys: Sequence[str]) -> str:
    return f" (known here: {listed(keys)})" if keys else ""


def _shown(value: Any) -> str:
    if value is None:
        return "nothing (null)"
    if isinstance(value, str):
        text = value if len(value) <= 40 else f"{value[:40]}…"
        return f"the text {text!r}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
