"""What can be measured, compared, drawn and claimed.

A metric knows its label, unit and direction, where its value comes from, which argument it needs, whether it is chosen
by looking at validation data, and what a diverged run counts as. Nobody asks its name. A new one is one entry here;
a new kind of source is one class here and one function in `analysis`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from bn_study.config.probes import ProbeName

DivergedAs = Literal["last", "chance", "later", "largest"]
Spread = Literal["continuous", "steps", "none"]


@dataclass(frozen=True)
class EachEpoch:
    """The field of `store.record.EpochRecord` that has the metric's name."""


@dataclass(frozen=True)
class OfEpochs:
    """A column of a run's epochs: in the last one, in that of the best validation accuracy, or the mean over all."""

    column: str
    take: Literal["last", "best", "mean"]


@dataclass(frozen=True)
class OfRecord:
    """A number of `store.record.RunRecord` by its dotted path; less another one, if one is named."""

    path: str
    minus: str | None = None
    column: str | None = None
    """of the epochs: what stands for it in a run that did not get to its end"""


@dataclass(frozen=True)
class OfProbes:
    """The scalar of the run's probes that has the metric's name; only of runs with this `probe`."""

    probe: ProbeName


@dataclass(frozen=True)
class TimeToAccuracy:
    """What was spent from the start to the end of the first epoch with the `accuracy` that the claim names."""

    count: Literal["epochs", "steps", "seconds", "cpu_seconds"]


@dataclass(frozen=True)
class ShareDiverged:
    """Of several runs: how many of them diverged."""


@dataclass(frozen=True)
class NearBest:
    """Of runs at several learning rates: at how many the metric comes `within` a distance of the best of them."""

    metric: str


Source: TypeAlias = EachEpoch | OfEpochs | OfRecord | OfProbes | TimeToAccuracy | ShareDiverged | NearBest


@dataclass(frozen=True)
class Metric:
    """`better` is the direction that a reader wants; 'neither' for plain facts such as a parameter count."""

    name: str
    label: str
    unit: str
    better: Literal["higher", "lower", "neither"]
    source: Source
    spread: Spread = "continuous"
    """how seeds differ: freely; in whole steps, or over 27 decades as gradients do (so by rank alone); not at all"""
    diverged: Literal["left out", "as claimed", "counted", "chance", "later", "largest"] = "left out"
    """what a diverged run is: no value; what the claim says, 1 / classes or the last value recorded; what the metric
    counts; always 1 / classes; later than all others, unless it got there before; larger than all others"""
    of_validation_images: bool = False
    """a mean over the validation images: what is chosen on these is not judged on them again"""
    cpu: str = ""
    """of a wall time: the metric that is the same in CPU time, which others on the machine do not lengthen"""
    short: str = ""
    """the label within a sentence, where that has to be shorter"""
    asked: str = ""
    """the label with its argument in percent in the place of {}"""
    shown_in: str = ""
    """the unit that people read, where it is another one than that of tables"""
    least: float = 0.0
    """the lowest value that there can be; a fraction is at most 1"""
    formula: str = ""
    """how it is measured, where the label does not say it all"""

    @property
    def needs(self) -> Literal["accuracy", "within"] | None:
        """The argument of a claim without which it is not defined."""
        match self.source:
            case TimeToAccuracy():
                return "accuracy"
            case NearBest():
                return "within"
        return None

    @property
    def is_optimistic(self) -> bool:
        """Whether it is chosen by looking at the validation accuracy of every epoch: on test data it flatters."""
        match self.source:
            case OfEpochs(take="best"):
                return True
            case NearBest(metric):
                return RUN_METRICS[metric].is_optimistic
        return False

    @property
    def is_of_the_machine(self) -> bool:
        """Whether it is a time, or a number by time: on another machine it is another one."""
        return self.unit in ("s", "1/s")

    @property
    def is_accuracy(self) -> bool:
        """Of which chance is 1 / classes."""
        return self.unit == "fraction" and self.better == "higher"

    def named(self, argument: float | None = None) -> str:
        """Within a sentence: 'epochs to 45 % validation accuracy' for the argument 0.45."""
        return self.short or self.label if argument is None else self.asked.format(f"{100 * argument:g}")


