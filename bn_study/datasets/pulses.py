"""Synthetic pulses: waveforms as a digitizer records them, whose energy tells something of their class.

Made up, not measured: each of 4,000 training and 1,000 test signals is one row of 128 samples of 8 bits. On a
background of 32 ± 2 grey levels stands a pulse that rises at once and decays. What is to be told is its shape: `fast`
decays with a time constant of 5 to 8 samples, `slow` with 8 to 13, `pile_up` is two fast pulses 6 to 14 samples
apart. Its height is log-uniform over 12 to 190 levels, but each class has its own part of that range, and the parts
overlap: so energy leaks the class, as it does where one detector's particles differ in both. It is the data for
shifting signals (`signal_shift`), and for asking whether one net for each stratum of the energy only learns what
energy gives away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.dataset import Dataset, assemble

CLASSES = ("fast", "slow", "pile_up")
SAMPLES, BACKGROUND, NOISE = 128, 32, 2
_TIME_CONSTANTS = ((5.0, 8.0), (8.0, 13.0), (5.0, 8.0))  # samples
_HEIGHTS = ((12.0, 95.0), (18.0, 140.0), (24.0, 190.0))  # grey levels
_ONSETS = (20, 44)  # the pulse is over before the last 16 samples
_PROVENANCE = "synthetic pulses, made by this package"


def load_pulses() -> Dataset:
    """4000 train and 1000 test signals of 1 x 128 x 1, classes in equal shares; always the same."""
    return assemble("pulses", _part(4000, seed=1), _part(1000, seed=2), CLASSES, _PROVENANCE)


def _part(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Signals uint8 (count, 1, SAMPLES, 1) and labels int32 (count,)."""
    generator = np.random.default_rng(seed)
    labels = (np.arange(count) % len(CLASSES)).astype(np.int32)
    height = np.exp(_between(np.log(_HEIGHTS)[labels], generator))
    constant = _between(np.array(_TIME_CONSTANTS)[labels], generator)
    onset = generator.integers(*_ONSETS, count, endpoint=True)
    delay = generator.integers(6, 14, count, endpoint=True)
    pulse = _decay(onset, constant)
    second = _decay(onset + delay, constant) * generator.uniform(0.4, 0.9, (count, 1))
    pulse = np.where((labels == CLASSES.index("pile_up"))[:, np.newaxis], (pulse + second) / 1.5, pulse)
    noise = generator.integers(-NOISE, NOISE, (count, SAMPLES), endpoint=True)
    signals = np.clip(np.rint(BACKGROUND + height[:, np.newaxis] * pulse) + noise, 0, 255)
    return signals.astype(np.uint8)[:, np.newaxis, :, np.newaxis], labels


def _between(bounds: NDArray[np.float64], generator: np.random.Generator) -> NDArray[np.float64]:
    """One number a row, uniform between its bounds (count, 2)."""
    return generator.uniform(bounds[:, 0], bounds[:, 1])


def _decay(onset: NDArray[np.int64], constant: NDArray[np.float64]) -> NDArray[np.float64]:
    """(count, SAMPLES): 0 before the onset, 1 there, then exp(-t / constant)."""
    after = np.arange(SAMPLES) - onset[:, np.newaxis]
    return np.where(after < 0, 0.0, np.exp(-np.maximum(after, 0) / constant[:, np.newaxis]))
