"""The axes of a plan: the dotted paths that a study's grid crosses, with names and values for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from bn_study.planning.expansion import Plan, Point
from bn_study.planning.identity import axis_label, telling

AxisValue: TypeAlias = int | float | str
Axes: TypeAlias = Mapping[str, AxisValue]


def axis_paths(plan: Plan) -> tuple[str, ...]:
    """Dotted paths of the axes, in the order of the study. Axes that `--set` fixes are not among them."""
    return tuple(plan.points[0].axes) if plan.points else ()


def axis_value(value: Any) -> AxisValue:
    """Numbers stay numbers, so that they can be an x axis; all else becomes the text that people write."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return axis_label(value)


def axis_text(value: AxisValue) -> str:
    """The label of the value that `axis_value` made the key of a group; a text is its label already."""
    return value if isinstance(value, str) else axis_label(value)


def axis_name(path: str) -> str:
    """'training.learning_rate.initial' → 'learning rate', 'model.dropout.rate' → 'dropout rate'."""
    parts = telling(path)
    return " ".join(parts[1:] or parts).replace("_", " ")


def axes_text(axes: Axes) -> str:
    """'learning rate 0.01, batch size 128'; empty for a study without a grid."""
    return ", ".join(f"{axis_name(path)} {axis_text(value)}" for path, value in axes.items())


def fits(point: Point, at: Mapping[str, Any]) -> bool:
    """Whether the point has these values, of its axes or of its spec; {} fits all."""
    return all(axis_value(_value(point, path)) == axis_value(wanted) for path, wanted in at.items())


def _value(point: Point, path: str) -> Any:
    if path in point.axes:
        return point.axes[path]
    value: Any = point.spec.model_dump()
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
