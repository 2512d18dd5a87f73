"""RunSpec's model → a Keras model that maps scaled images to logits."""

from __future__ import annotations

import keras

from bn_study.config.model import CnnModel, DenseModel, InceptionModel, Net, RecurrentModel, ResnetModel
from bn_study.training.cnn_model import cnn_features
from bn_study.training.dense_model import dense_features
from bn_study.training.inception_model import inception_features
from bn_study.training.recurrent_model import recurrent_features
from bn_study.training.resnet_model import resnet_features


def build(spec: Net, image_shape: tuple[int, int, int], classes: int, precision: str) -> keras.Model:
    """Input (batch, height, width, channels) scaled images; output (batch, classes) logits in float32."""
    images = keras.Input(image_shape, name="images")
    x = _features(spec, images, precision)
    logits = keras.layers.Dense(classes, kernel_initializer=spec.kernel_initializer, name="logits", dtype="float32")(x)
    return keras.Model(images, logits)


def _features(spec: Net, images: keras.KerasTensor, precision: str) -> keras.KerasTensor:
    match spec:
        case DenseModel():
            return dense_features(spec, images, precision)
        case InceptionModel():
            return inception_features(spec, images, precision)
        case CnnModel():
            return cnn_features(spec, images, precision)
        case ResnetModel():
            return resnet_features(spec, images, precision)
        case RecurrentModel():
            return recurrent_features(spec, images, precision)