def _by_name(*metrics: Metric) -> dict[str, Metric]:
    return {metric.name: metric for metric in metrics}


def _of_epoch(
    name: str, label: str, unit: str, better: Literal["higher", "lower", "neither"], shown_in: str = ""
) -> Metric:
    return Metric(name, label, unit, better, EachEpoch(), shown_in=shown_in)


#: One value an epoch; the names are those of `store.record.EpochRecord`.
EPOCH_METRICS = _by_name(
    _of_epoch("train_loss", "training loss", "nat", "lower"),
    _of_epoch("train_accuracy", "training accuracy", "fraction", "higher"),
    _of_epoch("validation_loss", "validation loss", "nat", "lower"),
    _of_epoch("validation_accuracy", "validation accuracy", "fraction", "higher"),
    _of_epoch("learning_rate", "learning rate", "1", "neither"),
    _of_epoch("train_seconds", "training time of the epoch", "s", "lower"),
    _of_epoch("images_per_second", "training images per second", "1/s", "higher"),
)


def _of_probe(
    probe: ProbeName, name: str, label: str, better: Literal["higher", "lower", "neither"], formula: str, **more: Any
) -> Metric:
    return Metric(name, label, more.pop("unit", "1"), better, OfProbes(probe), formula=formula, **more)


#: What the probes of a run saw, a number each; if nothing else is said, means over layers and ends of epochs.
PROBE_METRICS = _by_name(
    _of_probe(
        "activations", "activation_shift", "shift of the activations' distributions from look to look", "lower",
        "W₁ of a unit's inputs z now and at the look before, by the layer's standard deviation then",
    ),
    _of_probe(
        "activations", "activation_kurtosis", "excess kurtosis of the activations", "neither",
        "E[(z − μ)⁴] / σ⁴ − 3, median over units; 0 for a Gaussian", least=-2.0,
    ),
    _of_probe(
        "activations", "activation_correlation", "mean correlation of two units", "neither",
        "mean absolute correlation of the inputs z of two units; 0 for independent ones",
    ),
    _of_probe(
        "activations", "saturated_share", "share of saturated activations", "lower",
        "sigmoid outside 0.05 to 0.95, tanh beyond ±0.9, ReLU units that fire for no image", unit="fraction",
    ),
    _of_probe(
        "gradients", "gradient_decay", "decay of the gradient with depth, decades a layer", "neither",
        "slope over depth of log₁₀ RMS ∂L/∂z; above 0 the gradient vanishes on its way down", least=-math.inf,
    ),
    _of_probe(
        "gradients", "gradient_decay_at_start", "decay of the gradient before the first step, decades a layer",
        "neither", "slope over depth of log₁₀ RMS ∂L/∂z, before the first step", least=-math.inf,
    ),
    _of_probe(
        "gradients", "largest_gradient_norm", "largest gradient norm", "lower",
        "largest ‖g‖ of all kernels, over all looks", spread="steps", diverged="largest",
    ),
    _of_probe(
        "gradients", "weight_growth", "length of the weights at the end by that at the start", "neither",
        "‖w‖ at the end by ‖w‖ at the start",
    ),
    _of_probe(
        "gradients", "weight_peak", "largest weight by the root mean square", "neither", "max |w| by the RMS of w",
    ),
    _of_probe(
        "covariate_shift", "gradient_shift", "change of a layer's gradient by the layers before (Santurkar et al.)",
        "lower", "‖G − G′‖ / ‖G‖, G′ after all layers before have taken their step (Santurkar et al. 2018, Def. 2.1)",
    ),
    _of_probe(
        "covariate_shift", "gradient_shift_cosine", "cosine of a layer's gradient before and after that change",
        "higher", "cosine of G and G′", least=-1.0,
    ),
    _of_probe(
        "smoothness", "gradient_change", "largest relative change of the gradient along its direction", "lower",
        "largest ‖Δg‖ / ‖g‖ at w − ηg, η = ½, 1, 2, 4 learning rates",
    ),
    _of_probe(
        "smoothness", "loss_ratio_ahead", "largest loss along the gradient, by the loss there is", "lower",
        "largest L / L₀ at w − ηg, η = ½, 1, 2, 4 learning rates",
    ),
    _of_probe(
        "statistics", "variance_shift", "variance of BN's input in validation by the moving variance, or inverse",
        "lower", "max(r, 1/r), r the variance on validation images by the moving variance (Li et al. 2019)",
    ),
    _of_probe(
        "statistics", "population_variance_ratio", "m/(m−1)·E[σ²] by the variance, behind the first BN layer",
        "neither", "m/(m−1)·E[σ²] over batches by the variance of all images, in all BN layers but the first",
    ),
    _of_probe(
        "statistics", "population_variance_ratio_first_layer", "m/(m−1)·E[σ²] by the variance, first BN layer",
        "neither", "m/(m−1)·E[σ²] over batches by the variance of all images",
    ),
    _of_probe(
        "statistics", "alg2_validation_accuracy", "validation accuracy with Algorithm 2's statistics", "higher",
        "under the moments of Ioffe & Szegedy 2015, Alg. 2", unit="fraction",
    ),
    _of_probe(
        "algebra", "gamma_gradient_error", "relative error of Σ g·x̂ as the gradient of γ", "lower",
        "‖Σ g·x̂ − ∂L/∂γ‖ / ‖∂L/∂γ‖",
    ),
    _of_probe(
        "algebra", "gamma_gradient_error_as_printed", "relative error of Σ g·x as the gradient of γ", "lower",
        "‖Σ g·x − ∂L/∂γ‖ / ‖∂L/∂γ‖",
    ),
    _of_probe(
        "algebra", "folding_error", "largest difference of a logit when BN is folded into the weights", "lower",
        "max |Δ logit| between the net and the net with BN in its weights",
    ),
    _of_probe(
        "algebra", "inference_seconds", "time of inference on 256 images", "lower",
        "a pass of 256 images, the fastest of five", unit="s", shown_in="ms",
    ),
    _of_probe(
        "algebra", "folded_inference_seconds", "time of inference with BN in the weights", "lower",
        "a pass of 256 images, the fastest of five", unit="s", shown_in="ms",
    ),
)  # fmt: skip

