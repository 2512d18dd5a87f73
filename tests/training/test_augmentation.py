"""What training images go through: ranges, streams, signals, and that nothing else is augmented."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import stepwise
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.stats import kstest, uniform

from bn_study.config.augmentation import Augmentation
from bn_study.config.run import RunSpec
from bn_study.planning.identity import fingerprint
from bn_study.store.record import RunRecord
from bn_study.training.affine import AffineMap
from bn_study.training.augmentation import augmenter, drawn_numbers, epoch_stream, random_map
from bn_study.training.checkpoint import Checkpoint
from bn_study.training.train import Interrupted, train
from bn_study.training.workbench import Workbench

MakeSpec = Callable[..., RunSpec]
Run = Callable[..., RunRecord]
FLIP_SHEAR_ZOOM = {"horizontal_flip": True, "shear_degrees": 0.2, "zoom": 0.2}
EVERYTHING = {
    "horizontal_flip": True, "rotation_degrees": 15.0, "width_shift": 0.1, "height_shift": 0.1, "shear_degrees": 10.0,
    "zoom": 0.2, "crop_padding": 2, "brightness": 0.3, "contrast": 0.3, "saturation": 0.3, "hue": 0.1,
}  # fmt: skip
IMAGES = np.random.default_rng(4).integers(0, 256, (16, 12, 10, 3), dtype=np.uint8)
TIMES = {"train_seconds", "validation_seconds", "images_per_second", "cpu_seconds"}


def augmented(
    images: NDArray[np.uint8], seed: int = 0, epoch: int = 0, step: int = 0, **changes: Any
) -> NDArray[np.float32]:
    augment = augmenter(Augmentation(**changes), images.shape[-1])
    assert augment is not None
    return np.asarray(augment(images, epoch_stream(seed, epoch, step)))


def maps(count: int, **changes: Any) -> AffineMap:
    """Of `count` images of 10 × 20 pixels."""
    images = np.zeros((count, 10, 20, 1), np.uint8)
    return random_map(Augmentation(**changes), drawn_numbers(epoch_stream(1, 2, 3), count), images)


def test_the_defaults_do_nothing() -> None:
    assert augmenter(Augmentation(), 3) is None
    assert augmenter(Augmentation(fill="black", signal_tolerance=3), 3) is None


@pytest.mark.parametrize(
    ("changes", "coefficient", "least", "most"),
    [
        ({"zoom": 0.2}, "xx", 0.8, 1.2),
        ({"zoom": 0.2}, "yy", 0.8, 1.2),
        ({"width_shift": 0.1}, "x0", -2.0, 2.0),
        ({"height_shift": 0.1}, "y0", -1.0, 1.0),
        ({"shear_degrees": 0.2}, "xy", -np.sin(np.deg2rad(0.2)), np.sin(np.deg2rad(0.2))),
        ({"rotation_degrees": 1.0}, "yx", -np.sin(np.deg2rad(1.0)), np.sin(np.deg2rad(1.0))),
    ],
)
def test_numbers_are_uniform_in_the_stated_range(
    changes: dict[str, Any], coefficient: str, least: float, most: float
) -> None:
    """Kolmogorov-Smirnov over 4,000 images (the sine of so small an angle is the angle)."""
    found = np.asarray(getattr(maps(4000, **changes), coefficient), np.float64)
    slack = 1e-6 * (most - least)
    assert least - slack <= found.min() <= found.max() <= most + slack
    assert kstest(found, uniform(least, most - least).cdf).pvalue > 0.001


def test_flips_are_half_and_crops_are_all_equally_likely() -> None:
    flips = np.asarray(maps(4000, horizontal_flip=True).xx)
    assert set(flips) == {-1.0, 1.0}
    assert abs((flips == 1).mean() - 0.5) < 5 * np.sqrt(0.25 / 4000)
    crops = maps(4000, crop_padding=2)
    for offsets in (np.asarray(crops.x0), np.asarray(crops.y0)):
        values, counts = np.unique(offsets, return_counts=True)
        assert values.tolist() == [-2, -1, 0, 1, 2]
        assert np.abs(counts / 4000 - 0.2).max() < 5 * np.sqrt(0.16 / 4000)
    assert abs(np.corrcoef(crops.x0, crops.y0)[0, 1]) < 5 / np.sqrt(4000)


def test_images_of_a_batch_get_numbers_of_their_own() -> None:
    same = np.repeat(IMAGES[:1], 16, axis=0)
    assert len(np.unique(augmented(same, **FLIP_SHEAR_ZOOM), axis=0)) == 16


def test_bits_are_a_function_of_seed_epoch_and_step() -> None:
    first = augmented(IMAGES, seed=2**31 - 1, epoch=3, step=5, **EVERYTHING)
    np.testing.assert_array_equal(first, augmented(IMAGES, seed=2**31 - 1, epoch=3, step=5, **EVERYTHING))
    for other in ({"seed": 1}, {"epoch": 4}, {"step": 6}):
        place = {"seed": 2**31 - 1, "epoch": 3, "step": 5, **other}
        assert (np.abs(first - augmented(IMAGES, **place, **EVERYTHING)).max(axis=(1, 2, 3)) > 1).all()


def test_switching_one_change_on_moves_no_other() -> None:
    """Arms that differ in one change still share the rest."""
    alone, beside = maps(50, horizontal_flip=True).xx, maps(50, horizontal_flip=True, zoom=0.2, crop_padding=4).xx
    np.testing.assert_array_equal(np.sign(alone), np.sign(beside))


def test_crops_and_flips_give_exact_pixels() -> None:
    """Each result is one of the 2 · 5 · 5 windows of the padded image."""
    for fill, mode in (("nearest", "edge"), ("black", "constant")):
        found = augmented(IMAGES, horizontal_flip=True, crop_padding=2, fill=fill)
        for image, result in zip(IMAGES, found, strict=True):
            padded = np.pad(image, ((2, 2), (2, 2), (0, 0)), mode=mode)  # type: ignore[call-overload]
            windows = [padded[y : y + 12, x : x + 10] for y in range(5) for x in range(5)]
            assert any((w == result).all() or (w[:, ::-1] == result).all() for w in windows)


def test_colours_need_three_channels() -> None:
    for change in ({"saturation": 0.1}, {"hue": 0.1}):
        with pytest.raises(ValueError, match="3 channels, the images have 1"):
            augmenter(Augmentation(**change), 1)
    assert augmenter(Augmentation(brightness=0.1, contrast=0.1), 1) is not None


def pulses(first: int, length: int, background: tuple[int, int] = (20, 20), count: int = 64) -> NDArray[np.uint8]:
    """Equal signals of 40 samples and two channels: a saw-tooth between its backgrounds."""
    samples = np.full(40, background[0], np.uint8)
    samples[first:] = background[1]
    samples[first : first + length] = 100 + np.arange(length)
    return np.repeat(np.stack([samples, samples], axis=-1)[None, None], count, axis=0)


@pytest.mark.parametrize(
    ("first", "length", "reach", "shifts"),
    [
        (10, 12, 5, range(-5, 6)),  # room enough
        (10, 12, 100, range(-9, 18)),  # 10 samples before and 18 behind, one of each stays
        (1, 12, 100, range(0, 27)),  # at the left edge: only forward
        (28, 12, 6, range(-6, 1)),  # at the right edge: only backward
        (0, 40, 9, range(0, 1)),  # nothing but pulse
    ],
)
def test_a_signal_shifts_both_ways_and_keeps_its_pulse(first: int, length: int, reach: int, shifts: range) -> None:
    """All the shifts that leave the pulse whole occur, and no others."""
    signals = pulses(first, length)
    padded = np.pad(pulses(first, length, count=1), ((0, 0), (0, 0), (40, 40), (0, 0)), mode="edge")
    wanted = {padded[:, :, 40 - by : 80 - by].tobytes() for by in shifts}
    found = [augmented(signals, step=step, signal_shift=reach).astype(np.uint8) for step in range(8)]
    assert {signal.tobytes() for batch in found for signal in batch} == wanted


def test_backgrounds_may_differ_and_be_noisy() -> None:
    """Noise within the tolerance is background; beyond it, it is signal, and the signal stays where it is."""
    signals = pulses(10, 12, background=(20, 60))
    noisy = signals + (np.arange(40)[:, None] % 3 * (signals < 100)).astype(np.uint8)
    found = augmented(noisy, signal_shift=100, signal_tolerance=2)
    saw = [signal[0, signal[0, :, 0] >= 100, 0].tolist() for signal in found]
    assert saw == [list(range(100, 112))] * len(signals)
    starts = {int(np.argmax(signal[0, :, 0] >= 100)) for signal in found}
    assert len(starts) > 10
    np.testing.assert_array_equal(augmented(noisy, signal_shift=100), noisy)


def test_what_may_cut_a_pulse_is_refused_beside_a_signal_shift() -> None:
    with pytest.raises(ValidationError, match="`zoom` may"):
        Augmentation(signal_shift=3, zoom=0.2)
    assert Augmentation(signal_shift=3, horizontal_flip=True, contrast=0.2).moves


def augmenting(spec: MakeSpec) -> RunSpec:
    """The same in all tests that train, so that the session's workbench compiles it once."""
    changes = {"rotation_degrees": 15.0, **FLIP_SHEAR_ZOOM}
    return spec(**{"training.augmentation": changes, "model.norm": {"kind": "batch"}, "training.batch_size": 32})


