from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bn_study.datasets import class_names
from bn_study.datasets.aligned import ALIGNMENT_BYTES
from bn_study.datasets.cifar import load_cifar, read_archive, read_folder
from bn_study.datasets.cifar_layout import CIFAR10, CIFAR100, CifarLayout
from bn_study.datasets.error import DatasetError
from bn_study.datasets.remote_file import MAX_FILE_BYTES

Records = dict[str, dict[bytes, Any]]
Files = dict[str, bytes]
WriteFolder = Callable[[Path, Mapping[str, bytes]], Path]
Pickled = Callable[[Mapping[bytes, Any], int | None], bytes]


def expected_images(record: Mapping[bytes, Any]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return record[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)  # type: ignore[no-any-return]


@pytest.mark.parametrize("protocol", [None, 2, 3, 4, 5])
def test_what_is_written_is_read_back_whatever_python_wrote_it(
    protocol: int | None,
    tiny: CifarLayout,
    records: Records,
    pickled: Pickled,
    write_folder: WriteFolder,
    tmp_path: Path,
) -> None:
    folder = write_folder(tmp_path / "f", {name: pickled(record, protocol) for name, record in records.items()})
    dataset = read_folder(tiny, folder)
    first, second, test = (records[batch.file] for batch in tiny.batches)
    np.testing.assert_array_equal(
        dataset.train_images, np.concatenate([expected_images(first), expected_images(second)])
    )
    np.testing.assert_array_equal(dataset.test_images, expected_images(test))
    assert dataset.train_labels.tolist() == first[b"labels"] + second[b"labels"]
    assert dataset.test_labels.tolist() == test[b"labels"]
    for array in (dataset.train_images, dataset.train_labels, dataset.test_images, dataset.test_labels):
        assert array.flags.c_contiguous
        assert not array.flags.writeable
    for images in (dataset.train_images, dataset.test_images):
        assert images.ctypes.data % ALIGNMENT_BYTES == 0
    assert dataset.train_images.dtype == np.uint8
    assert dataset.train_labels.dtype == np.int32


@pytest.mark.parametrize("as_labels", [np.array, lambda values: [np.int64(v) for v in values]])
def test_labels_may_be_numpy_numbers(
    as_labels: Callable[[list[int]], Any],
    tiny: CifarLayout,
    records: Records,
    pickled: Pickled,
    write_folder: WriteFolder,
    tmp_path: Path,
) -> None:
    changed = {name: pickled(record | {b"labels": as_labels(record[b"labels"])}, 4) for name, record in records.items()}
    dataset = read_folder(tiny, write_folder(tmp_path / "f", changed))
    assert dataset.test_labels.tolist() == records["test_batch"][b"labels"]


def test_an_archive_holds_the_same_data_as_its_folder_in_any_order(
    tiny: CifarLayout, files: Files, write_folder: WriteFolder, write_archive: Callable[..., Path], tmp_path: Path
) -> None:
    folder = read_folder(tiny, write_folder(tmp_path / "f", files))
    forward = read_archive(tiny, write_archive(tmp_path / "forward.tar.gz", files))
    backward = read_archive(tiny, write_archive(tmp_path / "backward.tar.gz", dict(reversed(files.items()))))
    assert folder.fingerprint == forward.fingerprint == backward.fingerprint


@pytest.mark.parametrize("below", ["tiny-py", "tiny-py-target/tiny-py"])
def test_folders_are_found_as_unpacked_and_as_keras_puts_them(
    below: str, tiny: CifarLayout, files: Files, write_folder: WriteFolder, tmp_path: Path
) -> None:
    write_folder(tmp_path / "keras" / "datasets" / below, files)
    assert load_cifar(tiny, None, download=False).train_labels.size == 7


def test_the_folder_itself_may_be_named(
    tiny: CifarLayout, files: Files, write_folder: WriteFolder, tmp_path: Path
) -> None:
    assert load_cifar(tiny, write_folder(tmp_path / "tiny-py", files), download=False).classes == 10


@pytest.mark.parametrize(
    "name",
    ["tiny-python.tar.gz", "tiny-py.tar.gz", "tiny-py-target_archive", "tiny-py-target.tar.gz"],
)
def test_archives_are_found_under_the_official_name_and_under_those_of_keras(
    name: str, tiny: CifarLayout, files: Files, write_archive: Callable[..., Path], tmp_path: Path
) -> None:
    write_archive(tmp_path / "keras" / "datasets" / name, files)
    assert load_cifar(tiny, None, download=False).train_labels.size == 7


def test_places_are_searched_in_order(
    tiny: CifarLayout,
    records: Records,
    pickled: Pickled,
    write_folder: WriteFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BN_STUDY_DATA", str(tmp_path / "variable"))
    order = ["given", "variable", "keras/datasets"]
    for mark, place in enumerate(order):
        marked = {
            name: pickled(record | {b"data": np.full_like(record[b"data"], mark)}, 2)
            for name, record in records.items()
        }
        write_folder(tmp_path / place / "tiny-py", marked)
    for mark, place in enumerate(order):
        assert load_cifar(tiny, tmp_path / "given", download=False).test_images.max() == mark
        (tmp_path / place / "tiny-py" / "test_batch").unlink()
    with pytest.raises(DatasetError, match="is incomplete: test_batch missing"):
        load_cifar(tiny, tmp_path / "given", download=False)


def test_official_files_are_recognised_and_any_other_is_called_by_name(
    tiny: CifarLayout, files: Files, records: Records, pickled: Pickled, write_folder: WriteFolder, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "f", files)
    assert read_folder(tiny, folder).provenance == "official Tiny bytes (checksums of all 3 files verified)"
    # The same arrays in another encoding: still not the official file.
    (folder / "data_batch_2").write_bytes(pickled(records["data_batch_2"], 4))
    assert read_folder(tiny, folder).provenance.startswith("not the official Tiny bytes: data_batch_2 differs")


def test_an_official_archive_is_recognised_by_its_checksum(
    tiny: CifarLayout,
    files: Files,
    write_archive: Callable[..., Path],
    published: Callable[[Path], CifarLayout],
    tmp_path: Path,
) -> None:
    archive = write_archive(tmp_path / "tiny-python.tar.gz", files)
    assert read_archive(published(archive), archive).provenance == ("official Tiny bytes (archive checksum verified)")
    assert read_archive(tiny, archive).provenance.startswith("not the official Tiny bytes")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({b"labels": [0, 1, 10]}, r"label 10 at position 2 is outside 0\.\.9"),
        ({b"labels": [0, -1, 2]}, r"label -1 at position 1 is outside 0\.\.9"),
        ({b"labels": [0, 1]}, "3 labels expected"),
        ({b"labels": [0.0, 1.0, 2.0]}, "no array, number, text or list"),
        ({b"labels": [True, False, True]}, "whole numbers"),
        ({b"labels": [[0], [1, 2], 3]}, "no array, number, text or list"),
        ({b"labels": None}, "no array, number, text or list"),
        ({b"labels": [2**70, 0, 0]}, "whole numbers"),
        ({b"data": np.zeros((2, 3072), np.uint8)}, r"found uint8 \(2, 3072\)"),
        ({b"data": np.zeros((3, 3071), np.uint8)}, r"found uint8 \(3, 3071\)"),
        ({b"data": np.zeros((3, 3072), np.int16)}, r"found int16"),
        ({b"data": np.zeros((3, 3072), np.float32)}, "whole numbers are expected"),
        ({b"data": None}, "no array, number, text or list"),
    ],
)
def test_a_wrong_batch_is_named(
    change: dict[bytes, Any],
    complaint: str,
    tiny: CifarLayout,
    files: Files,
    records: Records,
    pickled: Pickled,
    write_folder: WriteFolder,
    tmp_path: Path,
) -> None:
    files["data_batch_2"] = pickled(records["data_batch_2"] | change, 4)
    folder = write_folder(tmp_path / "f", files)
    with pytest.raises(DatasetError, match=complaint) as caught:
        read_folder(tiny, folder)
    assert str(folder / "data_batch_2") in str(caught.value)


