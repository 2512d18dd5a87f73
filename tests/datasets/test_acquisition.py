from __future__ import annotations

import functools
import http.server
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bn_study.datasets.cifar import load_cifar
from bn_study.datasets.cifar_layout import CifarLayout
from bn_study.datasets.error import DatasetError
from bn_study.datasets.places import first_writable, search_places


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address under which its files are served."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_is_nowhere_is_downloaded_once(
    served: tuple[Path, str],
    files: dict[str, bytes],
    write_archive: Callable[..., Path],
    published: Callable[[Path], CifarLayout],
    tmp_path: Path,
) -> None:
    folder, address = served
    archive = write_archive(folder / "tiny-python.tar.gz", files)
    layout = published(archive)
    layout = replace(layout, archive=replace(layout.archive, url=f"{address}/tiny-python.tar.gz"))
    told: list[int] = []
    first = load_cifar(layout, tmp_path / "new" / "data", progress=lambda done, _: told.append(done))
    assert first.provenance == "official Tiny bytes (archive checksum verified)"
    assert told[-1] == archive.stat().st_size
    assert (tmp_path / "new" / "data" / "tiny-python.tar.gz").is_file()
    archive.unlink()
    assert load_cifar(layout, tmp_path / "new" / "data").fingerprint == first.fingerprint


@pytest.mark.parametrize("download", [True, False])
def test_what_cannot_be_had_is_told_with_places_reasons_and_ways_out(
    download: bool, tiny: CifarLayout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BN_STUDY_DATA", str(tmp_path / "variable"))
    with pytest.raises(DatasetError) as caught:
        load_cifar(tiny, tmp_path / "given", download=download)
    message = str(caught.value)
    for place in ("given", "variable", "keras/datasets"):
        assert str(tmp_path / place) in message
    assert ("refused" if download else "switched off") in message
    assert f"1. put {tiny.archive.url}\n       into {tmp_path / 'given'}" in message
    assert "$BN_STUDY_DATA or --data-dir" in message
    assert "`digits`" in message


def test_without_a_place_to_write_to_nothing_is_downloaded(
    tiny: CifarLayout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("KERAS_HOME", str(file))
    with pytest.raises(DatasetError, match="none of these places can be written to"):
        load_cifar(tiny, file / "below")


def test_the_first_writable_place_is_made_and_taken(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert first_writable([tmp_path / "file" / "a", tmp_path / "b" / "c", tmp_path]) == tmp_path / "b" / "c"
    assert (tmp_path / "b" / "c").is_dir()
    assert first_writable([tmp_path / "file" / "a"]) is None


def test_a_read_only_place_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Faked, because root may write anywhere.
    read_only = tmp_path / "read-only"
    monkeypatch.setattr(os, "access", lambda place, mode: place != read_only)
    assert first_writable([read_only, tmp_path / "other"]) == tmp_path / "other"


def test_places_come_from_the_argument_then_the_environment_then_keras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", "")
    assert search_places(None) == (tmp_path / ".keras" / "datasets",)
    monkeypatch.setenv("BN_STUDY_DATA", "~/mine")
    monkeypatch.setenv("KERAS_HOME", "/keras")
    assert search_places(Path("given")) == (Path("given"), tmp_path / "mine", Path("/keras/datasets"))
    assert search_places(tmp_path / "mine") == (tmp_path / "mine", Path("/keras/datasets"))
