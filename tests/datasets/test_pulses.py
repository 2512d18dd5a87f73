"""The synthetic pulses: what is said of them holds."""

from __future__ import annotations

import numpy as np

from bn_study.datasets import describe, load
from bn_study.datasets.pulses import BACKGROUND, NOISE, SAMPLES


def test_the_signals_are_as_described_and_always_the_same() -> None:
    pulses, facts = load("pulses"), describe("pulses")
    assert pulses.image_shape == facts.image_shape == (1, SAMPLES, 1)
    assert (len(pulses.train_images), len(pulses.test_images)) == (facts.train_images, facts.test_images)
    assert np.bincount(pulses.train_labels).max() - np.bincount(pulses.train_labels).min() <= 1
    assert load("pulses").fingerprint == pulses.fingerprint


def test_every_pulse_has_background_before_and_behind_it() -> None:
    """So that it can be shifted by up to 16 samples without being cut."""
    signals = load("pulses").train_images[:, 0, :, 0].astype(int)
    assert abs(signals[:, :20] - BACKGROUND).max() <= NOISE
    assert abs(signals[:, -16:] - BACKGROUND).max() <= NOISE + 3  # what is left of the slowest, highest tail
    assert signals.max() < 255


def test_energy_leaks_the_class_but_does_not_give_it_away() -> None:
    """The class whose mean energy is nearest: above chance, a third, by more than ten points, and below 60 percent."""
    pulses = load("pulses")
    energy = [np.log(images[:, 0, :, 0].sum(axis=1) - BACKGROUND * SAMPLES * 0.9) for images in (
        pulses.train_images, pulses.test_images)]  # fmt: skip
    means = np.array([energy[0][pulses.train_labels == k].mean() for k in range(3)])
    nearest = np.abs(energy[1][:, np.newaxis] - means).argmin(axis=1)
    accuracy = (nearest == pulses.test_labels).mean()
    assert 1 / 3 + 0.1 < accuracy < 0.6
