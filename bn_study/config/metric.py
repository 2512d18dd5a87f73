"""What can be measured, compared, drawn and claimed: each metric with its label, unit and direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EpochMetricName = Literal[
    "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "learning_rate", "train_seconds",
    "images_per_second",
]  # fmt: skip
RunMetricName = Literal[
    "last_validation_accuracy", "best_validation_accuracy", "last_train_accuracy", "last_train_loss",
    "last_validation_loss", "generalization_gap", "reestimated_validation_accuracy", "validation_curve_area",
    "step_seconds", "train_seconds", "epochs_to_accuracy", "steps_to_accuracy", "seconds_to_accuracy", "parameters",
    "forward_flops",
]  # fmt: skip
ClaimMetricName = Literal[RunMetricName, "diverged_share", "learning_rates_near_best"]


@dataclass(frozen=True)
class Metric:
    """`better` is the direction that a reader wants; 'neither' for plain facts such as a parameter count."""

    name: str
    label: str
    unit: str
    better: Literal["higher", "lower", "neither"]
    spread: Literal["continuous", "steps", "none"] = "continuous"
    """how seeds differ: freely, in whole steps (so by rank alone), or not at all"""


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
    Metric("validation_curve_area", "validation accuracy, mean over all epochs", "fraction", "higher"),
    Metric("step_seconds", "median time of a training step", "s", "lower"),
    Metric("train_seconds", "training time", "s", "lower"),
    Metric("epochs_to_accuracy", "epochs to a given validation accuracy", "epoch", "lower", "steps"),
    Metric("steps_to_accuracy", "steps to a given validation accuracy", "step", "lower", "steps"),
    Metric("seconds_to_accuracy", "training time to a given validation accuracy", "s", "lower"),
    Metric("parameters", "parameters", "1", "neither", "none"),
    Metric("forward_flops", "forward FLOPs per image", "FLOP", "neither", "none"),
)

#: What a claim may be about: a metric of a run, or one that only several runs together have.
CLAIM_METRICS = RUN_METRICS | _by_name(
    Metric("diverged_share", "share of diverged runs", "fraction", "lower", "steps"),
    Metric("learning_rates_near_best", "tested learning rates that come near the best", "rate", "higher", "steps"),
)

#: Of which a diverged run can be given chance, or the last that it recorded.
ACCURACIES = frozenset(
    {
        "last_validation_accuracy", "best_validation_accuracy", "last_train_accuracy",
        "reestimated_validation_accuracy", "validation_curve_area",
    }
)  # fmt: skip
