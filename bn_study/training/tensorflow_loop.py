"""The loop on TensorFlow: a tf.while_loop over steps, no tf.data, XLA where it is the faster one.

tf.data is not used: with autotune on, ending an iterator can block for seconds, and a gather by index
from resident uint8 images costs under 1 % of a step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from bn_study.datasets.aligned import ALIGNMENT_BYTES
from bn_study.training.augmentation import Stream
from bn_study.training.counting import has_convolution, has_recurrence
from bn_study.training.loop import Order, Part, Resident, Sums, Trainee
from bn_study.training.normalization import batch_norms, observed

_ORDER = tf.TensorSpec([None], tf.int32)
_STREAM = tf.TensorSpec([3], tf.uint32)

#: Images uint8 (n, h, w, c), labels int32 (n,), mean and scale of the inputs. They are handed over at each call, not
#: captured: a compiled net takes the next seed's split without being traced again.
Pixels = tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]


#: Nothing here needs AutoGraph. It reads source files again when it traces, so that a package updated under a running
#: sweep broke its runs; and it costs time.
_compiled = partial(tf.function, autograph=False)


def put(array: NDArray[np.number]) -> tf.Tensor:
    """A tensor of the array; images in aligned memory are taken over without a copy (185 MB for CIFAR-10)."""
    memory = array.base
    owned = isinstance(memory, np.ndarray) and memory.flags.writeable
    if device() != "CPU" or not owned or array.ctypes.data % ALIGNMENT_BYTES:
        return tf.constant(array)
    view = array.view()
    view.flags.writeable = True  # DLPack cannot say "read-only"; nothing here writes
    return tf.experimental.dlpack.from_dlpack(view.__dlpack__())


def device() -> str:
    gpus = tf.config.list_physical_devices("GPU")
    return str(tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")) if gpus else "CPU"


class CompiledLoop:
    """See `loop.Loop`."""

    def __init__(self, trainee: Trainee, resident: Resident) -> None:
        self.trainee, self.model = trainee, trainee.model
        # XLA fuses the optimizer's passes over the weights: 35 instead of 53 ms a step of the dense net on one
        # core (AVX2). Its convolutions on CPU are slower than TensorFlow's own, and a recurrent layer's loop
        # does not compile with its gradient.
        slow = has_convolution(self.model) and device() == "CPU"
        jit = not (slow or has_recurrence(self.model))
        self._step = _compiled(self._train_step, jit_compile=jit)
        self._rest = _compiled(self._train_step)
        # XLA in any case: it fuses the augmentation's many small operations into one pass, 30 times faster.
        self._augment = _compiled(trainee.augment, jit_compile=True) if trainee.augment else None
        signature = [_ORDER, _any_count(_pixels(resident, "train"))]
        self._steps = _compiled(self._train_steps, input_signature=[*signature, _STREAM])
        self._evaluate = _compiled(self._evaluate_batches, input_signature=signature)
        self._moments = _compiled(self._batch_moments)

    def train(self, resident: Resident, order: Order, stream: Stream) -> Sums:
        pixels, start = _pixels(resident, "train"), tf.constant(stream)
        steps = len(order) // self.trainee.batch_size
        whole = steps * self.trainee.batch_size
        sums = _sums(self._steps(tf.constant(order[:whole]), pixels, start)) if whole else Sums(0.0, 0)
        if whole < len(order):
            batch = self._training_batch(tf.constant(order[whole:]), pixels, _later(start, tf.constant(steps)))
            sums += _sums(self._rest(*batch, *pixels[2:]))
        return sums

    def evaluate(self, resident: Resident, part: Part, order: Order) -> Sums:
        return _sums(self._evaluate(tf.constant(order), _pixels(resident, part)))

    def moments(self, resident: Resident, order: Order) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        pixels = _pixels(resident, "train")
        images, _ = _gather(tf.constant(order), pixels)
        return [(mean.numpy(), variance.numpy()) for mean, variance in self._moments(images, *pixels[2:])]

    def _logits(self, images: tf.Tensor, mean: tf.Tensor, scale: tf.Tensor, training: bool) -> tf.Tensor:
        return self.model((tf.cast(images, tf.float32) - mean) * scale, training=training)

    def _training_batch(self, order: tf.Tensor, pixels: Pixels, stream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        images, labels = _gather(order, pixels)
        return (self._augment(images, stream) if self._augment else images), labels

    def _train_step(
        self, images: tf.Tensor, labels: tf.Tensor, mean: tf.Tensor, scale: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """One step over images (batch, h, w, c) uint8, or augmented float32, labels (batch,) int32.

        Returns the sum of losses (), in nat, and the number of right answers (). Inside: logits (batch, classes).
        """
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            logits = self._logits(images, mean, scale, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            loss = tf.reduce_mean(losses)
            if penalties := self.model.losses:
                loss += tf.add_n(penalties)
        gradients = tape.gradient(loss, [variable.value for variable in variables])
        self.trainee.optimizer.apply(gradients, variables)
        return tf.reduce_sum(losses), _count_correct(logits, labels)

    def _train_steps(self, order: tf.Tensor, pixels: Pixels, stream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """order int32 (steps · batch,), stream uint32 (3,) → sum of losses float64 (), number of right answers ()."""
        batch = self.trainee.batch_size

        def body(step: tf.Tensor, loss: tf.Tensor, correct: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            chosen = tf.ensure_shape(tf.slice(order, [step * batch], [batch]), [batch])
            images, labels = self._training_batch(chosen, pixels, _later(stream, step))
            step_loss, step_correct = self._step(images, labels, *pixels[2:])
            return step + 1, loss + tf.cast(step_loss, tf.float64), correct + step_correct

        return _loop(tf.shape(order)[0] // batch, body)

    def _evaluate_batches(self, order: tf.Tensor, pixels: Pixels) -> tuple[tf.Tensor, tf.Tensor]:
        """order int32 (n,), in batches and a rest → sum of losses float64 (), number of right answers ()."""
        batch, count = self.trainee.evaluation_batch_size, tf.shape(order)[0]

        def body(step: tf.Tensor, loss: tf.Tensor, correct: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            images, labels = _gather(order[step * batch : tf.minimum((step + 1) * batch, count)], pixels)
            logits = self._logits(images, *pixels[2:], training=False)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            batch_loss = tf.cast(tf.reduce_sum(losses), tf.float64)
            return step + 1, loss + batch_loss, correct + _count_correct(logits, labels)

        return _loop(-(-count // batch), body)

    def _batch_moments(self, images: tf.Tensor, mean: tf.Tensor, scale: tf.Tensor) -> list[tuple[tf.Tensor, tf.Tensor]]:
        layers = batch_norms(self.model)
        with observed(layers):
            self._logits(images, mean, scale, training=False)
            return [layer.observed for layer in layers if layer.observed is not None]


def _pixels(resident: Resident, part: Part) -> Pixels:
    return resident.images[part], resident.labels[part], resident.mean, resident.scale


def _any_count(pixels: Pixels) -> tuple[tf.TensorSpec, ...]:
    """Of images and labels any number; of scaling constants just these."""
    counted = (tf.TensorSpec([None, *tensor.shape[1:]], tensor.dtype) for tensor in pixels[:2])
    return (*counted, *map(tf.TensorSpec.from_tensor, pixels[2:]))


def _gather(order: tf.Tensor, pixels: Pixels) -> tuple[tf.Tensor, tf.Tensor]:
    """order int32 (n,) → images (n, h, w, c), labels int32 (n,)."""
    return tf.gather(pixels[0], order), tf.gather(pixels[1], order)


def _later(stream: tf.Tensor, steps: tf.Tensor) -> tf.Tensor:
    """The stream as it stands after this many steps."""
    return stream + tf.stack([tf.zeros((), tf.uint32), tf.zeros((), tf.uint32), tf.cast(steps, tf.uint32)])


def _loop(steps: tf.Tensor, body: Callable[..., tuple[tf.Tensor, ...]]) -> tuple[tf.Tensor, tf.Tensor]:
    start = (tf.constant(0), tf.constant(0.0, tf.float64), tf.constant(0))
    _, loss, correct = tf.while_loop(lambda step, *_: step < steps, body, start, parallel_iterations=1)
    return loss, correct


def _count_correct(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(tf.cast(tf.argmax(logits, axis=-1, output_type=tf.int32) == labels, tf.int32))


def _sums(pair: tuple[tf.Tensor, tf.Tensor]) -> Sums:
    loss, correct = pair
    return Sums(float(np.asarray(loss)), int(np.asarray(correct)))
