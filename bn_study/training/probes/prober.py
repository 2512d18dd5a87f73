"""Prober: looks at a net at its times, and keeps what it saw for the run's record."""

from __future__ import annotations

import math
import time

import numpy as np

from bn_study.config.run import RunSpec
from bn_study.planning.looks import EARLY_STEPS, PROFILE, probed_epochs
from bn_study.planning.seed import stream_seed
from bn_study.store.probe_record import ProbesRecord, ProbeTable, ProbeTime
from bn_study.training.kept_model import Copy
from bn_study.training.loop import Order
from bn_study.training.order import epoch_order, epoch_steps
from bn_study.training.probes import algebra, covariate_shift, gradients, smoothness, statistics
from bn_study.training.probes.activations import Activations
from bn_study.training.probes.look import Look, Seen
from bn_study.training.probes.scalars import scalars
from bn_study.training.workbench import Data, Net


class Prober:
    """The probes of one run. `memory` and `record` are its whole state, and belong into the checkpoint."""

    def __init__(self, spec: RunSpec, net: Net, data: Data) -> None:
        self.spec, self.net, self.data = spec, net, data
        self.probes = frozenset(spec.probes or ())
        self.record = ProbesRecord()
        count = data.resident.count("train")
        chosen = np.random.default_rng(stream_seed(spec.seed, "probe")).permutation(count)[:PROFILE]
        self._profile: Order = np.sort(chosen).astype(np.int32)
        self._activations = Activations(spec.model, net.trainee.model) if "activations" in self.probes else None

    @property
    def memory(self) -> list[Copy]:
        return self._activations.memory if self._activations else []

    def cuts(self, epoch: int) -> tuple[int, ...]:
        """Numbers of images of an epoch (counted from 0) after which training is to pause for a look."""
        batch = self.spec.training.batch_size
        return tuple(step * batch for step in EARLY_STEPS) if self.probes and epoch == 0 else ()

    def look_within(self, epoch: int, images: int, order: Order) -> None:
        """After so many images of the epoch (counted from 0) whose order this is, if it is a time to look."""
        if images in self.cuts(epoch):
            step = images // self.spec.training.batch_size
            self._look(ProbeTime(epoch=0, step=step), self._now(order[images:], epoch, step))

    def look_after(self, epoch: int, diverged: bool) -> None:
        """At the end of an epoch, counted from 1, if it is a time to look."""
        if self.probes and not diverged and epoch in probed_epochs(self.spec.training.total_epochs):
            steps = epoch * epoch_steps(self.spec.training, self.data.resident.count("train"))
            self._look(ProbeTime(epoch=epoch, step=steps), self._now(self._order(epoch), epoch, 0))

    def finish(self, epochs: int, diverged: bool) -> ProbesRecord | None:
        """What is measured at the end alone; then all that was seen. None without probes."""
        if not self.probes:
            return None
        began, numbers = time.perf_counter(), {}
        if not diverged:
            numbers = self._at_the_end(self._now(self._order(epochs), epochs, 0))
        self._add_seconds(began)
        found = {name: finite(value) for name, value in {**scalars(self.record), **numbers}.items()}
        return self.record.model_copy(update={"scalars": found})

    def _at_the_end(self, look: Look) -> dict[str, float]:
        numbers: dict[str, float] = {}
        for probe, seen in (("statistics", statistics.seen), ("algebra", algebra.seen)):
            if probe in self.probes:
                quantities, found = seen(look)
                self._note(probe, quantities)
                numbers |= found
        return numbers

    def _look(self, when: ProbeTime, look: Look) -> None:
        began = time.perf_counter()
        signals = look.derivative.signals(look.profile_batch) if self.probes & {"activations", "gradients"} else []
        if self._activations:
            self._note("activations", self._activations.seen(signals))
        if "gradients" in self.probes:
            self._note("gradients", gradients.seen(look, signals))
        if "covariate_shift" in self.probes:
            self._note("covariate_shift", covariate_shift.seen(look))
        if "smoothness" in self.probes:
            self._note("smoothness", smoothness.seen(look))
        self.record = self.record.model_copy(update={"times": (*self.record.times, when)})
        self._add_seconds(began)

    def _now(self, rest: Order, epoch: int, step: int) -> Look:
        following = rest[: self.spec.training.batch_size]
        return Look(self.spec, self.net, self.data, self._profile, following, epoch, step)

    def _order(self, epoch: int) -> Order:
        return epoch_order(self.spec, self.data.resident.count("train"), epoch)

    def _note(self, probe: str, quantities: Seen) -> None:
        """Append a row to the table of each quantity."""
        tables = {(table.probe, table.quantity): table for table in self.record.tables}
        for quantity, values in quantities.items():
            row = tuple(finite(value) for value in values.values())
            table = tables.get((probe, quantity))
            before = table.values if table else ()
            tables[probe, quantity] = ProbeTable(
                probe=probe, quantity=quantity, of=tuple(values), values=(*before, row)
            )
        self.record = self.record.model_copy(update={"tables": tuple(tables.values())})

    def _add_seconds(self, began: float) -> None:
        seconds = self.record.seconds + time.perf_counter() - began
        self.record = self.record.model_copy(update={"seconds": seconds})


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