def measured(record: RunRecord) -> Any:
    return record.status, [epoch.model_dump(exclude=TIMES) for epoch in record.epochs], record.final


def test_a_resumed_run_has_the_bits_of_an_undisturbed_one(
    spec: MakeSpec, run: Run, bench: Workbench, tmp_path: Path
) -> None:
    wanted = augmenting(spec)
    undisturbed = measured(run(wanted))
    checkpoint, kept = Checkpoint(tmp_path, fingerprint(wanted)), tmp_path / "model.keras"
    with pytest.raises(Interrupted):
        train(wanted, "run", bench, checkpoint, kept, lambda _: None, lambda: True, threads=1)
    resumed = measured(train(wanted, "run", bench, checkpoint, kept, lambda _: None, lambda: False, threads=1))
    assert resumed == undisturbed


def test_the_cut_into_calls_changes_no_bit(spec: MakeSpec, bench: Workbench) -> None:
    """Three whole steps and a rest: in one call, or each in its own, with the stream where it stands."""
    wanted = augmenting(spec)
    order = np.arange(100, dtype=np.int32)

    def weights(cuts: list[int]) -> list[NDArray[Any]]:
        data = bench.data(wanted)
        net = bench.net(wanted, data)
        net.trainee.optimizer.learning_rate.assign(0.05)
        for part in np.split(order, cuts):
            net.loop.train(data.resident, part, epoch_stream(3, 1, int(part[0]) // 32))
        return [np.asarray(variable).copy() for variable in net.trainee.model.weights]

    for whole, cut in zip(weights([]), weights([32, 64, 96]), strict=True):
        np.testing.assert_array_equal(whole, cut)


#: Augments the images on standard input; numpy text, so that it needs no file.
AUGMENT = """
import json, sys
import numpy as np
from bn_study.config.augmentation import Augmentation
from bn_study.training.augmentation import augmenter, epoch_stream
images, changes = json.load(sys.stdin)
augment = augmenter(Augmentation(**changes), 3)
print(json.dumps(np.asarray(augment(np.array(images, np.uint8), epoch_stream(5, 6, 7))).tolist()))
"""


def on_jax(*command: str, given: str) -> Any:
    """What a JSON-printing Python command says under the JAX backend."""
    pytest.importorskip("jax")
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, *command], input=given, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_jax_draws_and_computes_the_same() -> None:
    """To 1e-4 of the range of a pixel."""
    found = on_jax("-c", AUGMENT, given=json.dumps([IMAGES.tolist(), EVERYTHING]))
    np.testing.assert_allclose(found, augmented(IMAGES, 5, 6, 7, **EVERYTHING), rtol=0, atol=255e-4)


def test_steps_on_jax_see_the_same_images(spec: MakeSpec, bench: Workbench) -> None:
    """From equal weights, equal losses: the stream is counted on alike in both loops."""
    wanted = augmenting(spec)
    found = on_jax(str(Path(stepwise.__file__)), given=wanted.model_dump_json())
    assert found == pytest.approx(stepwise.losses(wanted, bench), rel=1e-4)


def test_only_training_is_augmented(spec: MakeSpec, bench: Workbench) -> None:
    """Evaluation of either part and BN's moments are those of the same net without augmentation; a step is not."""

    def seen(wanted: RunSpec) -> Any:
        data = bench.data(wanted)
        net = bench.net(wanted, data)
        order = np.arange(64, dtype=np.int32)
        moments = [np.asarray(part) for pair in net.loop.moments(data.resident, order) for part in pair]
        evaluated = (net.loop.evaluate(data.resident, part, order) for part in ("train", "validation"))
        return *evaluated, moments, net.loop.train(data.resident, order, epoch_stream(0, 0, 0)).loss

    other = seen(augmenting(spec))
    plain = seen(spec(**{"model.norm": {"kind": "batch"}, "training.batch_size": 32}))
    assert other[:2] == plain[:2]
    for mine, theirs in zip(other[2], plain[2], strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert other[3] != pytest.approx(plain[3], rel=1e-3)