def test_a_truncated_batch_is_named(tiny: CifarLayout, files: Files, write_folder: WriteFolder, tmp_path: Path) -> None:
    files["data_batch_2"] = files["data_batch_2"][:-100]
    folder = write_folder(tmp_path / "f", files)
    with pytest.raises(DatasetError, match="data_batch_2 is damaged"):
        read_folder(tiny, folder)


def test_a_batch_larger_than_any_official_one_is_not_read(
    tiny: CifarLayout, files: Files, write_folder: WriteFolder, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "f", files)
    os.truncate(folder / "data_batch_2", MAX_FILE_BYTES + 1)  # sparse: takes no room
    with pytest.raises(DatasetError, match="data_batch_2 cannot be read: it has 200,000,001 bytes"):
        read_folder(tiny, folder)


def test_a_batch_of_another_data_set_is_refused(
    tiny: CifarLayout, files: Files, write_folder: WriteFolder, tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="data_batch_1: it holds no fine_labels"):
        read_folder(replace(tiny, label_key=b"fine_labels"), write_folder(tmp_path / "f", files))


@pytest.mark.parametrize(("layout", "classes"), [(CIFAR10, 10), (CIFAR100, 100)])
def test_the_official_layouts_are_consistent(layout: CifarLayout, classes: int) -> None:
    assert layout.images("train") == 50_000
    assert layout.images("test") == 10_000
    assert len(set(layout.class_names)) == classes
    assert len({batch.md5 for batch in layout.batches}) == len(layout.batches)
    assert len(layout.archive.digest) == 64
    assert {len(batch.md5) for batch in layout.batches} == {32}


def test_class_names_of_cifar_are_in_alphabetical_order() -> None:
    # So the official files number them; a slip in the list would break it.
    assert list(class_names.CIFAR10) == sorted(class_names.CIFAR10)
    assert list(class_names.CIFAR100) == sorted(class_names.CIFAR100)
