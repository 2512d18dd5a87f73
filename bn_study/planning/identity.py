"""Canonical spec → run id. Same spec, same id, on any machine and in any order."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bn_study.config.run import RunSpec

#: Raise it when the meaning of a spec changes: all ids change, and old results are not taken for new ones.
IDENTITY_VERSION = 1
#: A text that can be taken for no other value: it begins with a letter or what begins a path.
_PLAIN = re.compile(r"(?!(?:none|true|false|nan|inf|infinity)$)[A-Za-z_./~][^\s,()\[\]=\"]*", re.IGNORECASE)

_SAID_BY_THE_PARENT = ("initial", "kind", "name")

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def fingerprint(spec: RunSpec) -> str:
    """12 hex digits over the canonical spec: JSON, sorted keys, fields at their default left out.

    Defaults are pinned by a test, so a field that is added later with an inert default moves no id.
    """
    (found,) = fingerprints(spec, [spec.seed])
    return found


def fingerprints(spec: RunSpec, seeds: Iterable[int]) -> Iterator[str]:
    """Of the spec with each of the seeds; the spec itself is looked at once."""
    departures = spec.model_dump(mode="json", exclude_defaults=True)
    default = RunSpec.model_fields["seed"].default
    for seed in seeds:
        departures.pop("seed", None)
        if seed != default:
            departures["seed"] = seed
        text = _CANONICAL.encode([IDENTITY_VERSION, departures])
        yield hashlib.sha256(text.encode()).hexdigest()[:12]


def run_id(arm: str, axes: Mapping[str, Any], seed: int, fingerprint: str) -> str:
    """Readable prefix (arm, axes, seed) and the fingerprint, fit for a folder's name: bn_learning_rate=0.01_s0_….

    A run is found by the fingerprint alone: what stands before it may come to be written otherwise.
    """
    parts = [arm, *(f"{telling(path)[-1]}={axis_label(value)}" for path, value in axes.items()), f"s{seed}"]
    readable = re.sub(r"[^A-Za-z0-9_.=+-]+", "-", "_".join(parts))[:100]
    return f"{readable}_{fingerprint}"


def telling(path: str) -> list[str]:
    """The parts of a dotted path that say what it is: learning_rate.initial is the learning rate."""
    parts = path.split(".")
    return parts[:-1] if len(parts) > 1 and parts[-1] in _SAID_BY_THE_PARENT else parts


def axis_label(value: Any) -> str:
    """A grid value as people write it: 0.001, relu, batch(momentum=0.9).

    Values that differ have labels that differ, and equal ones, as 1 and 1.0, have one. A text that reads as something
    else, or that holds what joins the parts of a label, stands in quotes.
    """
    if isinstance(value, Mapping):
        rest = ", ".join(f"{key}={axis_label(part)}" for key, part in sorted(value.items()) if key != "kind")
        return f"{value.get('kind', '')}({rest})" if rest else str(value.get("kind", "{}"))
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(axis_label(part) for part in value) + "]"
    if isinstance(value, float) and not value.is_integer():
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    if isinstance(value, float):
        return str(int(value))
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
