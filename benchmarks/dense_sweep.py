"""The dense study's arms at 3 epochs on CIFAR-10: the script a Keras user writes against `bn-study run`.

    python benchmarks/dense_sweep.py [--seeds 2] [--epochs 3] [--rounds 1]

Both are whole processes, in turn, in one run: imports, data, tracing, validation and writing count. Also
printed: training FLOP/s of (b) over the machine's sgemm, and the workers' peak memory. Nothing is
passed or failed by time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bn_study.execution.cores import allowed_cores

ROOT = Path(__file__).resolve().parents[1]
STUDY = ROOT / "experiments" / "dense_bn_vs_dropout.yaml"
ARMS = 5

TRAIN, VALIDATION = 50_000, 10_000
#: Weights of the matrix products 3072-1024-768-10.
WEIGHTS = (3072 * 1024, 1024 * 768, 768 * 10)


@dataclass(frozen=True)
class Timing:
    """Wall seconds, and the largest resident set of any process of the command."""

    seconds: float
    peak_memory_bytes: int


def nominal_flops(epochs: int) -> float:
    """Of one run, as papers count: a forward pass is 2 FLOP a weight and image, training three times that."""
    return epochs * 2.0 * sum(WEIGHTS) * (3 * TRAIN + VALIDATION)


def executed_flops(epochs: int) -> float:
    """Of one run, as executed: nobody computes the gradient of the first layer's input."""
    return nominal_flops(epochs) - epochs * 2.0 * WEIGHTS[0] * TRAIN


def sgemm_flops(size: int = 4096, repeats: int = 3) -> float:
    """FLOP/s of NumPy's float32 matrix product on all cores, best of the repeats."""
    matrix = np.random.default_rng(0).random((size, size), dtype=np.float32)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        matrix @ matrix
        times.append(time.perf_counter() - start)
    return 2.0 * size**3 / min(times)


def timed(command: list[str], log: Path) -> Timing:
    """Run a command to its end; its output goes to a file. Raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    start = time.perf_counter()
    with log.open("w") as file:
        subprocess.run(command, check=True, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Timing(seconds, max(before, after) * (1 if sys.platform == "darwin" else 1024))


def plain(epochs: int, seeds: int, folder: Path) -> Timing:
    script = Path(__file__).with_name("plain_keras.py")
    return timed([sys.executable, str(script), str(epochs), str(seeds)], folder / "plain.log")


def product(epochs: int, seeds: int, folder: Path) -> tuple[Timing, int]:
    """`bn-study run` as a user calls it, into an empty results folder; and its workers' peak memory."""
    results = folder / "results"
    command = [str(Path(sys.executable).with_name("bn-study")), "run", str(STUDY), "--results", str(results)]
    command += ["--set", f"training.epochs={epochs}", "--set", f"seeds={list(range(seeds))}"]
    timing = timed(command, folder / "product.log")
    records = [json.loads(path.read_text()) for path in results.rglob("result.json")]
    assert len(records) == ARMS * seeds, (len(records), folder)
    assert all(record["status"] == "finished" for record in records)
    return timing, max(record["cost"]["peak_memory_bytes"] for record in records)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    epochs, runs = options.epochs, ARMS * options.seeds

    peak = sgemm_flops()
    print(
        f"{len(allowed_cores())} cores; NumPy sgemm {peak / 1e9:.0f} GFLOP/s; {runs} runs of {epochs} epochs",
        flush=True,
    )
    for number in range(1, options.rounds + 1):
        with tempfile.TemporaryDirectory() as name:
            b, worker_bytes = product(epochs, options.seeds, Path(name))
            print(f"round {number}  (b) bn-study run    {b.seconds:6.1f} s", flush=True)
            a = plain(epochs, options.seeds, Path(name))
            print(f"round {number}  (a) plain model.fit {a.seconds:6.1f} s", flush=True)
        nominal = runs * nominal_flops(epochs) / b.seconds
        executed = runs * executed_flops(epochs) / b.seconds
        print(f"ratio (a) / (b): {a.seconds / b.seconds:.2f}")
        print(f"(b): {nominal / 1e9:.0f} GFLOP/s, {nominal / peak:.2f} of sgemm, with training as 3 forward passes")
        print(f"(b): {executed / 1e9:.0f} GFLOP/s, {executed / peak:.2f} of sgemm, without what nobody computes")
        print(f"peak memory: a worker {worker_bytes / 1e9:.2f} GB, the plain script {a.peak_memory_bytes / 1e9:.2f} GB")


if __name__ == "__main__":
    main()
