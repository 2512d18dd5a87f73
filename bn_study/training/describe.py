"""Parameters and forward FLOPs of nets, built without a training backend.

`python -m bn_study.training.describe` with KERAS_BACKEND=numpy: a JSON list of requests on standard
input, a JSON list of answers on standard output. It builds the real nets, so that nothing is counted by a
second description of them; nothing is computed, and TensorFlow is not imported.
"""

from __future__ import annotations

import json
import sys

from pydantic import TypeAdapter

from bn_study.config.model import Model, Net
from bn_study.training.counting import count_parameters, forward_flops
from bn_study.training.model import build

_MODEL: TypeAdapter[Net] = TypeAdapter(Model)


def main() -> None:
    answers = []
    for request in json.load(sys.stdin):
        spec = _MODEL.validate_json(json.dumps(request["model"]))
        height, width, channels = request["image_shape"]
        model = build(spec, (height, width, channels), request["classes"], "float32")
        answers.append([count_parameters(model)[0], forward_flops(model)])
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
