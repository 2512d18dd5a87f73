"""JSON Schemas of the two kinds of YAML files, for completion and checks in an editor.

The first line of a YAML file names its schema: `# yaml-language-server: $schema=study.schema.json`. A schema
says less than the loader: what one field means for another (an arm's name, a momentum for `nesterov`) is
checked by `bn-study check` alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic.json_schema import GenerateJsonSchema

from bn_study.config.run import RunSpec
from bn_study.config.study import Study

Schema: TypeAlias = dict[str, Any]

_REFERENCE = "#/$defs/"
#: In a dotted path, the name that a user chose: of an arm, of a profile.
NAME = "NAME"


class _WithoutFieldTitles(GenerateJsonSchema):
    """Pydantic titles `batch_size` 'Batch Size', which an editor would show beside the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@dataclass(frozen=True)
class Place:
    """Where a field may stand: its dotted path, what may stand there, what holds it, and whether it must be given.

    `given` are the choices on the way: (("model.kind", "dense"), ("model.norm.kind", "batch")).
    """

    path: str
    schema: Schema
    holder: Schema
    is_required: bool
    given: tuple[tuple[str, Any], ...]


def places(schema: Schema) -> Iterator[Place]:
    """Every place of every field, of each kind in turn. Fields of a list's parts stand right below the list."""
    yield from _places(schema, schema["$defs"], "", ())


def run_schema() -> Schema:
    """Of a complete run recipe, the files of configs/."""
    generated = RunSpec.model_json_schema(schema_generator=_WithoutFieldTitles)
    return {"$schema": GenerateJsonSchema.schema_dialect, **generated, "title": "bn_study: a run"}


def study_fields_schema() -> Schema:
    """Of a study's own fields: what changes and axes may name is left open."""
    return Study.model_json_schema(schema_generator=_WithoutFieldTitles)


def study_schema() -> Schema:
    """Of a study, the files of experiments/. Changes and axes may name every dotted path of a run."""
    run, study = run_schema(), study_fields_schema()
    changes, properties, words = _changes(run), study["properties"], study["$defs"]["Arm"]
    seeds = {key: value for key, value in properties["seeds"].items() if key != "description"}
    of_profile = {**changes, "seeds": seeds, "grid": _ref("Axes")}
    axes = {path: {"type": "array", "minItems": 1, "uniqueItems": True, "items": of} for path, of in changes.items()}
    definitions = {
        "Changes": _closed(changes, "Changes to the run by dotted path."),
        "ProfileChanges": {
            **_closed(of_profile, "Changes to the run by dotted path, and to the study's `seeds:` and `grid:`."),
            "patternProperties": {r"^grid\.": {"type": "array", "minItems": 1}},
        },
        "Arm": _closed({**words["properties"], **changes}, words["description"]),
        "Axes": _closed(axes, "Dotted path of the run → the values to cross."),
    }
    _fill_names(properties["arms"], _ref("Arm"))
    _fill_names(properties["profiles"], _ref("ProfileChanges"))
    properties["grid"] = {"description": properties["grid"]["description"], **_ref("Axes")}
    for definition in ("Published", "Claim"):
        fields = study["$defs"][definition]["properties"]
        fields["at"] = {"description": fields["at"]["description"], **_ref("Changes")}
    return {
        "$schema": run["$schema"],
        **study,
        "title": "bn_study: a study",
        "$defs": {**run["$defs"], **study["$defs"], **definitions},
    }


def schema_text(which: str) -> str:
    """The file's text: configs/run.schema.json for 'run', experiments/study.schema.json for 'study'."""
    schema = {"run": run_schema, "study": study_schema}[which]()
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _changes(run: Schema) -> dict[str, Schema]:
    """Every dotted path of a run → what may stand there, in any of the kinds that have this path."""
    options: dict[str, list[Schema]] = {}
    for place in places(run):
        known = options.setdefault(place.path, [])
        if place.schema not in known:
            known.append(place.schema)
    del options["seed"]  # an axis of its own: `seeds:`
    return {path: several[0] if len(several) == 1 else {"anyOf": several} for path, several in options.items()}


def _places(
    schema: Schema, definitions: Mapping[str, Schema], above: str, given: tuple[tuple[str, Any], ...]
) -> Iterator[Place]:
    fields, required = schema.get("properties", {}), schema.get("required", ())
    chosen = given + tuple((above + name, field["const"]) for name, field in fields.items() if "const" in field)
    for name, field in fields.items():
        path = above + name
        yield Place(path, field, schema, name in required, given if "const" in field else chosen)
        for between, below in _below(field, definitions):
            yield from _places(below, definitions, f"{path}.{between}", chosen)


def _below(schema: Schema, definitions: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """What a field may hold that has fields itself; before it, what stands in the path between both."""
    if "$ref" in schema:
        yield "", definitions[_named(schema["$ref"])]
    listed = [schema["items"]] if "items" in schema else []
    for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *listed):
        yield from _below(part, definitions)
    for part in schema.get("patternProperties", {}).values():
        yield from ((f"{NAME}.{between}", below) for between, below in _below(part, definitions))


def definition_of(reference: str, root: Schema) -> Schema:
    """What '#/$defs/BatchNorm' stands for."""
    definition: Schema = root["$defs"][_named(reference)]
    return definition


def _named(reference: str) -> str:
    return reference.removeprefix(_REFERENCE)


def _ref(name: str) -> Schema:
    return {"$ref": _REFERENCE + name}


def _closed(properties: dict[str, Schema], description: str) -> Schema:
    return {"type": "object", "description": description, "properties": properties, "additionalProperties": False}


def _fill_names(mapping: Schema, value: Schema) -> None:
    """A mapping of names: what stands under any of them, and that nothing but a name may be a key."""
    mapping["patternProperties"] = dict.fromkeys(mapping["patternProperties"], value)
    mapping["additionalProperties"] = False
