"""One run: from a RunSpec and arrays to measurements. The only door of keras and its backends.

Importing this package imports keras, so KERAS_BACKEND, threads and XLA flags must be set before.
"""

import keras

# What ~/.keras/keras.json may say otherwise would change the nets, and their numbers, under the same run id.
keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_dtype_policy("float32")
