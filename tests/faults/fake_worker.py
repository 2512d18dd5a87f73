"""A worker whose training is made up, so that hundreds of runs and deaths take seconds.

The real worker (channel, lock, result, log), store and checkpoint; only the nets are not: a run's "weights"
are a few numbers, moved in each epoch by seed and epoch. `BN_FAKE` is a JSON object: `seconds` an epoch,
`do`: seed → what happens in its second epoch, and `torn`: the name of a file; a worker is killed at the first time
that it writes it, with half of the bytes on the disk.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
import types
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "store"))

from records import ENVIRONMENT, small_record  # noqa: E402

from bn_study.execution import worker  # noqa: E402
from bn_study.planning.expansion import Point  # noqa: E402
from bn_study.planning.identity import fingerprint  # noqa: E402
from bn_study.store.record import EpochRecord  # noqa: E402

if len(sys.argv) == 3:  # a worker on another machine has the environment of that
    os.environ["BN_FAKE"], os.environ["BN_FAKE_MARKS"] = sys.argv[1:]
ORDERS = json.loads(os.environ.get("BN_FAKE", "{}"))


class Interrupted(Exception):
    """As training.train has it."""


class ResourceExhaustedError(Exception):
    """TensorFlow's, by its name."""


class Variable:
    """What a checkpoint needs of a keras.Variable."""

    def __init__(self) -> None:
        self.value = np.zeros(3)
        self.shape = self.value.shape

    def assign(self, value: Any) -> None:
        self.value = np.array(value)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.value


class Bench:
    def __init__(self, load: object) -> None:
        pass


def train(
    spec: Any, run_id: str, bench: object, checkpoint: Any, model_file: Path, announce: Any,
    stopping: Callable[[], bool], threads: int,
) -> Any:  # fmt: skip
    """Like training.train; every epoch's end is a checkpoint."""
    weights, began = Variable(), time.monotonic_ns()
    epochs, _ = checkpoint.restore([weights])
    while len(epochs) < spec.training.epochs:
        epoch = len(epochs) + 1
        time.sleep(ORDERS.get("seconds", 0.0))
        happen(spec.seed, epoch, run_id)
        weights.assign(weights.value * 0.9 + np.random.default_rng([spec.seed, epoch]).random(3))
        epochs.append(epoch_record(epoch, float(weights.value[0])))
        announce(epochs[-1])
        if epoch < spec.training.epochs:
            checkpoint.save([weights], epochs)
            if stopping():
                raise Interrupted
    note_training(fingerprint(spec), began)
    point = Point("fake", {}, spec.seed, spec, run_id)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    changes = {"epochs": tuple(epochs), "environment": ENVIRONMENT, "started": now, "ended": now}
    return small_record(point).model_copy(update=changes)


def note_training(fingerprint: str, began: int) -> None:
    """One line for each training of a spec to its end."""
    if marks := os.environ.get("BN_FAKE_MARKS"):
        with open(Path(marks) / f"{fingerprint}.trained", "a") as file:
            file.write(f"{began} {time.monotonic_ns()}\n")


def epoch_record(epoch: int, number: float) -> EpochRecord:
    return EpochRecord(
        epoch=epoch, learning_rate=0.01, train_loss=number, train_accuracy=number / 10, validation_loss=number,
        validation_accuracy=number / 10, train_seconds=0.1, validation_seconds=0.0, steps=1, images_per_second=1.0,
    )  # fmt: skip


def happen(seed: int, epoch: int, run_id: str) -> None:
    """The fault ordered for this seed, in the second epoch."""
    order = ORDERS.get("do", {}).get(str(seed), ORDERS.get("do", {}).get("all", ""))
    if not order or epoch != 2:
        return
    if not order.endswith(" once") or is_first(run_id):
        FAULTS[order.removesuffix(" once")]()


def is_first(what: str) -> bool:
    """Whether no worker of this test has asked so before."""
    mark = Path(os.environ["BN_FAKE_MARKS"]) / what
    if mark.exists():
        return False
    mark.touch()
    return True


def tear(name: str) -> None:
    """From now on the first write of a file of this name in each folder ends in half of it, and in SIGKILL."""
    replace = os.replace

    def torn(source: Path, target: Path) -> None:
        if target.name == name and is_first("-".join(target.parts[-3:])):
            os.truncate(source, source.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)

    os.replace = torn  # type: ignore[assignment]


def fail(error: Exception) -> Callable[[], None]:
    def raising() -> None:
        raise error

    return raising


FAULTS: dict[str, Callable[[], None]] = {
    "error": fail(ValueError("no such layer")),
    "own error": lambda: fail(ValueError(f"at {time.monotonic_ns()}"))(),
    "memory": fail(MemoryError("cannot allocate")),
    "resource": fail(ResourceExhaustedError("OOM when allocating tensor")),
    "jax": fail(RuntimeError("RESOURCE_EXHAUSTED: Out of memory")),
    "disk": fail(OSError(errno.ENOSPC, "No space left on device")),
    "leave": lambda: os._exit(0),
    "sys.exit": lambda: sys.exit(0),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "hang": lambda: time.sleep(3600),
    "hang with a child": lambda: subprocess.run(["sleep", "3600"], check=True) and None,
    "noise": lambda: os.write(1, b"noise\n" * 3_000_000) and None,
}


def stand_in(name: str, **contents: object) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(contents)
    sys.modules[name] = module


if __name__ == "__main__":
    # Without its __init__, which imports keras: no worker takes seconds to start.
    stand_in("bn_study.training", __path__=[str(ROOT / "bn_study" / "training")])
    stand_in("bn_study.training.backend", device=lambda: "CPU")
    stand_in("bn_study.training.workbench", Workbench=Bench)
    stand_in("bn_study.training.train", train=train, Interrupted=Interrupted)
    if "torn" in ORDERS:
        tear(ORDERS["torn"])
    if ORDERS.get("start") == "broken":
        print("ModuleNotFoundError: No module named 'keras'", file=sys.stderr)
        sys.exit(1)
    worker.main()
