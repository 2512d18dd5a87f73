"""Look: one moment of training, as the probes see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from bn_study.config.run import RunSpec
from bn_study.training.derivative import Arrays, Batch, Derivative, batch_of
from bn_study.training.loop import Order
from bn_study.training.optimization import learning_rate
from bn_study.training.order import epoch_steps
from bn_study.training.workbench import Data, Net

#: Quantity → part of the net (layer, or step length) → value; NaN where it is not defined.
Seen: TypeAlias = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Look:
    """`profile` are image numbers that are fixed for the run, `following` those that training takes next.

    They are those of `step` of `epoch`, both counted from 0.
    """

    spec: RunSpec
    net: Net
    data: Data
    profile: Order
    following: Order
    epoch: int
    step: int

    @property
    def rate(self) -> float:
        """The learning rate of the following step; past the end of training, that of the last."""
        training = self.spec.training
        steps = epoch_steps(training, self.data.resident.count("train"))
        return learning_rate(training, min(self.epoch, training.total_epochs - 1), steps)

    @property
    def derivative(self) -> Derivative:
        return self.net.derivative

    @cached_property
    def profile_batch(self) -> Batch:
        return batch_of(self.data.resident, self.profile)

    @cached_property
    def following_batch(self) -> Batch:
        return batch_of(self.data.resident, self.following)

    @cached_property
    def following_gradients(self) -> tuple[float, Arrays]:
        """(loss, gradients) of the following batch at the weights of now."""
        return self.derivative.gradients(self.derivative.weights(), self.following_batch)
