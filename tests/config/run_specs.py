"""Hypothesis strategies: any valid RunSpec. Defaults are drawn often, for identity is about leaving them."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

from hypothesis import strategies as st

from bn_study.config.augmentation import Augmentation
from bn_study.config.model import (
    CnnModel,
    DenseModel,
    DropoutSpec,
    InceptionModel,
    RecurrentModel,
    ResnetModel,
)
from bn_study.config.norm import (
    AffineNorm,
    BatchNorm,
    FrozenNorm,
    GhostNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    MaxNorm,
    Noise,
    NoNorm,
    Penalty,
    Renorm,
    UnitNorm,
)
from bn_study.config.run import DatasetSpec, NoScaling, RunSpec, StandardizeScaling, Stratum, UnitScaling
from bn_study.config.training import (
    AdamOptimizer,
    AdamwOptimizer,
    ConstantRate,
    CosineRate,
    InverseTimeRate,
    RmspropOptimizer,
    SgdOptimizer,
    StepRate,
    TrainingSpec,
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
    "image_size": st.none() | COUNTS,
    "stratum": st.none()
    | st.builds(
        Stratum,
        by=st.just("brightness"),
        of=st.integers(5, 10**6),
        part=st.integers(1, 5),
        train_on=_choice(Stratum, "train_on"),
    ),
    "scaling": _SCALINGS,
}
DATASETS = st.builds(DatasetSpec, name=st.sampled_from(["cifar10", "cifar100", "digits"]), **_SIZES) | st.builds(
    DatasetSpec,
    name=st.sampled_from(["npz", "image_folder"]),
    path=st.text(st.characters(codec="utf-8")),
    **_SIZES,
)
_PLACED = {
    "on_input": st.booleans(),
    "layers": st.sampled_from([None, (), (1,)]),
    "epsilon": _often(1e-3, POSITIVE),
    "center": st.booleans(),
    "scale": st.booleans(),
}
_ANYWHERE = {**_PLACED, "placement": _choice(BatchNorm, "placement")}
_PENALTIES = st.none() | st.builds(Penalty, l1=NOT_NEGATIVE, l2=NOT_NEGATIVE)
_CONSTRAINTS = st.sampled_from([None, UnitNorm(kind="unit_norm"), MaxNorm(kind="max_norm", max_value=2.0)])


def _norms(places: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """All that dense and recurrent nets can have."""
    return st.one_of(
        st.just(NoNorm(kind="none")),
        st.builds(
            BatchNorm,
            kind=st.just("batch"),
            momentum=_often(0.99, FRACTIONS),
            gamma_penalty=_PENALTIES,
            beta_constraint=_CONSTRAINTS,
            trainable=st.booleans(),
            fused=st.booleans(),
            renorm=st.none() | st.builds(Renorm, rmax=st.none() | POSITIVE, momentum=_often(0.99, FRACTIONS)),
            **places,
        ),
        st.builds(
            BatchNorm,
            kind=st.just("batch"),
            noise=st.none() | st.builds(Noise, mean=_often(0.5, NOT_NEGATIVE), spread=_often(0.1, NOT_NEGATIVE)),
            statistics_gradient=st.booleans(),
            **places,
        ),
        st.builds(
            GhostNorm,
            kind=st.just("ghost"),
            virtual_batch_size=COUNTS,
            momentum_per=_choice(GhostNorm, "momentum_per"),
            **places,
        ),
        st.builds(LayerNorm, kind=st.just("layer"), **places),
        st.builds(GroupNorm, kind=st.just("group"), groups=_often(32, COUNTS), **places),
        st.builds(FrozenNorm, kind=st.just("frozen"), **places),
        st.builds(AffineNorm, kind=st.just("affine"), **{key: places[key] for key in places if key != "epsilon"}),
    )


_LISTS = st.lists(COUNTS, min_size=1, max_size=4).map(tuple)
_RATES = {"rate": _often(0.0, FRACTIONS), "input_rate": _often(0.0, FRACTIONS)}
_WEIGHTS = {
    "activation": _choice(DenseModel, "activation"),
    "kernel_initializer": _choice(DenseModel, "kernel_initializer"),
    "bias": _choice(DenseModel, "bias"),
}
_IMAGE_NET = {
    **_WEIGHTS,
    "norm": _norms(_ANYWHERE) | st.builds(InstanceNorm, kind=st.just("instance"), **_ANYWHERE),
    "dropout": st.builds(DropoutSpec, layers=st.sampled_from(["all", "last"]), spatial=st.booleans(), **_RATES),
}
_DROPOUTS = st.builds(
    DropoutSpec,
    placement=_choice(DropoutSpec, "placement"),
    layers=_choice(DropoutSpec, "layers"),
    dense_rate=st.none() | FRACTIONS,
    **_RATES,
)
MODELS = st.one_of(
    st.builds(DenseModel, kind=st.just("dense"), widths=_LISTS, norm=_norms(_ANYWHERE), dropout=_DROPOUTS, **_WEIGHTS),
    st.builds(InceptionModel, kind=st.just("inception"), width=POSITIVE, modules=st.integers(1, 9), **_IMAGE_NET),
    st.builds(CnnModel, kind=st.just("cnn"), filters=_LISTS, dense_units=COUNTS, **_IMAGE_NET),
    st.builds(ResnetModel, kind=st.just("resnet"), depth=st.sampled_from([8, 20, 110]), **_IMAGE_NET),
    st.builds(
        RecurrentModel,
        kind=st.just("recurrent"),
        cell=_choice(RecurrentModel, "cell"),
        units=_LISTS,
        norm=_norms(_PLACED),
        dropout=st.builds(DropoutSpec, layers=st.sampled_from(["all", "last"]), **_RATES),
    ),
)
_OPTIMIZERS = st.one_of(
    st.builds(SgdOptimizer, kind=st.just("sgd"), momentum=_often(0.0, FRACTIONS)),
    st.builds(
        SgdOptimizer,
        kind=st.just("sgd"),
        nesterov=st.just(True),
        momentum=st.floats(0.0, 1.0, exclude_min=True, exclude_max=True),
    ),
    st.builds(AdamwOptimizer, kind=st.just("adamw"), weight_decay=_often(0.004, NOT_NEGATIVE)),
    st.builds(AdamOptimizer, kind=st.just("adam"), beta_1=FRACTIONS, epsilon=_often(1e-7, POSITIVE)),
    st.builds(RmspropOptimizer, kind=st.just("rmsprop"), rho=FRACTIONS, momentum=_often(0.0, FRACTIONS)),
)
_SCHEDULE = {"initial": NOT_NEGATIVE, "warmup_epochs": st.integers(0, 9), "per_batch_size": st.none() | COUNTS}
_LEARNING_RATES = st.one_of(
    st.builds(ConstantRate, kind=st.just("constant"), **_SCHEDULE),
    st.builds(CosineRate, kind=st.just("cosine"), **_SCHEDULE),
    st.builds(InverseTimeRate, kind=st.just("inverse_time"), decay=NOT_NEGATIVE, **_SCHEDULE),
    st.builds(
        StepRate,
        kind=st.just("step"),
        factor=_often(0.1, POSITIVE),
        every_epochs=_often(10, COUNTS),
        **_SCHEDULE,
    ),
)
_AUGMENTATIONS = st.just(Augmentation()) | st.builds(
    Augmentation,
    horizontal_flip=st.booleans(),
    rotation_degrees=st.floats(0.0, 180.0),
    zoom=_often(0.0, FRACTIONS),
    crop_padding=st.integers(0, 8),
    fill=_choice(Augmentation, "fill"),
    hue=st.floats(0.0, 0.5),
)
TRAININGS = st.builds(
    TrainingSpec,
    epochs=COUNTS,
    epochs_per_batch_size=st.none() | COUNTS,
    batch_size=COUNTS,
    last_batch=_choice(TrainingSpec, "last_batch"),
    optimizer=_OPTIMIZERS,
    learning_rate=_LEARNING_RATES,
    augmentation=_AUGMENTATIONS,
    precision=_choice(TrainingSpec, "precision"),
    keep_model=st.sampled_from([None, "last", "best"]),
)
RUN_SPECS = st.builds(RunSpec, dataset=DATASETS, model=MODELS, training=TRAININGS, seed=_often(0, SEEDS))
