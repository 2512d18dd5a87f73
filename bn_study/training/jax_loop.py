"""The loop on JAX: `lax.scan` over the steps of a call, state taken from and given back to Keras variables.

With convolutions on a CPU each step is a call of its own: XLA's CPU convolutions collapse inside a loop
(jax-ml/jax#12868: 1.6 instead of about 80 GFLOP/s).
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from bn_study.training.augmentation import Stream
from bn_study.training.counting import has_convolution
from bn_study.training.loop import Order, Part, Resident, Sums, Trainee
from bn_study.training.normalization import batch_norms, observed

#: Images uint8 (n, h, w, c), labels int32 (n,), mean and scale of the inputs: arguments of compiled code, so that
#: a net takes the next seed's split without being compiled again.
Pixels = tuple[jax.Array, jax.Array, jax.Array, jax.Array]


def put(array: NDArray[Any]) -> jax.Array:
    return jax.device_put(array)


def device() -> str:
    found = jax.devices()[0]
    return "CPU" if found.platform == "cpu" else str(found.device_kind)


class CompiledLoop:
    """See `loop.Loop`."""

    def __init__(self, trainee: Trainee, resident: Resident) -> None:
        self.trainee = trainee
        self.model, self.optimizer = trainee.model, trainee.optimizer
        self.scans = not (has_convolution(self.model) and device() == "CPU")
        self._steps = jax.jit(self._train_steps, donate_argnums=0)
        self._evaluate = jax.jit(self._evaluate_batch)
        self._moments = jax.jit(self._batch_moments)

    def train(self, resident: Resident, order: Order, stream: Stream) -> Sums:
        pixels, batch = _pixels(resident, "train"), self.trainee.batch_size
        whole = len(order) // batch * batch
        a_call = whole if self.scans else batch
        pieces = [order[i : i + a_call].reshape(-1, batch) for i in range(0, whole, a_call or 1)]
        if whole < len(order):
            pieces.append(order[whole:].reshape(1, -1))
        sums, start = Sums(0.0, 0), int(stream[2])
        for piece in pieces:
            steps = np.arange(start, start + len(piece), dtype=np.uint32)
            sums, start = sums + self._train_call(pixels, piece, stream[:2], steps), start + len(piece)
        return sums

    def evaluate(self, resident: Resident, part: Part, order: Order) -> Sums:
        batch = self.trainee.evaluation_batch_size
        state = self._state()[:2]
        pixels = _pixels(resident, part)
        pairs = [self._evaluate(state, pixels, order[i : i + batch]) for i in range(0, len(order), batch)]
        return sum((_sums(pair) for pair in pairs), Sums(0.0, 0))

    def moments(self, resident: Resident, order: Order) -> list[tuple[Any, Any]]:
        return list(self._moments(self._state()[:2], _pixels(resident, "train"), order))

    def _state(self) -> tuple[list[Any], ...]:
        groups = (self.model.trainable_variables, self.model.non_trainable_variables, self.optimizer.variables)
        return tuple([variable.value for variable in group] for group in groups)

    def _train_call(self, pixels: Pixels, order: NDArray[np.int32], key: Stream, steps: Stream) -> Sums:
        state, losses, correct = self._steps(self._state(), pixels, order, key, steps)
        groups = (self.model.trainable_variables, self.model.non_trainable_variables, self.optimizer.variables)
        for variables, values in zip(groups, state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        return Sums(float(np.asarray(losses, dtype=np.float64).sum()), int(np.asarray(correct).sum()))

    def _train_steps(self, state: Any, pixels: Pixels, order: jax.Array, key: jax.Array, steps: jax.Array) -> Any:
        """order: (steps, batch); key: (2,) and steps: (steps,), of the augmentation's stream."""
        images, labels, *scaling = pixels
        augment = self.trainee.augment or (lambda batch, _: batch)

        def loss(trainable: Any, non_trainable: Any, x: jax.Array, y: jax.Array) -> Any:
            logits, non_trainable, penalties = self.model.stateless_call(
                trainable, non_trainable, x, training=True, return_losses=True
            )
            losses = _cross_entropy(logits, y)
            total = losses.mean() + sum(penalties) if penalties else losses.mean()
            return total, (losses.sum(), _count_correct(logits, y), non_trainable)

        def step(carry: Any, now: tuple[jax.Array, jax.Array]) -> Any:
            trainable, non_trainable, moments = carry
            batch, number = now
            chosen = augment(jnp.take(images, batch, axis=0), jnp.append(key, number))
            x, y = _scaled(chosen, *scaling), jnp.take(labels, batch)
            (_, kept), gradients = jax.value_and_grad(loss, has_aux=True)(trainable, non_trainable, x, y)
            loss_sum, correct, non_trainable = kept
            trainable, moments = self.optimizer.stateless_apply(moments, gradients, trainable)
            return (trainable, non_trainable, moments), (loss_sum, correct)

        state, (losses, correct) = jax.lax.scan(step, state, (order, steps))
        return state, losses, correct

    def _evaluate_batch(self, state: Any, pixels: Pixels, order: jax.Array) -> Any:
        x, y = _batch(pixels, order)
        logits, _ = self.model.stateless_call(*state, x, training=False)
        return _cross_entropy(logits, y).sum(), _count_correct(logits, y)

    def _batch_moments(self, state: Any, pixels: Pixels, order: jax.Array) -> Any:
        layers = batch_norms(self.model)
        with observed(layers):
            self.model.stateless_call(*state, _batch(pixels, order)[0], training=False)
            return [layer.observed for layer in layers]


def _pixels(resident: Resident, part: Part) -> Pixels:
    return resident.images[part], resident.labels[part], resident.mean, resident.scale


def _batch(pixels: Pixels, order: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Scaled images and labels of the image numbers `order`."""
    images, labels, mean, scale = pixels
    return _scaled(jnp.take(images, order, axis=0), mean, scale), jnp.take(labels, order)


def _scaled(images: jax.Array, mean: jax.Array, scale: jax.Array) -> jax.Array:
    return (images.astype(jnp.float32) - mean) * scale


def _cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=-1)[:, 0]


def _count_correct(logits: jax.Array, labels: jax.Array) -> jax.Array:
    return (jnp.argmax(logits, axis=-1) == labels).sum()


def _sums(pair: tuple[jax.Array, jax.Array]) -> Sums:
    return Sums(float(pair[0]), int(pair[1]))
