"""The loop on JAX: a loop over the steps of a call inside compiled code, on state taken from Keras variables.

With convolutions on a CPU each step is called by itself: XLA's CPU convolutions collapse inside a loop of any length,
also of one (jax-ml/jax#12868: 1.6 instead of about 80 GFLOP/s).
"""

from __future__ import annotations

from typing import TypeAlias

import jax
import jax.numpy as jnp
import keras
import numpy as np
from numpy.typing import NDArray

from bn_study.training.augmentation import Stream
from bn_study.training.counting import has_convolution
from bn_study.training.loop import MOST_STEPS_A_CALL, Order, Part, Resident, Sums, Trainee
from bn_study.training.normalization import batch_norms, observed

#: Images uint8 (n, h, w, c), labels int32 (n,), mean and scale of the inputs: arguments of compiled code, so that
#: a net takes the next seed's split without being compiled again.
Pixels: TypeAlias = tuple[jax.Array, jax.Array, jax.Array, jax.Array]
#: Values of the trainable, the other, and the optimizer's variables.
State: TypeAlias = tuple[list[jax.Array], ...]
#: State, float32 loss or losses, int32 () number of right answers.
Stepped: TypeAlias = tuple[State, jax.Array, jax.Array]


def put(array: NDArray[np.number]) -> jax.Array:
    return jax.device_put(array)


def device() -> str:
    found = jax.devices()[0]
    return "CPU" if found.platform == "cpu" else str(found.device_kind)


