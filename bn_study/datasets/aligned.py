"""Memory that a backend can take over without a copy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ALIGNMENT_BYTES = 64  # what TensorFlow's and XLA's kernels expect; numpy gives 16


def aligned_empty(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Like np.empty(shape, np.uint8), starting at a multiple of ALIGNMENT_BYTES."""
    size = math.prod(shape)
    memory = np.empty(size + ALIGNMENT_BYTES, np.uint8)
    offset = -memory.ctypes.data % ALIGNMENT_BYTES
    return memory[offset : offset + size].reshape(shape)
