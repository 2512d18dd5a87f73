"""What augmentation costs: flip, shear 0.2 and zoom 0.2 of batches of 125 images, 32×32, on one thread.

    python benchmarks/augmentation.py [--rounds 5] [--batches 20]

(a) images/s against Keras' ImageDataGenerator.flow with the same changes; (b) the share of a training step of the
Inception net with BN at width 0.25. The best of all batches counts, in seconds of this process' CPU: other
processes on the machine do not disturb it. Images are noise; nothing here depends on what they show.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ |= {
    "KERAS_BACKEND": "tensorflow", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "2", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}  # fmt: skip

import numpy as np  # after the environment is set, which the backend reads when it is loaded
import tensorflow as tf
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from bn_study.config.augmentation import Augmentation
from bn_study.config.load import load_run
from bn_study.config.norm import BatchNorm
from bn_study.datasets import Scaling, Split
from bn_study.training.augmentation import augmenter, epoch_stream
from bn_study.training.backend import compile_loop, reside
from bn_study.training.initialization import initialize
from bn_study.training.loop import Loop, Trainee
from bn_study.training.model import build
from bn_study.training.optimization import build_optimizer

RECIPE = Path(__file__).resolve().parents[1] / "configs" / "inception.yaml"
BATCH, WIDTH = 125, 0.25
IMAGES = np.random.default_rng(0).integers(0, 256, (8 * BATCH, 32, 32, 3), dtype=np.uint8)
LABELS = np.zeros(len(IMAGES), np.int32)


def best(action: Callable[[], object], repeats: int) -> float:
    """CPU seconds of the fastest of the repeats, after one that does not count."""
    action()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        action()
        seconds.append(time.process_time() - start)
    return min(seconds)


def ours() -> Callable[[], object]:
    """One batch: gathered from resident bytes, augmented, as in the training step."""
    augment = augmenter(Augmentation(horizontal_flip=True, shear_degrees=0.2, zoom=0.2), channels=3)
    assert augment is not None
    compiled = tf.function(augment, jit_compile=True)
    images, order = tf.constant(IMAGES), tf.constant(np.arange(BATCH, dtype=np.int32))
    stream = tf.constant(epoch_stream(seed=0, epoch=0, step=0))
    return lambda: compiled(tf.gather(images, order), stream).numpy()


def keras_generator() -> Callable[[], object]:
    """One batch of the old generator."""
    generator = ImageDataGenerator(horizontal_flip=True, shear_range=0.2, zoom_range=0.2)
    batches = generator.flow(IMAGES.astype(np.float32), LABELS, batch_size=BATCH, seed=0)
    return lambda: next(batches)


def inception_step() -> Callable[[], object]:
    """One training step without augmentation."""
    spec = load_run(RECIPE)
    net = spec.model.model_copy(update={"width": WIDTH, "norm": BatchNorm(kind="batch", scale=False)})
    scaling = Scaling(np.zeros(1, np.float32), np.array([1 / 255], np.float32))
    split = Split(IMAGES, LABELS, IMAGES[:BATCH], LABELS[:BATCH], "test")
    model = build(net, (32, 32, 3), 10, "float32")
    optimizer = build_optimizer(spec.training.optimizer)
    optimizer.build(model.trainable_variables)
    resident = reside(split, scaling, 10)
    loop: Loop = compile_loop(Trainee(model, optimizer, BATCH, BATCH, augment=None), resident)
    initialize(model, seed=0)
    order, stream = np.arange(BATCH, dtype=np.int32), epoch_stream(seed=0, epoch=0, step=0)
    return lambda: loop.train(resident, order, stream)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, default=20)
    options = parser.parse_args()
    augment, generate, train = ours(), keras_generator(), inception_step()
    a, b, c = [], [], []
    for _ in range(options.rounds):  # in turn, so that a slow minute of the machine falls on all three
        a.append(best(augment, options.batches))
        b.append(best(generate, max(1, options.batches // 10)))
        c.append(best(train, max(1, options.batches // 10)))
    print(f"bn_study            {1e3 * min(a):8.2f} ms a batch of {BATCH}  {BATCH / min(a):8.0f} images/s")
    print(f"ImageDataGenerator  {1e3 * min(b):8.2f} ms a batch of {BATCH}  {BATCH / min(b):8.0f} images/s")
    print(f"Inception step      {1e3 * min(c):8.2f} ms a batch of {BATCH}  {BATCH / min(c):8.0f} images/s")
    print(f"times ImageDataGenerator: {min(b) / min(a):.1f}; share of the step: {min(a) / min(c):.2%}")


if __name__ == "__main__":
    main()
