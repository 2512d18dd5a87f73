"""Parameters and forward FLOPs of nets, built without a training backend.

`python -m bn_study.training.describe` with KERAS_BACKEND=numpy: a JSON list of requests on standard
input, a JSON list of answers on standard output: counts, or why no such net can be built. It builds the real nets,
so that nothing is counted by a second description of them; nothing is computed, and TensorFlow is not imported.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import keras
from pydantic import TypeAdapter

from bn_study.config.model import Model, Net
from bn_study.training.counting import count_parameters, forward_flops
from bn_study.training.model import build

_MODEL: TypeAdapter[Net] = TypeAdapter(Model)


def main() -> None:
    keras.config.disable_traceback_filtering()  # it wraps what is wrong in boilerplate
    print(json.dumps([described(request) for request in json.load(sys.stdin)]))


def described(request: dict[str, Any]) -> list[int] | str:
    """[parameters, forward FLOPs of an image]; or, as text, why Keras can build no such net for these images."""
    spec = _MODEL.validate_json(json.dumps(request["model"]))
    height, width, channels = request["image_shape"]
    try:
        model = build(spec, (height, width, channels), request["classes"], "float32")
    except ValueError as error:  # what all of Keras' shape checks raise
        return str(error).strip().splitlines()[0]
    return [count_parameters(model)[0], forward_flops(model)]


if __name__ == "__main__":
    main()
