"""Hypothesis strategies: any valid RunSpec. Defaults are drawn often, for identity is about leaving them."""

from __future__ import annotations

from typing import TypeVar, get_args

from hypothesis import strategies as st

from bn_study.config.run import (
    AdamOptimizer,
    BatchNorm,
    ConstantRate,
    DatasetSpec,
    DenseModel,
    DropoutSpec,
    NoNorm,
    NoScaling,
    RmspropOptimizer,
    RunSpec,
    SgdOptimizer,
    StandardizeScaling,
    StepRate,
    TrainingSpec,
    UnitScaling,
)

T = TypeVar("T")


def _choice(spec: type, field: str) -> st.SearchStrategy[str]:
    return st.sampled_from(get_args(spec.model_fields[field].annotation))  # type: ignore[attr-defined]


def _often(value: T, others: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    return st.just(value) | others


NOT_NEGATIVE = st.floats(0.0, allow_infinity=False)
POSITIVE = st.floats(0.0, exclude_min=True, allow_infinity=False)
FRACTIONS = st.floats(0.0, 1.0, exclude_max=True)
COUNTS = st.integers(1, 10**6)
SEEDS = st.integers(0, 2**31 - 1)

_SCALINGS = st.one_of(
    st.just(NoScaling(kind="none")),
    st.just(UnitScaling(kind="unit")),
    st.builds(StandardizeScaling, kind=st.just("standardize"), per=_choice(StandardizeScaling, "per")),
)
_SIZES = {
    "train_images": st.none() | COUNTS,
    "validation_fraction": st.none() | st.floats(0.0, 1.0, exclude_min=True, exclude_max=True),
    "scaling": _SCALINGS,
}
DATASETS = st.builds(DatasetSpec, name=st.sampled_from(["cifar10", "cifar100", "digits"]), **_SIZES) | st.builds(
    DatasetSpec,
    name=st.sampled_from(["npz", "image_folder"]),
    path=st.text(st.characters(codec="utf-8")),
    **_SIZES,
)
_NORMS = st.just(NoNorm(kind="none")) | st.builds(
    BatchNorm,
    kind=st.just("batch"),
    placement=_choice(BatchNorm, "placement"),
    momentum=_often(0.99, FRACTIONS),
    epsilon=_often(1e-3, POSITIVE),
    center=st.booleans(),
    scale=st.booleans(),
)
MODELS = st.builds(
    DenseModel,
    kind=st.just("dense"),
    widths=st.lists(COUNTS, min_size=1, max_size=4).map(tuple),
    activation=_choice(DenseModel, "activation"),
    kernel_initializer=_choice(DenseModel, "kernel_initializer"),
    norm=_NORMS,
    dropout=st.builds(DropoutSpec, rate=_often(0.0, FRACTIONS)),
)
_OPTIMIZERS = st.one_of(
    st.builds(SgdOptimizer, kind=st.just("sgd"), momentum=_often(0.0, FRACTIONS)),
    st.builds(
        SgdOptimizer,
        kind=st.just("sgd"),
        nesterov=st.just(True),
        momentum=st.floats(0.0, 1.0, exclude_min=True, exclude_max=True),
    ),
    st.builds(AdamOptimizer, kind=st.just("adam"), beta_1=FRACTIONS, epsilon=_often(1e-7, POSITIVE)),
    st.builds(RmspropOptimizer, kind=st.just("rmsprop"), rho=FRACTIONS, momentum=_often(0.0, FRACTIONS)),
)
_LEARNING_RATES = st.builds(ConstantRate, kind=st.just("constant"), initial=NOT_NEGATIVE) | st.builds(
    StepRate,
    kind=st.just("step"),
    initial=NOT_NEGATIVE,
    factor=_often(0.1, POSITIVE),
    every_epochs=_often(10, COUNTS),
)
TRAININGS = st.builds(
    TrainingSpec,
    epochs=COUNTS,
    batch_size=COUNTS,
    last_batch=_choice(TrainingSpec, "last_batch"),
    optimizer=_OPTIMIZERS,
    learning_rate=_LEARNING_RATES,
    precision=_choice(TrainingSpec, "precision"),
)
RUN_SPECS = st.builds(RunSpec, dataset=DATASETS, model=MODELS, training=TRAININGS, seed=_often(0, SEEDS))
