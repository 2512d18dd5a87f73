"""One run: from a RunSpec and arrays to measurements. The only door of keras and its backends.

Importing this package imports keras, so KERAS_BACKEND, threads and XLA flags must be set before.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without_settings_and_plots() -> Iterator[None]:
    """While Keras is imported, it finds no keras.json, whose settings would change nets under the same run id.

    It looks below $KERAS_HOME; below a device lies no file. Nor does it find what it would only plot with: 0.9 of the
    2.5 s of CPU time that its import takes.
    """
    home, hidden = os.environ.get("KERAS_HOME"), {"matplotlib", "pandas"} - sys.modules.keys()
    os.environ["KERAS_HOME"] = os.devnull
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None means: cannot be imported
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        del os.environ["KERAS_HOME"]
        if home is not None:
            os.environ["KERAS_HOME"] = home


with _without_settings_and_plots():
    import keras

# Whoever imported Keras before had its settings read.
keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")
keras.config.set_epsilon(1e-7)
keras.config.set_dtype_policy("float32")
