"""Measured once, after the last epoch: training part in inference mode, and BN's statistics re-estimated."""

from __future__ import annotations

import math

import numpy as np

from bn_study.planning.seed import stream_seed
from bn_study.store.record import EpochRecord, FinalRecord
from bn_study.training.loop import Order, Part, Sums
from bn_study.training.normalization import batch_norms, population_moments, statistics
from bn_study.training.workbench import Data, Net

#: Enough for both purposes: an accuracy's standard error of 0.5 points, and population statistics
#: (1e3 to 1e4 samples are near optimal, Wu & Johnson 2021).
IMAGES = 10_000


def evaluate(net: Net, data: Data, part: Part, order: Order | None = None) -> tuple[float | None, float]:
    """(loss or None if not finite, accuracy) in inference mode, over a whole part or the images `order`."""
    chosen = np.arange(data.resident.count(part), dtype=np.int32) if order is None else order
    sums = net.loop.evaluate(data.resident, part, chosen)
    return finite(sums.loss / len(chosen)), sums.correct / len(chosen)


def assess(net: Net, data: Data, seed: int, last: EpochRecord) -> FinalRecord:
    """Accuracy with BN's moving averages, on validation and test images, and with re-estimated statistics."""
    chosen = _sample(data.resident.count("train"), stream_seed(seed, "assess"))
    train_loss, train_accuracy = evaluate(net, data, "train", np.sort(chosen))
    loss, accuracy = _reestimated(net, data, seed)
    test_loss, test_accuracy = evaluate(net, data, "test") if "test" in data.resident.images else (None, None)
    assert last.validation_accuracy is not None
    return FinalRecord(
        train_accuracy=train_accuracy,
        train_loss=train_loss,
        train_images_evaluated=len(chosen),
        validation_accuracy=last.validation_accuracy,
        validation_loss=last.validation_loss,
        reestimated_validation_accuracy=accuracy,
        reestimated_validation_loss=loss,
        test_accuracy=test_accuracy,
        test_loss=test_loss,
    )


def _reestimated(net: Net, data: Data, seed: int) -> tuple[float | None, float | None]:
    layers = batch_norms(net.trainee.model)
    if not layers:
        return None, None
    batches = training_batches(net, data, seed)
    with statistics(layers, population_moments(net.loop.moments(data.resident, batch) for batch in batches)):
        return evaluate(net, data, "validation")


def training_batches(net: Net, data: Data, seed: int) -> list[Order]:
    """Whole batches of up to IMAGES training images in random order, for population statistics."""
    sample = _sample(data.resident.count("train"), stream_seed(seed, "assess"))
    size = min(net.trainee.batch_size, len(sample))
    return [sample[i : i + size] for i in range(0, len(sample) - size + 1, size)]


def _sample(count: int, seed: int) -> Order:
    """Up to IMAGES image numbers in random order: data sets may be sorted by class."""
    return np.random.default_rng(seed).permutation(count)[:IMAGES].astype(np.int32)


def mean_of(sums: Sums, count: int) -> tuple[float | None, float]:
    """(mean loss or None, accuracy)."""
    return finite(sums.loss / count), sums.correct / count


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
