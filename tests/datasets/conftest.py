"""A machine without data and without a network; makers of small files in the official formats."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import struct
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bn_study.datasets.cifar_layout import BatchFile, CifarLayout
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.remote_file import RemoteFile

NOWHERE = "http://127.0.0.1:9/tiny-python.tar.gz"  # the discard port: nobody listens


@pytest.fixture(autouse=True)
def _bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BN_STUDY_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "*")


def python2_pickle(record: Mapping[bytes, Any]) -> bytes:
    """What Python 2's cPickle wrote at protocol 2, as the official CIFAR files: str, not bytes or text."""

    def string(value: bytes) -> bytes:
        return b"T" + struct.pack("<i", len(value)) + value

    def integer(value: int) -> bytes:
        return b"J" + struct.pack("<i", value)

    def array(value: NDArray[np.uint8]) -> bytes:
        kind = b"cnumpy\ndtype\n(" + string(b"u1") + integer(0) + integer(1) + b"tR"
        kind += b"(" + integer(3) + string(b"|") + b"NNN" + integer(-1) * 2 + integer(0) + b"tb"
        empty = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(" + integer(0) + b"t" + string(b"b") + b"tR"
        shape = b"(" + b"".join(map(integer, value.shape)) + b"t"
        return empty + b"(" + integer(1) + shape + kind + b"\x89" + string(value.tobytes()) + b"tb"

    def item(value: object) -> bytes:
        if isinstance(value, np.ndarray):
            return array(value)
        if isinstance(value, list):
            return b"](" + b"".join(map(item, value)) + b"e"
        return integer(value) if isinstance(value, int) else string(value)  # type: ignore[arg-type]

    return b"\x80\x02}(" + b"".join(string(key) + item(value) for key, value in record.items()) + b"u."


@pytest.fixture
def pickled() -> Callable[[Mapping[bytes, Any], int | None], bytes]:
    """(record, protocol) -> bytes; protocol None is Python 2."""
    return lambda record, protocol: (
        python2_pickle(record) if protocol is None else pickle.dumps(record, protocol=protocol)
    )


@pytest.fixture
def records() -> dict[str, dict[bytes, Any]]:
    """Random batches for the `tiny` layout."""
    rng = np.random.default_rng(0)
    return {
        name: {
            b"batch_label": name.encode(),
            b"labels": [int(label) for label in rng.integers(0, 10, count)],
            b"data": rng.integers(0, 256, (count, 3072), dtype=np.uint8),
        }
        for name, count in (("data_batch_1", 4), ("data_batch_2", 3), ("test_batch", 2))
    }


@pytest.fixture
def tiny(records: dict[str, dict[bytes, Any]]) -> CifarLayout:
    """CIFAR-10 with 4 + 3 train images and 2 test images; 'official' are `records` from Python 2."""
    return CifarLayout(
        name="tiny",
        title="Tiny",
        folder="tiny-py",
        archive=RemoteFile(NOWHERE, "tiny-python.tar.gz", "sha256", "0" * 64),
        label_key=b"labels",
        class_names=tuple("abcdefghij"),
        batches=tuple(
            BatchFile(
                name,
                "test" if name == "test_batch" else "train",
                len(record[b"labels"]),
                hashlib.md5(python2_pickle(record)).hexdigest(),
            )
            for name, record in records.items()
        ),
    )


@pytest.fixture
def files(records: dict[str, dict[bytes, Any]]) -> dict[str, bytes]:
    """The bytes of each 'official' batch file."""
    return {name: python2_pickle(record) for name, record in records.items()}


@pytest.fixture
def write_folder() -> Callable[[Path, Mapping[str, bytes]], Path]:
    """(folder, files) -> folder, with the files in it."""

    def write(folder: Path, contents: Mapping[str, bytes]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        return folder

    return write


@pytest.fixture
def write_archive() -> Callable[..., Path]:
    """(path, files, *extra members) -> path of a .tar.gz: first the extra members, then tiny-py/FILE."""

    def write(path: Path, contents: Mapping[str, bytes], *extra: tuple[tarfile.TarInfo, bytes]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            for member, content in extra:
                archive.addfile(member, io.BytesIO(content))
            for name, content in contents.items():
                member = tarfile.TarInfo(f"tiny-py/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return path

    return write


@pytest.fixture
def published(tiny: CifarLayout) -> Callable[[Path], CifarLayout]:
    """archive path -> the layout that calls this archive the official one."""

    def publish(archive: Path) -> CifarLayout:
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        return replace(tiny, archive=replace(tiny.archive, digest=digest))

    return publish


@pytest.fixture(scope="session")
def numbered() -> Callable[[list[int]], Dataset]:
    """labels -> a data set whose train image i holds the number i, so that images can be told apart."""

    def make(labels: list[int]) -> Dataset:
        count = len(labels)
        images = np.arange(count, dtype="<u4").view(np.uint8).reshape(count, 1, 1, 4)
        names = tuple(str(label) for label in range(max(labels) + 1))
        test = np.zeros((1, 1, 1, 4), np.uint8), np.zeros(1, np.int32)
        return assemble("numbered", (images.copy(), np.array(labels, np.int32)), test, names, "made for a test")

    return make


READ = """
import json, sys, time
from pathlib import Path
from bn_study.datasets import DatasetError, image_folder, load
from bn_study.store.environment import peak_memory_bytes
before, said = peak_memory_bytes(), {}
for path in map(Path, sys.argv[2:]):
    began = time.process_time()
    try:
        said[path.name] = str(load(sys.argv[1], path=path))
    except DatasetError as error:
        said[path.name] = str(error)
    seconds, grown = time.process_time() - began, (peak_memory_bytes() - before) / 2**20
    assert seconds < 2.0, (path.name, seconds)
    assert grown < 250, (path.name, grown)
print(json.dumps(said))
"""


@pytest.fixture
def bounded() -> Callable[[str, list[Path]], dict[str, str]]:
    """(name of a kind of own data, paths) -> name of each path: what was said of it.

    Each is read in less than 2 s of CPU, with less than 250 MB more than before, in a process of its own.
    """
    if sys.platform != "linux":
        pytest.skip("memory is measured in the units of Linux")

    def read(kind: str, paths: list[Path]) -> dict[str, str]:
        done = subprocess.run([sys.executable, "-c", READ, kind, *map(str, paths)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        said: dict[str, str] = json.loads(done.stdout)
        return said

    return read
