"""A norm of the spec → a Keras layer."""

from __future__ import annotations

import math
from typing import Any

import keras

from bn_study.config.norm import (
    AffineNorm,
    BatchNorm,
    Constraint,
    FrozenNorm,
    GhostNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    MaxNorm,
    NonNegative,
    Penalty,
    Renorm,
)
from bn_study.training.intervention import ActivationNoise, Affine, FrozenNormalization
from bn_study.training.normalization import BatchNormalization, GhostBatchNormalization

AnyNorm = BatchNorm | GhostNorm | LayerNorm | GroupNorm | InstanceNorm | FrozenNorm | AffineNorm


def normalized(x: keras.KerasTensor, spec: AnyNorm, name: str, precision: str) -> keras.KerasTensor:
    """x (batch, …, channels) behind a norm, and its noise if it has some."""
    y = _by_channel(x, spec, name, precision)
    noise = spec.noise if isinstance(spec, BatchNorm) else None
    return ActivationNoise(**noise.model_dump(), name=f"{name}_noise", dtype=precision)(y) if noise else y


def _by_channel(x: keras.KerasTensor, spec: AnyNorm, name: str, precision: str) -> keras.KerasTensor:
    """Another axis of statistics changes places with the channels meanwhile."""
    if not isinstance(spec, BatchNorm) or spec.axis == -1:
        return norm_layer(spec, x.shape, name, precision)(x)
    order = list(range(1, len(x.shape)))  # Keras counts from the first axis behind the batch
    order[-1], order[spec.axis] = order[spec.axis], order[-1]
    turned = keras.layers.Permute(order, name=f"{name}_turned", dtype=precision)(x)
    y = norm_layer(spec, turned.shape, name, precision)(turned)
    return keras.layers.Permute(order, name=f"{name}_back", dtype=precision)(y)


def norm_layer(spec: AnyNorm, shape: tuple[int | None, ...], name: str, precision: str) -> keras.Layer:
    """For inputs of `shape` (batch, …, channels): dense features, rows of a recurrent net, or feature maps."""
    channels = int(shape[-1] or 0)
    learned: dict[str, Any] = {"center": spec.center, "scale": spec.scale, "name": name, "dtype": precision}
    if isinstance(spec, AffineNorm):
        return Affine(**learned)
    shared = {"epsilon": spec.epsilon, **learned}
    match spec:
        case BatchNorm():
            return BatchNormalization(momentum=spec.momentum, **_batch_settings(spec), **shared)
        case GhostNorm():
            once = spec.momentum_per == "batch"
            return GhostBatchNormalization(spec.virtual_batch_size, once, momentum=spec.momentum, **shared)
        case LayerNorm() if len(shape) < 4:
            return keras.layers.LayerNormalization(**shared)
        case LayerNorm():
            return keras.layers.GroupNormalization(1, **shared)
        case GroupNorm():
            return keras.layers.GroupNormalization(math.gcd(spec.groups, channels), **shared)
        case InstanceNorm():
            return keras.layers.GroupNormalization(channels, **shared)
        case FrozenNorm():
            return FrozenNormalization(**shared)


def _batch_settings(spec: BatchNorm) -> dict[str, Any]:
    constant = keras.initializers.Constant
    return {
        "beta_initializer": constant(spec.beta_initial),
        "gamma_initializer": constant(spec.gamma_initial),
        "moving_mean_initializer": constant(spec.moving_mean_initial),
        "moving_variance_initializer": constant(spec.moving_variance_initial),
        "beta_regularizer": _regularizer(spec.beta_penalty),
        "gamma_regularizer": _regularizer(spec.gamma_penalty),
        "beta_constraint": _constraint(spec.beta_constraint),
        "gamma_constraint": _constraint(spec.gamma_constraint),
        "trainable": spec.trainable,
        "fused": spec.fused,
        "statistics_gradient": spec.statistics_gradient,
        **_renorm_settings(spec.renorm),
    }


def _regularizer(spec: Penalty | None) -> keras.regularizers.Regularizer | None:
    return keras.regularizers.L1L2(spec.l1, spec.l2) if spec else None


def _constraint(spec: Constraint | None) -> keras.constraints.Constraint | None:
    match spec:
        case None:
            return None
        case NonNegative():
            return keras.constraints.NonNeg()
        case MaxNorm():
            return keras.constraints.MaxNorm(spec.max_value)
        case _:
            return keras.constraints.UnitNorm()


def _renorm_settings(spec: Renorm | None) -> dict[str, Any]:
    """Keras has them since 3.14, so they are passed only where they are asked for."""
    if spec is None:
        return {}
    bounds = {key: value for key in ("rmax", "rmin", "dmax") if (value := getattr(spec, key)) is not None}
    warmup = spec.warmup.model_dump() if spec.warmup else None
    return {"renorm": True, "renorm_clipping": bounds, "renorm_momentum": spec.momentum, "renorm_warmup": warmup}