#: One value a run; the names are the columns of `runs.csv`, in their order.
_OF_RUNS = _by_name(
    Metric(
        "last_validation_accuracy", "validation accuracy, last epoch", "fraction", "higher",
        OfEpochs("validation_accuracy", "last"), diverged="as claimed", of_validation_images=True,
    ),
    Metric(
        "best_validation_accuracy", "validation accuracy, best epoch", "fraction", "higher",
        OfEpochs("validation_accuracy", "best"), diverged="as claimed", of_validation_images=True,
    ),
    Metric(
        "last_train_accuracy", "training accuracy, last epoch", "fraction", "higher",
        OfEpochs("train_accuracy", "last"), diverged="as claimed",
    ),
    Metric("last_train_loss", "training loss, last epoch", "nat", "lower", OfEpochs("train_loss", "last")),
    Metric(
        "last_validation_loss", "validation loss, last epoch", "nat", "lower", OfEpochs("validation_loss", "last"),
        of_validation_images=True,
    ),
    Metric(
        "generalization_gap", "training minus validation accuracy at the end, both in inference mode", "fraction",
        "lower", OfRecord("final.train_accuracy", minus="final.validation_accuracy"),
        of_validation_images=True, short="training minus validation accuracy", least=-1.0,
    ),
    Metric(
        "reestimated_validation_accuracy", "validation accuracy with re-estimated BN statistics", "fraction", "higher",
        OfRecord("final.reestimated_validation_accuracy", column="validation_accuracy"), diverged="as claimed",
        of_validation_images=True,
    ),
    Metric(
        "validation_curve_area", "validation accuracy, mean over all epochs", "fraction", "higher",
        OfEpochs("validation_accuracy", "mean"), diverged="as claimed", of_validation_images=True,
    ),
    Metric(
        "test_accuracy", "accuracy on test images that nothing was chosen on", "fraction", "higher",
        OfRecord("final.test_accuracy", column="validation_accuracy"), diverged="as claimed",
    ),
    Metric(
        "step_seconds", "median time of a training step", "s", "lower", OfRecord("cost.step_seconds"),
        cpu="step_cpu_seconds", short="time of a step", shown_in="ms",
    ),
    Metric(
        "train_seconds", "training time", "s", "lower", OfRecord("cost.train_seconds"), cpu="train_cpu_seconds",
    ),
    Metric(
        "step_cpu_seconds", "median CPU time of a training step", "s", "lower", OfRecord("cost.step_cpu_seconds"),
        short="CPU time of a step", shown_in="ms",
    ),
    Metric("train_cpu_seconds", "CPU time of training", "s", "lower", OfRecord("cost.train_cpu_seconds")),
    Metric(
        "epochs_to_accuracy", "epochs to a given validation accuracy", "epoch", "lower", TimeToAccuracy("epochs"),
        spread="steps", diverged="later", asked="epochs to {} % validation accuracy",
    ),
    Metric(
        "steps_to_accuracy", "steps to a given validation accuracy", "step", "lower", TimeToAccuracy("steps"),
        spread="steps", diverged="later", asked="steps to {} % validation accuracy",
    ),
    Metric(
        "seconds_to_accuracy", "training time to a given validation accuracy", "s", "lower", TimeToAccuracy("seconds"),
        diverged="later", cpu="cpu_seconds_to_accuracy", asked="training time to {} % validation accuracy",
    ),
    Metric(
        "cpu_seconds_to_accuracy", "CPU time of training to a given validation accuracy", "s", "lower",
        TimeToAccuracy("cpu_seconds"), diverged="later", asked="CPU time of training to {} % validation accuracy",
    ),
    Metric("parameters", "parameters", "1", "neither", OfRecord("cost.parameters"), spread="none"),
    Metric(
        "forward_flops", "forward FLOPs per image", "FLOP", "neither", OfRecord("cost.forward_flops"), spread="none",
    ),
)  # fmt: skip

