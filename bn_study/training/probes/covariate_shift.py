"""Internal covariate shift by Santurkar et al. 2018, Def. 2.1: how the layers before change a layer's gradient.

G is a layer's gradient on the following batch; G′ the one after all layers before it have taken their step. The step
is one real step of the optimizer, dropout and augmentation included, and is put back afterwards.
"""

from __future__ import annotations

import keras
import numpy as np

from bn_study.training.augmentation import epoch_stream
from bn_study.training.derivative import Arrays, Tensors, spread
from bn_study.training.layers import kernels, upstream, weight_layers
from bn_study.training.probes.look import Look, Seen
from bn_study.training.random_layer import start_streams

#: So many layers are asked, evenly spread; each costs a forward and a backward pass.
MOST_LAYERS = 6


def seen(look: Look) -> Seen:
    """‖G − G′‖ / ‖G‖ and the cosine of G and G′, by layer. The first layer has none before it: exactly 0 and 1."""
    derivative, (_, gradients) = look.derivative, look.following_gradients
    before, after = derivative.weights(), stepped(look)
    layers, own = weight_layers(derivative.model), set(kernels(derivative.model).values())
    change, cosine = {}, {}
    for name, earlier in asked(derivative.model).items():
        moved = {place for other in earlier for place in layers[other]}
        mixed = [after[place] if place in moved else weight for place, weight in enumerate(before)]
        there = derivative.gradients(mixed, look.following_batch)[1] if moved else gradients
        change[name], cosine[name] = compared(gradients, there, [place for place in layers[name] if place in own])
    return {"change": change, "cosine": cosine}


def asked(model: keras.Model) -> dict[str, frozenset[str]]:
    """Layer → the layers with weights before it: of the first layer, and of MOST_LAYERS that have some."""
    names = list(weight_layers(model))
    behind = {name: upstream(model, name) & frozenset(names) for name in names}
    later = [name for name in names if behind[name]]
    chosen = [later[place] for place in spread(len(later), MOST_LAYERS)] if later else []
    return {name: behind[name] for name in (names[0], *chosen)}


def stepped(look: Look) -> Tensors:
    """The trainable variables after one real step on the following batch; all variables are put back."""
    net, seed = look.net, look.spec.seed
    kept = [np.asarray(variable).copy() for variable in net.variables]
    if look.step == 0:
        net.trainee.optimizer.learning_rate.assign(look.rate)
        start_streams(net.trainee.model, seed, look.epoch)
    net.loop.train(look.data.resident, look.following, epoch_stream(seed, look.epoch, look.step))
    after = look.derivative.weights()
    for variable, value in zip(net.variables, kept, strict=True):
        variable.assign(value)
    return after


def compared(gradients: Arrays, moved: Arrays, places: list[int]) -> tuple[float, float]:
    """(‖G − G′‖ / ‖G‖, cosine) over the variables at these places; NaN where a gradient vanishes."""
    one, other = (np.concatenate([part[place].ravel() for place in places]) for part in (gradients, moved))
    length, other_length = np.linalg.norm(one), np.linalg.norm(other)
    if not (length and other_length):
        return np.nan, np.nan
    return float(np.linalg.norm(one - other) / length), float(one @ other / (length * other_length))
