"""The order of the training images, and how it is cut into calls of compiled code."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import numpy as np

from bn_study.config.run import RunSpec
from bn_study.config.training import TrainingSpec
from bn_study.planning.seed import stream_seed
from bn_study.training.loop import Order


def epoch_order(spec: RunSpec, count: int, epoch: int) -> Order:
    """The image numbers of an epoch (counted from 0) as training takes them: the same for all arms of a seed."""
    order = shuffled(count, spec.seed, epoch)
    batch = spec.training.batch_size
    if spec.training.last_batch == "drop" and count >= batch:
        return order[: count // batch * batch]
    return order


def epoch_steps(training: TrainingSpec, count: int) -> int:
    """Steps of an epoch over `count` images."""
    whole, rest = divmod(count, training.batch_size)
    return whole + (rest > 0 and (training.last_batch == "keep" or whole == 0))


def shuffled(count: int, seed: int, epoch: int) -> Order:
    """All numbers below `count`."""
    generator = np.random.default_rng(stream_seed(seed, "shuffle", epoch))
    return generator.permutation(count).astype(np.int32)


def calls(order: Order, images_a_call: int, cuts: Collection[int] = ()) -> Sequence[Order]:
    """`order` cut into consecutive calls, and also after each number of images in `cuts`."""
    bounds = sorted({*range(0, len(order), images_a_call), *(cut for cut in cuts if cut < len(order)), len(order)})
    return [order[start:end] for start, end in pairwise(bounds)]
