"""One run, from spec to record: the method section."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import keras

from bn_study.config.run import RunSpec
from bn_study.planning.identity import fingerprint
from bn_study.store.environment import environment, peak_memory_bytes, utc_now
from bn_study.store.record import CostRecord, EpochRecord, Progress, RunRecord
from bn_study.training.assessment import assess, evaluate, mean_of
from bn_study.training.augmentation import epoch_stream
from bn_study.training.backend import device
from bn_study.training.checkpoint import Checkpoint
from bn_study.training.kept_model import KeptModel
from bn_study.training.loop import Sums, steps_a_call
from bn_study.training.optimization import learning_rate
from bn_study.training.order import calls, epoch_order, epoch_steps
from bn_study.training.probes.prober import Prober
from bn_study.training.random_layer import start_streams
from bn_study.training.times import Times
from bn_study.training.workbench import Data, Net, Workbench

#: A mean loss over this many times that of guessing, ln(classes), is a blow-up
#: (Bjorck et al. 2018 call a relative loss above 1e3 divergence).
BLOW_UP = 1e3


class Interrupted(Exception):
    """The run was asked to stop; its checkpoint is written."""


def train(
    spec: RunSpec,
    run_id: str,
    bench: Workbench,
    checkpoint: Checkpoint,
    model_file: Path,
    announce: Callable[[Progress | EpochRecord], None],
    stopping: Callable[[], bool],
    threads: int,
) -> RunRecord:
    """Train one spec from its checkpoint or from the start; keep the net at `model_file` if the spec asks for it.

    Raises DatasetError, OSError, what the backend raises, and Interrupted when `stopping()` at an epoch's end.
    """
    began, started = time.perf_counter(), utc_now()
    data = bench.data(spec)
    net = bench.net(spec, data)
    kept = KeptModel(spec.training.keep_model, net.trainee.model)
    prober = Prober(spec, net, data)
    state = [*net.variables, *kept.copies, *prober.memory]
    epochs, prober.record = checkpoint.restore(state)
    step_times: list[Times] = []

    while len(epochs) < spec.training.total_epochs and not _diverged(epochs):
        epochs.append(_epoch(spec, net, data, len(epochs), prober, announce, step_times))
        announce(epochs[-1])
        kept.note(epochs)
        prober.look_after(len(epochs), _diverged(epochs))
        done = len(epochs) == spec.training.total_epochs or _diverged(epochs)
        if not done and (stopping() or checkpoint.due()):
            checkpoint.save(state, epochs, prober.record)
        if not done and stopping():
            raise Interrupted

    diverged = _diverged(epochs)
    final = None if diverged else assess(net, data, spec.seed, epochs[-1])
    probes = prober.finish(len(epochs), diverged)
    kept.write(model_file, epochs, data.resident)
    return RunRecord(
        run_id=run_id,
        fingerprint=fingerprint(spec),
        status="diverged" if diverged else "finished",
        spec=spec,
        epochs=tuple(epochs),
        diverged_at_epoch=len(epochs) if diverged else None,
        final=final,
        cost=_cost(net, epochs, step_times, time.perf_counter() - began),
        data=data.record,
        probes=probes,
        environment=environment(keras.backend.backend(), device(), threads, spec.training.precision),
        started=started,
        ended=utc_now(),
    )


def _epoch(
    spec: RunSpec,
    net: Net,
    data: Data,
    epoch: int,
    prober: Prober,
    announce: Callable[[Progress | EpochRecord], None],
    step_times: list[Times],
) -> EpochRecord:
    """Train over the data once in this epoch's order, then validate; `epoch` counts from 0."""
    training = spec.training
    order = epoch_order(spec, data.resident.count("train"), epoch)
    rate = learning_rate(training, epoch, epoch_steps(training, data.resident.count("train")))
    net.trainee.optimizer.learning_rate.assign(rate)
    start_streams(net.trainee.model, spec.seed, epoch)

    sums, seen, spent = Sums(0.0, 0), 0, Times(0.0, 0.0)
    images_a_call = steps_a_call(net.forward_flops, training.batch_size) * training.batch_size
    for call in calls(order, images_a_call, prober.cuts(epoch)):
        prober.look_within(epoch, seen, order)
        call_start = Times.now()
        stream = epoch_stream(spec.seed, epoch, step=seen // training.batch_size)
        sums, seen = sums + net.loop.train(data.resident, call, stream), seen + len(call)
        of_call = Times.now() - call_start
        spent += of_call
        step_times.append(of_call / math.ceil(len(call) / training.batch_size))
        loss, accuracy = mean_of(sums, seen)
        announce(
            Progress(
                epoch=epoch + 1,
                images=seen,
                images_an_epoch=len(order),
                loss=loss,
                accuracy=accuracy,
                images_per_second=seen / spent.wall,
            )
        )
        if blown_up(loss, data.resident.classes):
            break

    train_loss, train_accuracy = mean_of(sums, seen)
    validation_loss, validation_accuracy = None, None
    validation_start = time.perf_counter()
    if not blown_up(train_loss, data.resident.classes):
        validation_loss, validation_accuracy = evaluate(net, data, "validation")
    return EpochRecord(
        epoch=epoch + 1,
        learning_rate=rate,
        train_loss=train_loss,
        train_accuracy=train_accuracy,
        validation_loss=validation_loss,
        validation_accuracy=validation_accuracy,
        train_seconds=spent.wall,
        validation_seconds=time.perf_counter() - validation_start,
        steps=math.ceil(seen / training.batch_size),
        images_per_second=seen / spent.wall,
        cpu_seconds=spent.cpu,
    )


def blown_up(mean_loss: float | None, classes: int) -> bool:
    """Whether a training loss means divergence: not finite (None), or BLOW_UP times that of guessing."""
    return mean_loss is None or mean_loss > BLOW_UP * math.log(max(classes, 2))


def _diverged(epochs: list[EpochRecord]) -> bool:
    return bool(epochs) and epochs[-1].validation_accuracy is None


def _cost(net: Net, epochs: list[EpochRecord], step_times: list[Times], total_seconds: float) -> CostRecord:
    settled = step_times[1:]  # the first call still fills caches
    cpu = [epoch.cpu_seconds for epoch in epochs if epoch.cpu_seconds is not None]  # not of an older checkpoint
    return CostRecord(
        parameters=net.parameters,
        trainable_parameters=net.trainable_parameters,
        forward_flops=net.forward_flops,
        step_seconds=statistics.median(one.wall for one in settled) if settled else None,
        train_seconds=sum(epoch.train_seconds for epoch in epochs),
        total_seconds=total_seconds,
        peak_memory_bytes=peak_memory_bytes(),
        step_cpu_seconds=statistics.median(one.cpu for one in settled) if settled else None,
        train_cpu_seconds=sum(cpu) if len(cpu) == len(epochs) else None,
    )
