"""How far a signal can be shifted before its pulse is cut.

A signal runs along the width of an image (n, h, w, c), usually with h = 1; a sample is one column, with all its
rows and channels. Background is what equals the first sample, from there on, and what equals the last one, up to
there, within a tolerance. Everything between is the pulse.
"""

from __future__ import annotations

from keras import ops

from bn_study.training.tensor import Tensor


def room(signals: Tensor, tolerance: int) -> tuple[Tensor, Tensor]:
    """Samples of background that can be lost before and after the pulse: two int32 (n,).

    signals: uint8. One sample of either background is kept, so that a step from one level to another stays
    too. A signal that is all background has no room: shifting it would change nothing.
    """
    levels = ops.cast(signals, "int32")
    off_first = _differs(levels, levels[:, :, :1], tolerance)
    off_last = _differs(levels, levels[:, :, -1:], tolerance)
    return _run(off_first), _run(ops.flip(off_last, axis=1))


def _differs(levels: Tensor, background: Tensor, tolerance: int) -> Tensor:
    """(n, w), int32: 1 where any row or channel of a sample is off the background."""
    return ops.cast(ops.max(ops.abs(levels - background), axis=(1, 3)) > tolerance, "int32")


def _run(differs: Tensor) -> Tensor:
    """Length of the leading run of zeros, less the one that is kept; argmax finds the first 1, or 0 without any."""
    return ops.maximum(ops.cast(ops.argmax(differs, axis=1), "int32") - 1, 0)
