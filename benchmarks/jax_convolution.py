"""JAX on a CPU: a training step of the Inception net called by itself, and inside a compiled loop (jax-ml/jax#12868).

    python benchmarks/jax_convolution.py [--width 0.25] [--modules 9] [--repeats 3]

One step of 30 images of 16×16, as at laptop profile, on one thread. The best of the repeats counts, in seconds of this
process' CPU. The ratio is why `training.jax_loop` calls steps of nets with convolutions one by one there.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from bn_study.execution.worker_environment import worker_environment

os.environ |= worker_environment("jax", threads=1)  # before the backend is loaded, which reads it

import numpy as np

from bn_study.config.load import load_run
from bn_study.datasets import load
from bn_study.training.augmentation import epoch_stream
from bn_study.training.jax_loop import CompiledLoop
from bn_study.training.workbench import Workbench

RECIPE = Path(__file__).resolve().parents[1] / "configs" / "inception.yaml"
BATCH, SIZE = 30, 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--width", type=float, default=0.25)
    parser.add_argument("--modules", type=int, default=9)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    spec = load_run(RECIPE)
    spec = spec.model_copy(
        update={
            "model": spec.model.model_copy(update={"width": asked.width, "modules": asked.modules}),
            "dataset": spec.dataset.model_copy(update={"name": "digits", "image_size": SIZE, "train_images": BATCH}),
            "training": spec.training.model_copy(update={"batch_size": BATCH}),
        }
    )
    bench = Workbench(lambda data: load(data.name))
    data = bench.data(spec)
    loop = bench.net(spec, data).loop
    assert isinstance(loop, CompiledLoop)
    order, stream = np.arange(BATCH, dtype=np.int32), epoch_stream(seed=0, epoch=0, step=0)
    seconds = {}
    for name, loop.loops in (("called by itself", False), ("in a compiled loop", True)):
        loop.train(data.resident, order, stream)  # compiles
        times = []
        for _ in range(asked.repeats):
            start = time.process_time()
            loop.train(data.resident, order, stream)
            times.append(time.process_time() - start)
        seconds[name] = min(times)
        print(f"{name:<18} {1000 * seconds[name]:8.0f} ms a step", flush=True)
    print(f"ratio {seconds['in a compiled loop'] / seconds['called by itself']:.1f}")


if __name__ == "__main__":
    main()