class CompiledLoop:
    """See `loop.Loop`."""

    def __init__(self, trainee: Trainee, resident: Resident) -> None:
        self.trainee = trainee
        self.model, self.optimizer = trainee.model, trainee.optimizer
        self.loops = not (has_convolution(self.model) and device() == "CPU")
        self._step = jax.jit(self._train_step, donate_argnums=0)
        self._steps = jax.jit(self._train_steps, donate_argnums=0)
        self._evaluate = jax.jit(self._evaluate_batch)
        self._moments = jax.jit(self._batch_moments)

    def train(self, resident: Resident, order: Order, stream: Stream) -> Sums:
        pixels, batch = _pixels(resident, "train"), self.trainee.batch_size
        state, sums, done = self._state(), Sums(0.0, 0), 0
        while done < len(order):
            whole = min((len(order) - done) // batch, MOST_STEPS_A_CALL)
            images = whole * batch if self.loops and whole else min(batch, len(order) - done)
            piece, now = order[done : done + images], stream + np.array([0, 0, done // batch], dtype=np.uint32)
            if self.loops and whole:
                numbers = np.zeros((MOST_STEPS_A_CALL, batch), dtype=np.int32)
                numbers[:whole] = piece.reshape(whole, batch)
                state, losses, right = self._steps(state, pixels, numbers, whole, now)
            else:
                state, losses, right = self._step(state, pixels, piece, now)
            sums, done = sums + Sums(float(np.asarray(losses, dtype=np.float64).sum()), int(right)), done + images
        self._put_back(state)
        return sums

    def evaluate(self, resident: Resident, part: Part, order: Order) -> Sums:
        batch = self.trainee.evaluation_batch_size
        state = self._state()[:2]
        pixels = _pixels(resident, part)
        pairs = [self._evaluate(state, pixels, order[i : i + batch]) for i in range(0, len(order), batch)]
        return sum((_sums(pair) for pair in pairs), Sums(0.0, 0))

    def moments(self, resident: Resident, order: Order) -> list[tuple[jax.Array, jax.Array]]:
        return list(self._moments(self._state()[:2], _pixels(resident, "train"), order))

    def _groups(self) -> tuple[list[keras.Variable], ...]:
        return self.model.trainable_variables, self.model.non_trainable_variables, self.optimizer.variables

    def _state(self) -> State:
        return tuple([variable.value for variable in group] for group in self._groups())

    def _put_back(self, state: State) -> None:
        for variables, values in zip(self._groups(), state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def _train_steps(
        self, state: State, pixels: Pixels, order: jax.Array, steps: jax.Array, stream: jax.Array
    ) -> Stepped:
        """The first `steps` rows of order int32 (MOST_STEPS_A_CALL, batch) → sums of losses (MOST_STEPS_A_CALL,).

        The number of steps is no shape: calls of any length run the same compiled code.
        """

        def body(step: jax.Array, carry: Stepped) -> Stepped:
            state, losses, right = carry
            now = stream + jnp.array([0, 0, 1], dtype=jnp.uint32) * step.astype(jnp.uint32)
            state, loss, correct = self._train_step(state, pixels, order[step], now)
            return state, losses.at[step].set(loss), right + correct

        start = state, jnp.zeros(len(order), dtype=jnp.float32), jnp.zeros((), dtype=jnp.int32)
        return jax.lax.fori_loop(0, steps, body, start)

    def _train_step(self, state: State, pixels: Pixels, order: jax.Array, stream: jax.Array) -> Stepped:
        """One step over the images of order int32 (batch,), augmented by stream uint32 (3,) → sum of losses ().

        Inside: images uint8 (batch, h, w, c) → x float32 (batch, h, w, c) → logits float32 (batch, classes).
        """
        trainable, non_trainable, moments = state
        images, labels, *scaling = pixels
        chosen = jnp.take(images, order, axis=0)
        x = _scaled(self.trainee.augment(chosen, stream) if self.trainee.augment else chosen, *scaling)
        y = jnp.take(labels, order)

        def loss(trainable: list[jax.Array]) -> tuple[jax.Array, tuple[jax.Array, jax.Array, list[jax.Array]]]:
            logits, others, penalties = self.model.stateless_call(
                trainable, non_trainable, x, training=True, return_losses=True
            )
            losses = _cross_entropy(logits, y)
            total = losses.mean() + sum(penalties) if penalties else losses.mean()
            return total, (losses.sum(), _count_correct(logits, y), others)

        (_, (loss_sum, correct, others)), gradients = jax.value_and_grad(loss, has_aux=True)(trainable)
        trainable, moments = self.optimizer.stateless_apply(moments, gradients, trainable)
        return (trainable, others, moments), loss_sum, correct

    def _evaluate_batch(self, state: State, pixels: Pixels, order: jax.Array) -> tuple[jax.Array, jax.Array]:
        """order int32 (batch,) → sum of losses (), number of right answers ()."""
        x, y = _batch(pixels, order)
        logits, _ = self.model.stateless_call(*state, x, training=False)
        return _cross_entropy(logits, y).sum(), _count_correct(logits, y)

    def _batch_moments(self, state: State, pixels: Pixels, order: jax.Array) -> list[tuple[jax.Array, jax.Array]]:
        """order int32 (batch,) → (mean, variance), (c,) each, of each BN layer's input."""
        layers = batch_norms(self.model)
        with observed(layers):
            self.model.stateless_call(*state, _batch(pixels, order)[0], training=False)
            return [layer.observed for layer in layers if layer.observed is not None]


def _pixels(resident: Resident, part: Part) -> Pixels:
    return resident.images[part], resident.labels[part], resident.mean, resident.scale


def _batch(pixels: Pixels, order: jax.Array) -> tuple[jax.Array, jax.Array]:
    """order int32 (n,) → scaled images float32 (n, h, w, c), labels int32 (n,)."""
    images, labels, mean, scale = pixels
    return _scaled(jnp.take(images, order, axis=0), mean, scale), jnp.take(labels, order)


def _scaled(images: jax.Array, mean: jax.Array, scale: jax.Array) -> jax.Array:
    return (images.astype(jnp.float32) - mean) * scale


def _cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """logits (n, classes), labels (n,) → losses in nat (n,)."""
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=-1)[:, 0]


def _count_correct(logits: jax.Array, labels: jax.Array) -> jax.Array:
    return (jnp.argmax(logits, axis=-1) == labels).sum()


def _sums(pair: tuple[jax.Array, jax.Array]) -> Sums:
    return Sums(float(pair[0]), int(pair[1]))
