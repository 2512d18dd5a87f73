"""Parameters and forward FLOPs of nets, or why they do not fit their images.

`python -m bn_study.training.describe`: a JSON list of requests on standard input, a JSON list of answers on standard
output. It builds the real nets, so that nothing is counted by a second description of them; but no weight is given a
value, so that nets of any size are described at once, in little memory.
"""

from __future__ import annotations

import json
import sys
import traceback
from typing import Any

import keras
from pydantic import TypeAdapter

from bn_study.config.model import Model, Net
from bn_study.training.counting import count_parameters, forward_flops
from bn_study.training.model import build

_MODEL: TypeAdapter[Net] = TypeAdapter(Model)


def main() -> None:
    keras.config.disable_traceback_filtering()  # it wraps what is wrong in boilerplate
    keras.StatelessScope().__enter__()  # weights have shapes, and no values: they get them where the scope is left
    print(json.dumps([described(request) for request in json.load(sys.stdin)]))


def described(request: dict[str, Any]) -> list[int] | str:
    """[parameters, forward FLOPs of an image]; or, as text, why Keras can build no such net for these images."""
    spec = _MODEL.validate_json(json.dumps(request["model"]))
    height, width, channels = request["image_shape"]
    try:
        model = build(spec, (height, width, channels), request["classes"], "float32")
    except Exception as error:  # a ValueError of Keras' own checks, or what the backend raises
        reason = str(error).strip().splitlines() or [type(error).__name__]
        return f"{_innermost_layer(error)}: {reason[0]}"
    return [count_parameters(model)[0], forward_flops(model)]


def _innermost_layer(error: Exception) -> str:
    """The name of the layer that the error was raised in; Keras' messages do not have it."""
    owners = [frame.f_locals.get("self") for frame, _ in traceback.walk_tb(error.__traceback__)]
    names = [str(owner.name) for owner in owners if isinstance(owner, keras.Layer)]
    return names[-1] if names else "the net"


if __name__ == "__main__":
    main()
