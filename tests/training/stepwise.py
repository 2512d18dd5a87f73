"""Losses of single augmented steps on the backend of the environment, from weights that every backend can set.

`python stepwise.py` reads a run spec on standard input and prints a JSON list.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from bn_study.config.run import RunSpec
from bn_study.datasets import load
from bn_study.training.augmentation import epoch_stream
from bn_study.training.workbench import Workbench


def losses(spec: RunSpec, bench: Workbench) -> list[float]:
    """Sums of losses: three steps of 32 of the digits in one call, a rest of 4, and another epoch's first step."""
    data = bench.data(spec)
    net = bench.net(spec, data)
    random = np.random.default_rng(0)
    kernels = (random.normal(0, 0.3, weight.shape) for weight in net.trainee.model.get_weights())
    net.trainee.model.set_weights([kernel.astype(np.float32) for kernel in kernels])
    net.trainee.optimizer.learning_rate.assign(0.01)
    order = np.arange(100, dtype=np.int32)
    first = net.loop.train(data.resident, order, epoch_stream(spec.seed, epoch=0, step=0)).loss
    return [first, net.loop.train(data.resident, order[:32], epoch_stream(spec.seed, epoch=1, step=0)).loss]


if __name__ == "__main__":
    run = RunSpec.model_validate_json(sys.stdin.read())
    print(json.dumps(losses(run, Workbench(lambda data: load(data.name)))))
