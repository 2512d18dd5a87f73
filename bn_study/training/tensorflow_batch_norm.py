"""tf.TensorFlow's fused batch-normalization kernel, with the statistics that Keras 3 keeps.

Keras 3 normalizes in separate passes (`tf.nn.moments`, `tf.nn.batch_normalization`). The kernel is what
Keras 2 ran; it returns the variance after Bessel's correction m / (m − 1), which is undone here.
"""

from __future__ import annotations

import tensorflow as tf


def normalized_by_batch(
    x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: float
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """x (n, h, w, c), γ and β (c,) float32 → normalized x, mean (c,), biased variance (c,)."""
    nothing = tf.zeros([0], tf.float32)
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x, scale=gamma, offset=beta, mean=nothing, variance=nothing, epsilon=epsilon, is_training=True
    )
    count = tf.cast(tf.size(x) / tf.shape(x)[-1], tf.float32)
    return y, mean, variance * (tf.maximum(count - 1.0, 1.0) / count)


def normalized_by(
    x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, epsilon: float
) -> tf.Tensor:
    """Inference: x (n, h, w, c) normalized by given statistics (c,)."""
    y, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x, scale=gamma, offset=beta, mean=mean, variance=variance, epsilon=epsilon, is_training=False
    )
    return y
