"""Studies with invented results for each kind of figure: an axis with divergences, two axes, three, none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from synthetic_probes import probed
from synthetic_study import LEARNING_RATES, plan_of, realistic

from bn_study.analysis.results import results_of
from bn_study.config.figure import FigureSpec
from bn_study.config.study import Published
from bn_study.planning.expansion import Plan, Point
from bn_study.presentation.figures.choose import figures_of
from bn_study.presentation.figures.panel import Figure, Panel

SEVEN_RATES = "grid.training.learning_rate.initial=[1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10]"
BATCH_SIZES = "grid.training.batch_size=[5, 10, 50, 100, 250]"
SIZES = "grid.training.batch_size=[32, 64]"
WIDTHS = "grid.model.widths=[[256, 256], [256, 256, 256, 256, 256, 256]]"
THREE_SEEDS = "seeds=[0, 1, 2]"
M = TypeVar("M")
_RATE = "training.learning_rate.initial"


def with_study(plan: Plan, **changes: Any) -> Plan:
    """The plan of a study with other figures, published numbers, …"""
    study = plan.source.study.model_copy(update=changes)
    return replace(plan, source=replace(plan.source, study=study))


def with_arms(plan: Plan, *arms: str) -> Plan:
    """Fewer arms, as most studies have, and the claims about these."""
    kept = {name: plan.source.study.arms[name] for name in arms}
    claims = tuple(claim for claim in plan.source.study.claims if kept.keys() >= set(claim.arms))
    return replace(with_study(plan, arms=kept, claims=claims), points=tuple(p for p in plan.points if p.arm in kept))


def with_labels(plan: Plan, **labels: str) -> Plan:
    """The plan of a study in which people read these for its arms."""
    arms = plan.source.study.arms
    return with_study(plan, arms={name: arm.model_copy(update={"label": labels[name]}) if name in labels else arm
                                  for name, arm in arms.items()})  # fmt: skip


def with_divergence(point: Point) -> Mapping[str, Any]:
    """Without BN everything from rate 1 on diverges, with BN at 10; and one seed of plain at 0.1."""
    rate, bn = point.axes.get(_RATE, 0.01), point.arm.startswith("bn")
    if rate >= 10 or (rate >= 1 and not bn) or (math.isclose(rate, 0.1) and point.arm == "plain" and point.seed == 0):
        return {"status": "diverged", "validation": [0.1, None]}
    size = point.axes.get("training.batch_size")
    return {"epoch_seconds": 3.0 + (60 + 40 * bn) / size + 0.05 * point.seed} if size else {}


def looked_into(point: Point) -> Mapping[str, Any]:
    """All finish, and were probed."""
    return {"probes": probed(point)}


def published_rates() -> tuple[Published, ...]:
    """A number at every rate for both arms, with an uncertainty."""
    values = {"plain": (0.1, 0.1, 0.1, 0.66, 0.1, 0.1, 0.1), "bn": (0.31, 0.49, 0.71, 0.87, 0.92, 0.7, 0.1)}
    rates = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10)
    return tuple(
        Published(id=f"{arm}{rate}", arm=arm, at={_RATE: rate}, metric="best_validation_accuracy", value=value,
                  uncertainty=0.01)
        for arm, own in values.items()
        for rate, value in zip(rates, own, strict=True)
    )  # fmt: skip


def drawn(plan: Plan, *figures: FigureSpec, end: Any = with_divergence) -> tuple[Figure, ...]:
    """What is drawn of the plan for these figures."""
    plan = with_study(plan, figures=figures)
    return figures_of(results_of(plan, realistic(plan, end)))


def two_arms_at_seven_rates() -> Plan:
    """As the source's learning rates."""
    plan = with_arms(plan_of("paper", THREE_SEEDS, SEVEN_RATES), "plain", "bn")
    return with_study(plan, published=published_rates())


def two_arms_at_five_batch_sizes() -> Plan:
    """As the source's batch sizes."""
    return with_study(with_arms(plan_of("paper", THREE_SEEDS, BATCH_SIZES), "plain", "bn"), published=())


def two_axes() -> Plan:
    """Learning rate and depth, five arms."""
    return with_study(plan_of("paper", THREE_SEEDS, SEVEN_RATES, WIDTHS), published=())


def three_axes() -> Plan:
    """Learning rate, width and activation."""
    activation = "grid.model.activation=[relu, sigmoid, tanh]"
    plan = plan_of("paper", "seeds=[0, 1]", LEARNING_RATES, WIDTHS, activation)
    return with_study(with_arms(plan, "plain", "bn", "dropout"), published=())


def two_small_axes() -> Plan:
    """Three learning rates and two batch sizes, two arms."""
    grid = (LEARNING_RATES, "grid.training.batch_size=[32, 64]")
    return with_study(with_arms(plan_of("paper", "seeds=[0, 1]", *grid), "plain", "bn"), published=())


def by_hand(point: Point) -> Mapping[str, Any]:
    """For these: accuracy 0.2, 0.3, 0.4 by rate, 0.05 more at batch 64, 0.1 more with BN; plain diverges at 0.1, 32."""
    rate, size = point.axes["training.learning_rate.initial"], point.axes["training.batch_size"]
    if (point.arm, rate, size) == ("plain", 0.1, 32):
        return {"status": "diverged", "validation": [None]}
    value = {0.001: 0.2, 0.01: 0.3, 0.1: 0.4}[rate] + 0.05 * (size == 64) + 0.1 * (point.arm == "bn")
    return {"validation": [value]}


def marks_of(panel: Panel, kind: type[M], label: str | None = None) -> list[M]:
    """The marks of one kind, of one arm if its label is given."""
    return [mark for mark in panel.marks if isinstance(mark, kind) and label in (None, mark.label)]  # type: ignore[attr-defined]
