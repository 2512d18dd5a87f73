"""What a Keras user writes for the same five nets: a loop over `model.fit` on numpy arrays.

python benchmarks/plain_keras.py EPOCHS SEEDS
"""

from __future__ import annotations

import sys

import keras
import numpy as np

from bn_study.datasets import load

# name → (batch normalization before / after the activation / not at all, dropout rate)
ARMS = {
    "plain": (None, 0.0),
    "bn": ("before", 0.0),
    "bn_after": ("after", 0.0),
    "dropout": (None, 0.3),
    "bn_dropout": ("before", 0.3),
}


def build(norm: str | None, rate: float) -> keras.Model:
    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten()])
    for width in (1024, 768):
        model.add(keras.layers.Dense(width, use_bias=norm != "before"))
        if norm == "before":
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation("relu"))
        if norm == "after":
            model.add(keras.layers.BatchNormalization())
        if rate:
            model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(
        keras.optimizers.SGD(0.01, momentum=0.9), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def main() -> None:
    epochs, seeds = map(int, sys.argv[1:3])
    # Keras' own load_data() knows only the official archive; ours also reads a copy of the images.
    data = load("cifar10", download=False)
    x_train, y_train = data.train_images.astype("float32") / 255, data.train_labels
    x_test, y_test = data.test_images.astype("float32") / 255, data.test_labels
    mean, deviation = x_train.mean(axis=(0, 1, 2)), x_train.std(axis=(0, 1, 2))
    x_train, x_test = (x_train - mean) / deviation, (x_test - mean) / deviation
    for seed in range(seeds):
        for name, (norm, rate) in ARMS.items():
            keras.utils.set_random_seed(seed)
            model = build(norm, rate)
            history = model.fit(
                x_train, y_train, batch_size=128, epochs=epochs, validation_data=(x_test, y_test), verbose=2
            )
            print(name, seed, np.round(history.history["val_accuracy"], 4).tolist(), flush=True)


if __name__ == "__main__":
    main()
