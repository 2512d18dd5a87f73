"""`bn-study data`: what there is, where it lies, and what was read of it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from study_files import ROOT

from bn_study.config.load import load_study
from bn_study.datasets import load
from bn_study.datasets.cifar_layout import CIFAR10
from bn_study.execution.sweep import fetch_data
from bn_study.planning.expansion import expand

Call = Callable[..., Any]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without home folder and without a name, as in containers."""

    def unknown(uid: int) -> object:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    for variable in ("HOME", "KERAS_HOME", "BN_STUDY_DATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert os.path.expanduser("~") == "~"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Labels 0, 1, 5, 6."""
    chance = np.random.default_rng(0)
    images = chance.integers(0, 256, (30, 6, 8), np.uint8)
    labels = np.array([0, 1, 5, 6])[np.arange(30) % 4]
    path = tmp_path / "own.npz"
    np.savez(path, x_train=images[:20], y_train=labels[:20], x_test=images[20:], y_test=labels[20:])
    return path


LINE = "npz: 20 + 10 images of 6 × 8 × 1, 7 classes; own data: own.npz; classes without training images: 2, 3, 4"


def test_own_data_are_told_in_one_line_by_data_and_by_run(own: Path, bn_study: Call) -> None:
    said = bn_study("data", "npz", own)
    assert (said.code, said.out) == (0, f"{LINE}\n{load('npz', path=own).fingerprint}\n")
    changes = ["dataset.name=npz", f"dataset.path={own}"]
    points = expand(load_study(ROOT / "experiments" / "quickstart.yaml", None, changes)).points
    assert fetch_data(points, None, lambda done, total: None) == [LINE]


def test_what_cannot_be_meant_ends_the_command(own: Path, bn_study: Call) -> None:
    assert bn_study("data", "npz", own.with_name("none.npz")).code == 2
    assert (
        "none.npz cannot be read: No such file or directory.\n" in bn_study("data", "npz", own.parent / "none.npz").err
    )
    assert "give its path" in bn_study("data", "npz").err
    assert "cifar10 takes no path" in bn_study("data", "cifar10", own).err


def test_a_data_set_that_is_here_is_listed_with_its_place(
    tmp_path: Path, bn_study: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("COLUMNS", "400")
    assert "here" not in bn_study("data", "--data-dir", tmp_path).out
    folder = tmp_path / CIFAR10.folder
    folder.mkdir()
    for batch in CIFAR10.batches[1:]:
        (folder / batch.file).touch()
    assert "here" not in bn_study("data", "--data-dir", tmp_path).out
    (folder / CIFAR10.batches[0].file).touch()
    [line] = [line for line in bn_study("data", "--data-dir", tmp_path).out.splitlines() if "here" in line]
    assert line.split()[0] == "cifar10"
    assert f"here: {folder}" in line


@pytest.mark.usefixtures("nobody")
def test_without_a_home_folder_the_named_places_hold_and_keras_cache_is_passed_over(
    tmp_path: Path, bn_study: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bn_study("data").code == 0
    assert bn_study("data", "digits").code == 0
    archive = tmp_path / CIFAR10.archive.name
    archive.write_bytes(b"no archive")
    by_option = bn_study("data", "cifar10", "--data-dir", tmp_path)
    monkeypatch.setenv("BN_STUDY_DATA", str(tmp_path))
    by_variable = bn_study("data", "cifar10")
    assert by_option.err == by_variable.err
    assert by_option.err.startswith(f"{archive} is damaged, or no .tar.gz archive.")
    monkeypatch.setenv("BN_STUDY_DATA", "~/data")
    said = bn_study("data", "cifar10")
    assert (said.code, said.err) == (2, "~/data: this home folder is not known here; write the path out.\n")


@pytest.mark.usefixtures("nobody")
def test_without_any_place_the_ways_out_are_told(bn_study: Call) -> None:
    said = bn_study("data", "cifar10")
    assert said.code == 2
    assert "(nowhere: this user has no home folder, and nothing else was named)" in said.err
    assert "2. point $BN_STUDY_DATA or --data-dir at the folder that holds it" in said.err