RUN_METRICS = _OF_RUNS | PROBE_METRICS

#: What a claim may be about: a metric of a run, or one that only several runs together have.
CLAIM_METRICS = RUN_METRICS | _by_name(
    Metric(
        "diverged_share", "share of diverged runs", "fraction", "lower", ShareDiverged(), spread="steps",
        diverged="counted",
    ),
    Metric(
        "learning_rates_near_best", "tested learning rates that come near the best", "rate", "higher",
        NearBest("best_validation_accuracy"), spread="steps", diverged="chance",
        asked="tested learning rates within {} points of the best",
    ),
)  # fmt: skip

#: By name; of the two `train_seconds` that of a run.
ALL_METRICS = EPOCH_METRICS | CLAIM_METRICS

#: Of which a diverged run can be given chance, or the last that it recorded.
ACCURACIES = frozenset(metric.name for metric in RUN_METRICS.values() if metric.diverged == "as claimed")


def needing(argument: Literal["accuracy", "within"]) -> tuple[str, ...]:
    """The metrics that are not defined without this argument."""
    return tuple(metric.name for metric in CLAIM_METRICS.values() if metric.needs == argument)


if TYPE_CHECKING:
    EpochMetricName: TypeAlias = str
    RunMetricName: TypeAlias = str
    ClaimMetricName: TypeAlias = str
    AnyMetricName: TypeAlias = str
else:
    EpochMetricName = Literal[tuple(EPOCH_METRICS)]
    RunMetricName = Literal[tuple(RUN_METRICS)]
    ClaimMetricName = Literal[tuple(CLAIM_METRICS)]
    AnyMetricName = Literal[(*EPOCH_METRICS, *RUN_METRICS)]
