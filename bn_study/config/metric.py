"""What can be measured, compared and drawn: each metric with its label, unit and direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """`better` is the direction that a reader wants; 'neither' for plain facts such as a parameter count."""

    name: str
    label: str
    unit: str
    better: Literal["higher", "lower", "neither"]


def _by_name(*metrics: Metric) -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics}


#: One value an epoch; the names are those of `store.record.EpochRecord`.
EPOCH_METRICS = _by_name(
    Metric("train_loss", "training loss", "nat", "lower"),
    Metric("train_accuracy", "training accuracy", "fraction", "higher"),
    Metric("validation_loss", "validation loss", "nat", "lower"),
    Metric("validation_accuracy", "validation accuracy", "fraction", "higher"),
    Metric("learning_rate", "learning rate", "1", "neither"),
    Metric("train_seconds", "training time of the epoch", "s", "lower"),
    Metric("images_per_second", "training images per second", "1/s", "higher"),
)

#: One value a run; the names are the columns of `runs.csv`.
RUN_METRICS = _by_name(
    Metric("last_validation_accuracy", "validation accuracy, last epoch", "fraction", "higher"),
    Metric("best_validation_accuracy", "validation accuracy, best epoch", "fraction", "higher"),
    Metric("last_train_accuracy", "training accuracy, last epoch", "fraction", "higher"),
    Metric("last_train_loss", "training loss, last epoch", "nat", "lower"),
    Metric("last_validation_loss", "validation loss, last epoch", "nat", "lower"),
    Metric(
        "generalization_gap",
        "training minus validation accuracy at the end, both in inference mode",
        "fraction",
        "lower",
    ),
    Metric(
        "reestimated_validation_accuracy", "validation accuracy with re-estimated BN statistics", "fraction", "higher"
    ),
    Metric("step_seconds", "median time of a training step", "s", "lower"),
    Metric("train_seconds", "training time", "s", "lower"),
    Metric("epochs_to_accuracy", "epochs to a given validation accuracy", "epoch", "lower"),
    Metric("steps_to_accuracy", "steps to a given validation accuracy", "step", "lower"),
    Metric("seconds_to_accuracy", "training time to a given validation accuracy", "s", "lower"),
    Metric("parameters", "parameters", "1", "neither"),
    Metric("forward_flops", "forward FLOPs per image", "FLOP", "neither"),
)
