"""Memory that a backend can take over without a copy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BYTES = np.dtype(np.uint8)
ALIGNMENT_BYTES = 64  # what TensorFlow's and XLA's kernels expect; numpy gives 16


def aligned_empty(shape: tuple[int, ...], dtype: np.dtype[Any] = _BYTES) -> NDArray[Any]:
    """Like np.empty(shape, dtype), starting at a multiple of ALIGNMENT_BYTES."""
    size = math.prod(shape) * dtype.itemsize
    memory = np.empty(size + ALIGNMENT_BYTES, np.uint8)
    offset = -memory.ctypes.data % ALIGNMENT_BYTES
    return memory[offset : offset + size].view(dtype).reshape(shape)
