"""On JAX: what is compiled after the warm-up, and both ways to take steps. `python jax_calls.py` prints JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from one_step import MODELS, RECIPE

from bn_study.config.load import load_run
from bn_study.config.run import RunSpec
from bn_study.datasets import load
from bn_study.planning.identity import fingerprint
from bn_study.training.augmentation import epoch_stream
from bn_study.training.checkpoint import Checkpoint
from bn_study.training.random_layer import start_streams
from bn_study.training.train import train
from bn_study.training.workbench import Workbench


def spec_of(kind: str, last_batch: str, **training: Any) -> RunSpec:
    tree = load_run(RECIPE).model_dump()
    tree["model"], tree["dataset"]["train_images"] = MODELS[kind], 150
    tree["training"] |= {"epochs": 2, "batch_size": 32, "last_batch": last_batch, **training}
    return RunSpec.model_validate(tree)


def compiled_in_epochs(kind: str, last_batch: str) -> int:
    """How many programs of the loop are compiled between the warm-up and the run's end."""
    bench, spec = Workbench(lambda data: load(data.name)), spec_of(kind, last_batch)
    net = bench.net(spec, bench.data(spec))
    loop: Any = net.loop
    programs = (loop._step, loop._steps)
    before = sum(program._cache_size() for program in programs)
    seen = {}

    def watch(news: Any) -> None:
        seen[type(news).__name__] = loop._evaluate._cache_size()

    evaluated = loop._evaluate._cache_size()
    nowhere = Path("/nowhere")
    train(spec, "run", bench, Checkpoint(nowhere, fingerprint(spec)), nowhere, watch, lambda: False, threads=1)
    return sum(program._cache_size() for program in programs) - before + seen["EpochRecord"] - evaluated


def steps_both_ways() -> float:
    """The largest difference of a weight after an epoch in a compiled loop, and step by step."""
    bench, spec = Workbench(lambda data: load(data.name)), spec_of("dense", "keep")
    data = bench.data(spec)
    weights = []
    for loops in (True, False):
        net = bench.net(spec, data)
        loop: Any = net.loop
        loop.loops = loops
        start_streams(net.trainee.model, seed=0, epoch=0)
        net.trainee.optimizer.learning_rate.assign(0.05)
        loop.train(data.resident, np.arange(150, dtype=np.int32), epoch_stream(seed=0, epoch=0, step=0))
        weights.append([np.asarray(weight) for weight in net.trainee.model.weights])
    return max(float(np.abs(a.astype(float) - b.astype(float)).max()) for a, b in zip(*weights, strict=True))


if __name__ == "__main__":
    cases = [("dense", "keep"), ("dense", "drop"), ("cnn", "keep"), ("recurrent", "drop")]
    counts = {" ".join(case): compiled_in_epochs(*case) for case in cases}
    print(json.dumps({"compiled": counts, "difference": steps_both_ways()}))
