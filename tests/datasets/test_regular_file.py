"""What is no regular file is refused before it is opened, wherever a path of the user is read."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bn_study.config.load import load_study
from bn_study.config.problem import ConfigError
from bn_study.config.source import read_yaml
from bn_study.datasets import DatasetError, load
from bn_study.datasets.archive import read_members
from bn_study.datasets.fashion_mnist import read_idx
from bn_study.datasets.regular_file import opened

STUDY = "title: t\nquestion: q\nbase: other\narms: {a: {}}\nseeds: [0]\n"


@pytest.fixture(params=["a folder", "a named pipe", "a socket", "a device"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A path, `other`, of something else than a file; and its name in errors. The device is a link to it."""
    path, kind = tmp_path / "other", request.param
    with socket.socket(socket.AF_UNIX) as unix:
        if kind == "a folder":
            path.mkdir()
        elif kind == "a named pipe":
            os.mkfifo(path)
        elif kind == "a socket":
            unix.bind(os.path.relpath(path))  # a longer name would not fit
        else:
            path.symlink_to("/dev/zero")
        yield path, kind


def study_with_such_a_base(other: Path) -> object:
    (other.parent / "study.yaml").write_text(STUDY)
    return load_study(other.parent / "study.yaml")


READERS: list[Callable[[Path], object]] = [
    lambda path: load("npz", path=path),
    lambda path: list(read_members(path, ["a"])),
    lambda path: read_idx(path, (1,)),
    read_yaml,
    load_study,
    study_with_such_a_base,
]


@pytest.mark.parametrize("read", READERS)
def test_what_is_no_file_is_refused_at_once(read: Callable[[Path], object], other: tuple[Path, str]) -> None:
    path, kind = other
    with pytest.raises((DatasetError, ConfigError), match=rf"other.* cannot be read: it is {kind}, not a file"):
        read(path)


def test_what_is_no_file_is_no_image(other: tuple[Path, str], tmp_path: Path) -> None:
    for place in ("train/a/1.png", "train/b/1.png", "test/a/1.png"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), len(place), np.uint8)).save(tmp_path / place)
    other[0].rename(tmp_path / "test/a/2.png")
    with pytest.raises(DatasetError, match=r"2\.png is no image|2\.png leads out of"):
        load("image_folder", path=tmp_path)


def test_it_is_looked_at_again_once_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe put in the place of a file between the two looks neither waits nor is read."""
    path, pipe = tmp_path / "file", tmp_path / "pipe"
    path.write_bytes(b"x")
    os.mkfifo(pipe)
    first_look = path.stat()
    monkeypatch.setattr(Path, "stat", lambda self: first_look)
    with pytest.raises(OSError, match="it is a named pipe, not a file"):
        opened(pipe, 1)


def test_a_file_is_opened_up_to_its_bound_links_followed(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"four")
    link.symlink_to(path)
    with opened(link, 4) as file:
        assert file.read() == b"four"
    with pytest.raises(OSError, match="it has 4 bytes; 3 are the most"):
        opened(link, 3)


@pytest.mark.parametrize("name", ["a\0b", "a\ud800", "x" * 5_000, "none", "file/below"])
def test_names_that_no_file_has_are_told(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for read, error in ((lambda path: load("npz", path=path), DatasetError), (read_yaml, ConfigError)):
        with pytest.raises(error, match="cannot be read: "):
            read(tmp_path / name)
