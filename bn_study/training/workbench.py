"""What a worker keeps from run to run: resident data and the last compiled net.

Runs that differ only in seed and learning rate share one compiled net; each starts from freshly set
variables, so a worker's tenth run has the bits of a fresh process. One entry of each kind is kept: memory
stays flat, and a sweep's order brings equal nets together.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.config.run import DatasetSpec, RunSpec
from bn_study.datasets import Dataset, Images, Split, fit_scaling, resized, split, stratum
from bn_study.planning.seed import stream_seed
from bn_study.store.record import DataRecord
from bn_study.training.augmentation import augmenter, epoch_stream
from bn_study.training.backend import compile_loop, reside
from bn_study.training.counting import count_parameters, forward_flops
from bn_study.training.derivative import Derivative
from bn_study.training.initialization import initialize
from bn_study.training.loop import Loop, Order, Resident, Trainee, evaluation_batch_size
from bn_study.training.model import build
from bn_study.training.optimization import build_optimizer


@dataclass(frozen=True)
class Data:
    """A resident split and what the record says of it."""

    resident: Resident
    record: DataRecord


@dataclass(frozen=True)
class Net:
    """A compiled net and what it costs."""

    trainee: Trainee
    loop: Loop
    parameters: int
    trainable_parameters: int
    forward_flops: int
    blank_optimizer: tuple[NDArray[Any], ...]

    @cached_property
    def derivative(self) -> Derivative:
        """Compiled with the net, at the first look: probes of the next run find it compiled."""
        return Derivative(self.trainee.model)

    @property
    def variables(self) -> list[keras.Variable]:
        """Everything that a checkpoint must hold."""
        return [*self.trainee.model.variables, *self.trainee.optimizer.variables]

    def reset(self, seed: int) -> None:
        """Initial weights of a seed, and an optimizer that has seen nothing."""
        initialize(self.trainee.model, seed)
        for variable, value in zip(self.trainee.optimizer.variables, self.blank_optimizer, strict=True):
            variable.assign(value)


class Workbench:
    """Caches of one worker process."""

    def __init__(self, load: Callable[[DatasetSpec], Dataset]) -> None:
        self._load = load
        self._data: tuple[object, Data] | None = None
        self._net: tuple[object, Net] | None = None

    def data(self, spec: RunSpec) -> Data:
        """The run's split, resident as bytes, or as the numbers of a table. Raises DatasetError."""
        random = spec.dataset.train_images is not None or spec.dataset.validation_fraction is not None
        key = (spec.dataset, stream_seed(spec.seed, "split") if random else 0)
        if self._data is None or self._data[0] != key:
            self._data = None  # free the old before the new is read
            gc.collect()
            self._data = key, _read(self._load(spec.dataset), spec.dataset, seed=key[1])
        return self._data[1]

    def net(self, spec: RunSpec, data: Data) -> Net:
        """The run's net, compiled, reset to the initial weights of the run's seed."""
        key = (spec.model, spec.training.compiled, data.resident.shape)
        if self._net is None or self._net[0] != key:
            self._net = None
            gc.collect()  # a compiled net holds itself in cycles: 60 MB a net stayed until some later collection
            self._net = key, _compile(spec, data)
        net = self._net[1]
        net.reset(spec.seed)
        return net


def _read(dataset: Dataset, spec: DatasetSpec, seed: int) -> Data:
    parts = split(dataset, train_images=spec.train_images, validation=spec.validation_fraction, seed=seed)
    if spec.stratum is not None:
        kept = spec.stratum
        parts = stratum(parts, of=kept.of, part=kept.part, train_on_all=kept.train_on == "all")
    if spec.image_size is not None:
        parts = resized(parts, spec.image_size)
    per = spec.scaling.per if spec.scaling.kind == "standardize" else "channel"
    scaling = fit_scaling(spec.scaling.kind, per, parts.train_images)
    record = DataRecord(
        fingerprint=dataset.fingerprint,
        provenance=dataset.provenance,
        train_images=len(parts.train_images),
        validation_images=len(parts.validation_images),
        validation_source=parts.validation_source,
        classes=dataset.classes,
        image_shape=_shape(parts.train_images),
        remarks=(*dataset.remarks, *_lost_classes(dataset, parts)),
    )
    return Data(reside(parts, scaling, dataset.classes), record)


def _lost_classes(dataset: Dataset, parts: Split) -> Iterator[str]:
    """A remark where classes that have training images have none in the part that is trained on."""
    kept, had = (len(np.unique(labels)) for labels in (parts.train_labels, dataset.train_labels))
    if kept < had:
        yield f"{had - kept} of {had} classes have no image in the part that is trained on"


def _shape(images: Images) -> tuple[int, int, int]:
    height, width, channels = images.shape[1:]
    return height, width, channels


def _compile(spec: RunSpec, data: Data) -> Net:
    keras.utils.clear_session(free_memory=False)
    resident, batch_size = data.resident, spec.training.batch_size
    model = build(spec.model, resident.image_shape, resident.classes, spec.training.precision)
    optimizer = build_optimizer(spec.training.optimizer)
    optimizer.build(model.trainable_variables)
    most = max(resident.count("train"), resident.count("validation"))
    augment = augmenter(spec.training.augmentation, resident.image_shape[2])
    trainee = Trainee(model, optimizer, batch_size, evaluation_batch_size(model, most), augment)
    blank = tuple(_small(np.asarray(variable)) for variable in optimizer.variables)
    parameters, trainable = count_parameters(model)
    loop = compile_loop(trainee, resident)
    net = Net(trainee, loop, parameters, trainable, forward_flops(model), blank)
    initialize(model, spec.seed)
    _warm_up(loop, resident, batch_size, trainee.evaluation_batch_size, spec.training.last_batch == "keep")
    return net


def _small(array: NDArray[Any]) -> NDArray[Any]:
    """A view of one number where all are equal: an optimizer's zeros would take the weights' size again."""
    flat = array.reshape(-1)
    return np.broadcast_to(flat[0], array.shape) if array.size and (flat == flat[0]).all() else array.copy()


def _warm_up(loop: Loop, resident: Resident, batch_size: int, evaluation_batch: int, keep_rest: bool) -> None:
    """Trace and compile what an epoch needs, so that no epoch's time contains it. The caller resets after.

    One step of each size, and one evaluation of a whole batch and of the last, smaller one.
    """
    count = resident.count("train")
    whole: Order = np.arange(min(batch_size, count), dtype=np.int32)
    rest: Order = np.arange(count % batch_size if keep_rest and count > batch_size else 0, dtype=np.int32)
    stream = epoch_stream(seed=0, epoch=0, step=0)
    loop.train(resident, whole, stream)
    if len(rest):
        loop.train(resident, rest, stream)
    images, a_batch = resident.count("validation"), evaluation_batch
    loop.evaluate(resident, "validation", np.arange(min(images, a_batch + images % a_batch), dtype=np.int32))
