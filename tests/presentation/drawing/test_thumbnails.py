"""Thumbnails: an image a class, as it is, of data that lie here; nothing of what does not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bn_study.config.run import DatasetSpec
from bn_study.datasets import load
from bn_study.presentation.drawing.thumbnails import thumbnails


def test_every_class_has_an_image_of_its_own_in_the_order_of_labels() -> None:
    content = thumbnails(DatasetSpec(name="digits"))
    assert content
    row = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
    data = load("digits")
    side = row.shape[0]
    step = (row.shape[1] - side) // 9
    for label in range(10):
        first = data.train_images[list(data.train_labels).index(label), ..., 0]
        assert (row[side // 16 :: side // 8, label * step + side // 16 :: side // 8][:, :8] == first).all()


@pytest.mark.parametrize("name", ["cifar10", "pulses"])
def test_nothing_is_downloaded_and_what_is_no_picture_has_none(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("BN_STUDY_DATA", raising=False)
    assert thumbnails(DatasetSpec(name=name, train_images=77)) is None  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
