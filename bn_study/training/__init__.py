"""One run: from a RunSpec and arrays to measurements. The only door of keras and its backends.

Importing this package imports keras, so KERAS_BACKEND, threads and XLA flags must be set before.
"""
