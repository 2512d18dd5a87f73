"""RunRecord: what came out of one run. The JSON of this is `result.json`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from bn_study.config.run import RunSpec
from bn_study.store.probe_record import ProbesRecord
from bn_study.store.recorded import Recorded


class EpochRecord(Recorded):
    """One epoch. Training loss and accuracy are running means in training mode, as Keras' `fit` prints them."""

    epoch: int = Field(description="counted from 1")
    learning_rate: float
    train_loss: float | None = Field(description="nat; null = not finite")
    train_accuracy: float | None
    validation_loss: float | None = Field(
        description="nat, after the epoch, inference mode; null = not finite or not reached"
    )
    validation_accuracy: float | None
    train_seconds: float
    validation_seconds: float
    steps: int
    images_per_second: float
    cpu_seconds: float | None = Field(
        None, description="CPU time of the process over `train_seconds`, all its threads; null in older records"
    )


class Progress(Recorded):
    """Somewhere in an epoch: means over it so far, in training mode. Told, never stored."""

    epoch: int = Field(description="counted from 1")
    images: int = Field(description="of this epoch, done")
    images_an_epoch: int
    loss: float | None = Field(description="nat; null = not finite")
    accuracy: float
    images_per_second: float


class FinalRecord(Recorded):
    """Measured once, after the last epoch, in inference mode."""

    train_accuracy: float = Field(description="on `train_images_evaluated` images of the training part")
    train_loss: float | None
    train_images_evaluated: int
    validation_accuracy: float = Field(description="equals the last epoch's: with BN's moving averages")
    validation_loss: float | None
    reestimated_validation_accuracy: float | None = Field(
        description="with BN statistics re-estimated on training data; null for nets without BN"
    )
    reestimated_validation_loss: float | None
    test_accuracy: float | None = Field(
        None, description="on the test images; null where these are what the run validates on"
    )
    test_loss: float | None = None


class CostRecord(Recorded):
    """What the run cost. Times are wall time of the worker, but for those that say CPU: that of all its threads."""

    parameters: int
    trainable_parameters: int
    forward_flops: int = Field(
        description="multiply-adds counted as 2, matrix products and convolutions only, per image"
    )
    step_seconds: float | None = Field(description="median over chunks of steps after the warm-up")
    train_seconds: float
    total_seconds: float = Field(description="from reading the spec to writing the result")
    peak_memory_bytes: int = Field(description="largest resident set of the worker so far")
    step_cpu_seconds: float | None = Field(None, description="median, as `step_seconds`; null in older records")
    train_cpu_seconds: float | None = None


class DataRecord(Recorded):
    """Which bytes were trained on."""

    fingerprint: str
    provenance: str
    train_images: int
    validation_images: int
    validation_source: Literal["test", "train"]
    classes: int | None = Field(None, description="how many there are; null in records from before it was written down")
    image_shape: tuple[int, int, int] | None = Field(None, description="(height, width, channels), after any resizing")
    remarks: tuple[str, ...] = Field(
        default=(), description="what was changed in reading, and what is odd about the data"
    )


class EnvironmentRecord(Recorded):
    """Where it ran. Recorded, never hashed."""

    backend: str
    device: str
    threads: int
    precision: str
    versions: dict[str, str]
    python: str
    platform: str
    processor: str
    instructions: str | None = Field(
        None, description="widest vector instructions found there; a virtual machine may hide what the processor has"
    )
    host: str | None = Field(None, description="the machine's own name; null in older records")
    commit: str | None = Field(description="of the working tree, with '+changes' when it was not clean")

    @property
    def processor_model(self) -> str:
        """'AMD EPYC 9R14 (AVX512_SPR)'."""
        return f"{self.processor} ({self.instructions})" if self.instructions else self.processor

    @property
    def kind_of_machine(self) -> dict[str, str]:
        """Equal where the same run gives the same bits."""
        where = {"backend": self.backend, "device": self.device, "processor": self.processor_model}
        return {**where, "threads": str(self.threads), **self.versions}


class ErrorRecord(Recorded):
    """Why a run failed."""

    type: str
    message: str
    traceback: str


class RunRecord(Recorded):
    """A run's end: finished, diverged (a result: the loss became infinite or blew up), or failed (an error)."""

    schema_version: Literal[1] = 1
    run_id: str
    fingerprint: str = Field(description="planning.identity.fingerprint of the spec")
    status: Literal["finished", "diverged", "failed"]
    spec: RunSpec
    epochs: tuple[EpochRecord, ...]
    diverged_at_epoch: int | None = None
    final: FinalRecord | None = None
    cost: CostRecord | None = None
    data: DataRecord | None = None
    probes: ProbesRecord | None = None
    environment: EnvironmentRecord
    error: ErrorRecord | None = None
    started: str = Field(description="UTC, ISO 8601")
    ended: str


def best_epoch(epochs: Sequence[EpochRecord]) -> EpochRecord | None:
    """The epoch of the highest validation accuracy, the first of equal ones; None when all diverged."""
    reached = [epoch for epoch in epochs if math.isfinite(_accuracy(epoch))]
    return max(reached, key=_accuracy, default=None)


def _accuracy(epoch: EpochRecord) -> float:
    return math.nan if epoch.validation_accuracy is None else epoch.validation_accuracy
