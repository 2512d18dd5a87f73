"""Plans of the shipped study with records that no run made: what came out is written here, in numbers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from bn_study.config.load import load_study
from bn_study.config.seeds import UntilDecided
from bn_study.planning.expansion import Plan, Point, expand
from bn_study.store.probe_record import ProbesRecord
from bn_study.store.record import (
    CostRecord,
    DataRecord,
    EnvironmentRecord,
    EpochRecord,
    ErrorRecord,
    FinalRecord,
    RunRecord,
)

STUDY = Path(__file__).parents[2] / "experiments" / "dense_bn_vs_dropout.yaml"
LEARNING_RATES = "grid.training.learning_rate.initial=[1e-3, 1e-2, 1e-1]"
REENCODED = "not the official CIFAR-10 bytes: data_batch_1 differs from the official file (a re-encoded copy)"
#: arm → (validation accuracy in the end, epochs to 63 % of the way, training accuracy above it, s an epoch)
BEHAVIOUR = {
    "plain": (0.525, 4.0, 0.20, 6.1),
    "bn": (0.565, 2.5, 0.24, 7.4),
    "bn_after": (0.552, 2.2, 0.27, 7.5),
    "dropout": (0.535, 4.5, -0.02, 6.6),
    "bn_dropout": (0.578, 3.2, 0.08, 7.9),
}

_ERROR = ErrorRecord(type="ValueError", message="no | such\nthing", traceback="…")


def plan_of(profile: str = "paper", *set_: str) -> Plan:
    """The dense study as the shipped file describes it, with overrides as on the command line; arms by their names."""
    source = load_study(STUDY, profile, set_=set_)
    arms = {name: arm.model_copy(update={"label": "", "about": ""}) for name, arm in source.study.arms.items()}
    return expand(replace(source, study=source.study.model_copy(update={"arms": arms})))


def until_decided(plan: Plan, first: int) -> Plan:
    """As if the study added seeds one by one, up to all that the plan has."""
    until = UntilDecided.model_validate({"first": first, "until": "decided", "most": len(plan.seeds)})
    study = plan.source.study.model_copy(update={"seeds": until})
    return replace(plan, source=replace(plan.source, study=study))


def record(
    point: Point,
    validation: Sequence[float | None] = (0.4, 0.5),
    *,
    train: Sequence[float | None] | None = None,
    status: Literal["finished", "diverged", "failed"] = "finished",
    epoch_seconds: float = 2.0,
    fingerprint: str = "sha256:00112233aabbccdd",
    provenance: str = REENCODED,
    precision: str = "float32",
    train_accuracy_at_the_end: float = 0.6,
    reestimated: float | None = None,
    step_seconds: float | None = 0.01,
    device: str = "cpu",
    classes: int | None = None,
    test_accuracy: float | None = None,
    cpu_share: float | None = None,
    threads: int = 2,
    probes: ProbesRecord | None = None,
    backend: str = "tensorflow",
    processor: str = "a processor | with a pipe",
) -> RunRecord:
    """A record with one epoch for each entry of `validation`; losses are -log of the accuracies."""
    train = validation if train is None else train
    epochs = tuple(
        _epoch(n + 1, *pair, epoch_seconds, cpu_share) for n, pair in enumerate(zip(train, validation, strict=True))
    )
    final = FinalRecord(
        train_accuracy=train_accuracy_at_the_end, train_loss=0.9, train_images_evaluated=10_000,
        validation_accuracy=validation[-1] or 0.0, validation_loss=1.2,
        reestimated_validation_accuracy=reestimated, reestimated_validation_loss=None,
        test_accuracy=test_accuracy,
    ) if status == "finished" else None  # fmt: skip
    cost = CostRecord(
        parameters=3_943_178, trainable_parameters=3_943_178, forward_flops=7_880_000,
        step_seconds=step_seconds, train_seconds=epoch_seconds * len(epochs),
        total_seconds=epoch_seconds * len(epochs) + 3.0, peak_memory_bytes=900_000_000,
        step_cpu_seconds=_of(cpu_share, step_seconds), train_cpu_seconds=_of(cpu_share, epoch_seconds * len(epochs)),
    ) if status != "failed" else None  # fmt: skip
    return RunRecord(
        run_id=point.run_id, fingerprint=point.fingerprint, status=status, spec=point.spec, epochs=epochs,
        diverged_at_epoch=len(epochs) if status == "diverged" else None, final=final, cost=cost,
        data=DataRecord(
            fingerprint=fingerprint, provenance=provenance, train_images=50_000, validation_images=10_000,
            validation_source="test" if test_accuracy is None else "train", classes=classes,
        ),
        environment=EnvironmentRecord(
            backend=backend, device=device, threads=threads, precision=precision,
            versions={"keras": "3.12.0", "tensorflow": "2.21.0"}, python="3.12.4", platform="Linux",
            processor=processor, host="here", commit="4a1acde",
        ),
        probes=probes,
        error=_ERROR if status == "failed" else None,
        started="2026-01-01T00:00:00Z", ended="2026-01-01T00:01:00Z",
    )  # fmt: skip


def _of(share: float | None, seconds: float | None) -> float | None:
    return None if share is None or seconds is None else share * seconds


def _epoch(
    number: int, train: float | None, validation: float | None, seconds: float, cpu_share: float | None
) -> EpochRecord:
    return EpochRecord(
        epoch=number, learning_rate=0.01, train_loss=_loss(train), train_accuracy=train,
        validation_loss=_loss(validation), validation_accuracy=validation, train_seconds=seconds,
        validation_seconds=0.3, steps=391, images_per_second=50_000 / seconds,
        cpu_seconds=_of(cpu_share, seconds),
    )  # fmt: skip


def _loss(accuracy: float | None) -> float | None:
    return None if accuracy is None else -math.log(max(accuracy, 1e-9))


def realistic(plan: Plan, end: Callable[[Point], Mapping[str, Any]] = lambda point: {}) -> dict[str, RunRecord]:
    """Records of every point, after the arm's BEHAVIOUR with noise by seed; `end` changes single ones.

    `end(point)` gives keywords of `record`, and may give `missing=True`.
    """
    records = {}
    for point in plan.points:
        changes = end(point)
        how = {**_keywords(point), **({"train": None} if "validation" in changes else {}), **changes}
        if not how.pop("missing", False):
            records[point.fingerprint] = record(point, **how)
    return records


def _keywords(point: Point) -> dict[str, Any]:
    noise = random.Random(f"{point.arm}/{dict(point.axes)}/{point.seed}")
    best, pace, above, seconds = BEHAVIOUR[point.arm]
    rate = point.axes.get("training.learning_rate.initial", 0.01)
    best += noise.gauss(0, 0.004) - 0.06 * abs(math.log10(rate / 0.01))
    epochs = range(1, point.spec.training.epochs + 1)
    reached = [1 - math.exp(-epoch / pace) for epoch in epochs]
    validation = [0.33 + (best - 0.33) * part + noise.gauss(0, 0.004) for part in reached]
    train = [
        0.28 + (best + above - 0.28) * part * epoch / (epoch + 2) for part, epoch in zip(reached, epochs, strict=False)
    ]
    has_bn = point.arm.startswith("bn")
    return {
        "validation": validation,
        "train": train,
        "epoch_seconds": seconds + noise.gauss(0, 0.1),
        "train_accuracy_at_the_end": validation[-1] + max(above, 0.03) + noise.gauss(0, 0.003),
        "reestimated": validation[-1] + 0.006 + noise.gauss(0, 0.002) if has_bn else None,
        "step_seconds": seconds / 391 * 0.96 + noise.gauss(0, 2e-4),
    }
