"""Two training steps of a tiny net of each kind, for comparing backends: `python one_step.py OUT.npz`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bn_study.config.load import load_run
from bn_study.config.run import RunSpec
from bn_study.datasets import load
from bn_study.training.augmentation import epoch_stream
from bn_study.training.random_layer import start_streams
from bn_study.training.workbench import Workbench

BN = {"kind": "batch", "on_input": True}
MODELS: dict[str, dict[str, Any]] = {
    "dense": {"kind": "dense", "widths": (6, 5), "norm": BN | {"noise": {}}, "dropout": {"rate": 0.3}},
    "inception": {"kind": "inception", "width": 0.05, "modules": 1, "norm": {"kind": "batch", "scale": False}},
    "cnn": {"kind": "cnn", "filters": (3,), "dense_units": 5, "norm": {"kind": "ghost", "virtual_batch_size": 5},
            "dropout": {"rate": 0.2, "spatial": True}},
    "resnet": {"kind": "resnet", "depth": 8, "width": 0.1, "norm": {"kind": "group", "groups": 2}},
    "recurrent": {"kind": "recurrent", "units": (4, 3), "norm": BN},
}  # fmt: skip
RECIPE = Path(__file__).resolve().parents[2] / "configs" / "digits.yaml"


def stepped() -> dict[str, NDArray[np.float32]]:
    """'kind/number path' → the weight after two steps of 8 images, from the same weights everywhere."""
    bench = Workbench(lambda data: load(data.name))
    found: dict[str, NDArray[np.float32]] = {}
    for kind, model in MODELS.items():
        tree = load_run(RECIPE).model_dump()
        tree["model"], tree["training"]["batch_size"], tree["dataset"]["train_images"] = model, 8, 16
        spec = RunSpec.model_validate(tree)
        data = bench.data(spec)
        net = bench.net(spec, data)
        draw = np.random.default_rng(0)
        for variable in net.trainee.model.trainable_variables:  # Keras' own draws differ from backend to backend
            start = 0.0 if "kernel" in variable.name else np.asarray(variable)
            variable.assign((start + draw.normal(0.0, 0.3, variable.shape)).astype(np.float32))
        start_streams(net.trainee.model, seed=0, epoch=0)
        net.trainee.optimizer.learning_rate.assign(0.05)
        net.loop.train(data.resident, np.arange(16, dtype=np.int32), epoch_stream(seed=0, epoch=0, step=0))
        for number, variable in enumerate(net.trainee.model.weights):
            found[f"{kind}/{number} {variable.name}"] = np.asarray(variable)
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **stepped())
