from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bn_study.datasets import DatasetError, load, unpacking

RNG = np.random.default_rng(0)


def put(path: Path, pixels: NDArray[np.uint8] | None = None, mode: str | None = None) -> NDArray[np.uint8]:
    """Write an image of 4 x 5, random where no pixels are given; return its pixels."""
    if pixels is None:
        pixels = RNG.integers(0, 256, (4, 5, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path)
    return pixels


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two classes, three train images and one for testing."""
    root = tmp_path / "mine"
    for name in ("train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "test/dog/9.png"):
        put(root / name)
    return root


def test_pixels_are_read_in_order_of_class_and_name(root: Path) -> None:
    first = put(root / "train/ant/b.png")
    second = put(root / "train/ant/c.bmp")
    dataset = load("image_folder", path=root)
    np.testing.assert_array_equal(dataset.train_images[:2], [first, second])
    assert dataset.train_labels.tolist() == [0, 0, 1, 1, 2]
    assert dataset.test_labels.tolist() == [2]
    assert dataset.class_names == ("ant", "cat", "dog")
    assert dataset.image_shape == (4, 5, 3)
    assert dataset.provenance == "own data: image folder mine"


def test_grey_images_have_one_channel(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 256, (2, 4, 5), dtype=np.uint8)
    put(tmp_path / "train/a/1.png", pixels[0])
    put(tmp_path / "train/b/1.png", pixels[1])
    put(tmp_path / "test/a/1.png", pixels[1])
    dataset = load("image_folder", path=tmp_path)
    np.testing.assert_array_equal(dataset.train_images[0, ..., 0], pixels[0])
    np.testing.assert_array_equal(dataset.test_images[0, ..., 0], pixels[1])
    put(tmp_path / "train/a/2.png")
    with pytest.raises(DatasetError, match=r"train/a/2\.png is in colour, the first image is grey"):
        load("image_folder", path=tmp_path)


def test_grey_among_coloured_is_spread_over_three_channels(root: Path) -> None:
    pixels = RNG.integers(0, 256, (4, 5), dtype=np.uint8)
    put(root / "test/dog/9.png", pixels)
    images = load("image_folder", path=root).test_images
    np.testing.assert_array_equal(images[0], np.stack([pixels] * 3, axis=-1))


def test_jpeg_is_read(root: Path) -> None:
    Image.new("RGB", (5, 4), (200, 100, 50)).save(root / "test/dog/9.JPG", format="JPEG", quality=95)
    (root / "test/dog/9.png").unlink()
    images = load("image_folder", path=root).test_images
    assert np.abs(images.astype(int) - [200, 100, 50]).max() <= 3


def test_the_first_image_of_another_size_is_named(root: Path) -> None:
    put(root / "train/dog/0.png", np.zeros((5, 4, 3), np.uint8))
    put(root / "train/dog/2.png", np.zeros((9, 9, 3), np.uint8))
    with pytest.raises(DatasetError, match=r"train/dog/0\.png is 5 × 4, the first image is 4 × 5"):
        load("image_folder", path=root)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (
            lambda root: (root / "train/dog/0.png").write_bytes(b"no image"),
            r"dog/0\.png is damaged, or no PNG or JPEG or BMP image",
        ),
        (lambda root: (root / "train/dog/0.txt").touch(), r"dog/0\.txt is no image"),
        (lambda root: (root / "train/dog/deep.png").mkdir(), r"dog/deep\.png is no image"),
        (lambda root: (root / "train/loose.png").touch(), r"train cannot be read: .*Expected: train/CLASS"),
        (lambda root: (root / "train/empty").mkdir(), "empty holds no images"),
        (lambda root: put(root / "test/bird/1.png"), "test has classes that train has not: bird"),
        (lambda root: put(root / "test/dog/1.png", mode="I;16"), r"dog/1\.png has 16 bits a channel"),
    ],
)
def test_what_is_wrong_is_named(spoil: Callable[[Path], Any], complaint: str, root: Path) -> None:
    spoil(root)
    with pytest.raises(DatasetError, match=complaint):
        load("image_folder", path=root)


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"train cannot be read: .*Expected: train/CLASS/\*\.png"):
        load("image_folder", path=tmp_path)
    (tmp_path / "train").mkdir()
    with pytest.raises(DatasetError, match="train holds no images"):
        load("image_folder", path=tmp_path)


def test_a_truncated_image_is_named(root: Path) -> None:
    file = root / "train/dog/0.png"
    put(file, RNG.integers(0, 256, (4, 5, 3), dtype=np.uint8))
    file.write_bytes(file.read_bytes()[:60])
    with pytest.raises(DatasetError, match=r"dog/0\.png is damaged"):
        load("image_folder", path=root)


def test_hidden_files_are_passed_over(root: Path) -> None:
    before = load("image_folder", path=root).fingerprint
    (root / "train/dog/.DS_Store").touch()
    (root / "train/.cache").mkdir()
    assert load("image_folder", path=root).fingerprint == before


def test_only_the_formats_named_are_decoded_whatever_a_file_is_called(root: Path) -> None:
    Image.new("RGB", (5, 4)).save(root / "train/dog/0.png", format="TIFF")
    with pytest.raises(DatasetError, match=r"dog/0\.png is damaged, or no PNG or JPEG or BMP image"):
        load("image_folder", path=root)


def test_more_than_memory_allows_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_BYTES", 179)
    with pytest.raises(DatasetError, match="train unpacks to 180 bytes; 179 are the most"):
        load("image_folder", path=root)


def test_links_inside_are_followed_and_links_outside_are_refused(root: Path, tmp_path: Path) -> None:
    before = load("image_folder", path=root)
    (root / "train/dog/2.png").symlink_to(root / "train/dog/1.png")
    (tmp_path / "alias").symlink_to(root)
    dataset = load("image_folder", path=tmp_path / "alias")
    np.testing.assert_array_equal(dataset.train_images[3], before.train_images[2])
    outside = put(tmp_path / "outside/cat/1.png")
    assert outside.shape == (4, 5, 3)
    link = root / "train/dog/3.png"
    for target in (tmp_path / "outside/cat/1.png", Path("../../../outside/cat/1.png")):
        link.symlink_to(target)
        with pytest.raises(DatasetError, match=r"dog/3\.png leads out of"):
            load("image_folder", path=root)
        link.unlink()
    (root / "train/zebra").symlink_to(tmp_path / "outside/cat")
    with pytest.raises(DatasetError, match="zebra leads out of"):
        load("image_folder", path=root)


def test_a_part_may_not_be_a_link_that_leads_outside(root: Path, tmp_path: Path) -> None:
    (root / "test").rename(tmp_path / "elsewhere")
    (root / "test").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="leads out of"):
        load("image_folder", path=root)


def test_broken_links_and_circles_are_named(root: Path) -> None:
    link = root / "train/dog/3.png"
    for target in ("nothing.png", "3.png"):
        link.symlink_to(target)
        with pytest.raises(DatasetError, match="train cannot be read"):
            load("image_folder", path=root)
        link.unlink()
