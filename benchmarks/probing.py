"""What probing costs: a look of all probes, in training steps, and the share of a run, for three nets on one thread.

    python benchmarks/probing.py [--repeats 5] [--net dense]

The best of the repeats counts, in seconds of this process' CPU: other processes on the machine disturb it little, and
the share is a ratio within one run. "compiled" is the first look's time, paid once for each net of a worker. The nets
are the dense and the convolutional recipe, and the Inception net at the laptop profile of its studies, all with BN.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from bn_study.execution.worker_environment import worker_environment

os.environ |= worker_environment("tensorflow", threads=1)  # before the backend is loaded, which reads it

import numpy as np

from bn_study.config.load import load_run
from bn_study.config.probes import ProbeName
from bn_study.config.run import RunSpec
from bn_study.datasets import load
from bn_study.planning.looks import EARLY_STEPS, look_steps, probed_epochs
from bn_study.training.augmentation import epoch_stream
from bn_study.training.probes.prober import Prober
from bn_study.training.workbench import Workbench

RECIPES = Path(__file__).resolve().parents[1] / "configs"
#: Recipe → its changes, and the images of an epoch; here fewer are loaded, since a step does not know of them.
NETS: dict[str, tuple[dict[str, Any], int]] = {
    "dense": ({"training.epochs": 15}, 50_000),
    "cnn": ({}, 50_000),
    "inception": (
        {"model.width": 0.125, "dataset.image_size": 16, "training.batch_size": 20, "training.epochs": 8}, 4_000
    ),
}  # fmt: skip
LOADED, STEPS = 2_000, 10


def spec_of(name: str) -> RunSpec:
    tree = load_run(RECIPES / f"{name}.yaml").model_dump()
    fixed = {"model.norm": {"kind": "batch"}, "dataset.train_images": LOADED, "probes": get_args(ProbeName)}
    for path, value in {**fixed, **NETS[name][0]}.items():
        *parents, last = path.split(".")
        here = tree
        for parent in parents:
            here = here[parent]
        here[last] = value
    return RunSpec.model_validate(tree)


def cpu_seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def measured(name: str, repeats: int) -> str:
    """One line: a step, a look in steps as measured and as `plan` counts it, and what a whole run pays."""
    spec = spec_of(name)
    bench = Workbench(lambda data: load(data.name))
    data = bench.data(spec)
    net = bench.net(spec, data)
    prober = Prober(spec, net, data)
    batch, epochs = spec.training.batch_size, spec.training.total_epochs
    order, stream = np.arange(STEPS * batch, dtype=np.int32), epoch_stream(seed=0, epoch=0, step=0)

    def look() -> None:
        prober.look_after(1, diverged=False)

    first, steps, looks = cpu_seconds(look), [], []
    for _ in range(repeats):  # in turn, so that a slow minute of the machine falls on both
        steps.append(cpu_seconds(lambda: net.loop.train(data.resident, order, stream)) / STEPS)
        looks.append(cpu_seconds(look))
    end = cpu_seconds(lambda: prober.finish(1, diverged=False))
    step, a_look = min(steps), min(looks)
    times = len(EARLY_STEPS) + len(probed_epochs(epochs))
    run = epochs * -(-NETS[name][1] // batch) * step
    return (
        f"{name:10} step {1e3 * step:7.2f} ms, look {1e3 * a_look:8.1f} ms: {a_look / step:5.1f} steps, "
        f"counted {look_steps(get_args(ProbeName), batch):5.1f}; {times} looks of a run of {run:6.0f} s: "
        f"{times * a_look / run:6.2%}, compiled {first - a_look:4.1f} s, at the end {end:4.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--net", choices=list(NETS), help="of one net alone")
    asked = parser.parse_args()
    for name in [asked.net] if asked.net else NETS:
        print(measured(name, asked.repeats), flush=True)


if __name__ == "__main__":
    main()
