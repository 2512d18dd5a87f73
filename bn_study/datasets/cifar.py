"""CIFAR-10 and CIFAR-100 from the extracted folder or straight from the official archive."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from bn_study.datasets.acquisition import MissingData, acquire
from bn_study.datasets.aligned import aligned_empty
from bn_study.datasets.archive import read_members
from bn_study.datasets.cifar_layout import BatchFile, CifarLayout
from bn_study.datasets.dataset import Dataset, assemble
from bn_study.datasets.download import Progress
from bn_study.datasets.error import DatasetError, parsing
from bn_study.datasets.labels import checked_labels
from bn_study.datasets.pickles import read_record
from bn_study.datasets.places import search_places
from bn_study.datasets.regular_file import opened
from bn_study.datasets.remote_file import MAX_FILE_BYTES, checksum

_SIDE, _CHANNELS = 32, 3
_ROWS_AT_A_TIME = 500  # 1.5 MB: read and written while both fit into a processor's cache


def load_cifar(
    layout: CifarLayout, data_dir: Path | None, download: bool = True, progress: Progress | None = None
) -> Dataset:
    """Find the data set, or download it, and read it.

    Raises DatasetError when it cannot be had, or when what is found is not what it says it is.
    """
    places = search_places(data_dir)
    found = found_data(layout, places)
    if found is None:
        wanted = f"{layout.folder}/ or {layout.archive.name}"
        search = MissingData(layout.name, (layout.archive,), "", wanted, places, tuple(_incomplete(layout, places)))
        found = acquire(search, download, progress) / layout.archive.name
    return read_folder(layout, found) if found.is_dir() else read_archive(layout, found)


def found_data(layout: CifarLayout, places: Iterable[Path]) -> Path | None:
    """The first folder with all batches, or archive, in the order of the places.

    A place that may not be searched (another user's) is passed over, where Path.is_file would raise.
    """
    for place in places:
        for folder in _folders(layout, place):
            if not _lacking(layout, folder):
                return folder
        for archive in (place / name for name in layout.archive_names):
            if os.path.isfile(archive):
                return archive
    return None


def _incomplete(layout: CifarLayout, places: Iterable[Path]) -> Iterator[str]:
    for folder in (folder for place in places for folder in _folders(layout, place) if os.path.isdir(folder)):
        yield f"{folder} is incomplete: {', '.join(_lacking(layout, folder))} missing"


def _lacking(layout: CifarLayout, folder: Path) -> list[str]:
    return [batch.file for batch in layout.batches if not os.path.isfile(folder / batch.file)]


def read_folder(layout: CifarLayout, folder: Path) -> Dataset:
    """Read the extracted batches, one at a time, into arrays made beforehand."""
    arrays = _Arrays(layout)
    for batch in layout.batches:
        path = folder / batch.file
        with parsing(path, "data file"), opened(path, MAX_FILE_BYTES) as file:
            arrays.fill(batch, file, str(path))
    return arrays.dataset(_provenance_of_folder(layout, folder))


def read_archive(layout: CifarLayout, path: Path) -> Dataset:
    """Read the batches out of the .tar.gz, in the order they stand there, without extracting it."""
    arrays = _Arrays(layout)
    left = {f"{layout.folder}/{batch.file}": batch for batch in layout.batches}
    for name, stream in read_members(path, tuple(left)):
        arrays.fill(left.pop(name), stream, f"{path}: {name}")
    if left:
        raise DatasetError(f"{path} is incomplete: {', '.join(left)} missing.")
    if layout.archive.matches(path):
        return arrays.dataset(f"official {layout.title} bytes (archive checksum verified)")
    return arrays.dataset(f"not the official {layout.title} bytes: the archive has another checksum")


class _Arrays:
    """The four arrays, filled batch by batch: beside them, only one batch is ever in memory."""

    def __init__(self, layout: CifarLayout) -> None:
        self._layout = layout
        self._images: dict[str, NDArray[np.uint8]] = {}
        self._labels: dict[str, NDArray[np.int32]] = {}
        self._start: dict[str, int] = {}
        next_start = {"train": 0, "test": 0}
        for batch in layout.batches:
            self._start[batch.file] = next_start[batch.part]
            next_start[batch.part] += batch.images
        for part, count in next_start.items():
            self._images[part] = aligned_empty((count, _SIDE, _SIDE, _CHANNELS))
            self._labels[part] = np.empty(count, np.int32)

    def fill(self, batch: BatchFile, stream: IO[bytes], where: str) -> None:
        """Read one batch into its place. Raises DatasetError, which names `where`, when it is not right."""
        record = read_record(stream, where)
        start = self._start[batch.file]
        target = slice(start, start + batch.images)
        key, classes = self._layout.label_key, len(self._layout.class_names)
        if key not in record:
            raise DatasetError(f"{where}: it holds no {key.decode()}; is it of another data set?")
        self._labels[batch.part][target] = checked_labels(record[key], batch.images, classes, where)
        _channels_last(_pixels(record, batch, where), self._images[batch.part][target])

    def dataset(self, provenance: str) -> Dataset:
        train, test = ((self._images[part], self._labels[part]) for part in ("train", "test"))
        return assemble(self._layout.name, train, test, self._layout.class_names, provenance)


def _pixels(record: object, batch: BatchFile, where: str) -> NDArray[np.uint8]:
    data = record.get(b"data") if isinstance(record, dict) else None
    shape = (batch.images, _CHANNELS * _SIDE * _SIDE)
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.shape != shape:
        found = f"{data.dtype} {data.shape}" if isinstance(data, np.ndarray) else "none"
        raise DatasetError(f"{where}: images of uint8 {shape} expected, found {found}.")
    return data


def _channels_last(rows: NDArray[np.uint8], images: NDArray[np.uint8]) -> None:
    """Write (n, 3*32*32) rows, channels first, into (n, 32, 32, 3) images.

    One channel after the other: numpy's own transposed copy takes four times as long.
    """
    sources = rows.reshape(-1, _CHANNELS, _SIDE * _SIDE)
    targets = images.reshape(-1, _SIDE * _SIDE, _CHANNELS)
    for start in range(0, len(rows), _ROWS_AT_A_TIME):
        part = slice(start, start + _ROWS_AT_A_TIME)
        for channel in range(_CHANNELS):
            targets[part, :, channel] = sources[part, channel]


def _folders(layout: CifarLayout, place: Path) -> Iterator[Path]:
    """Where the extracted batches may lie: as the archive unpacks, as Keras 3 does it, or `place` itself."""
    yield place / layout.folder
    yield place / f"{layout.folder}-target" / layout.folder
    if place.name == layout.folder:
        yield place


def _provenance_of_folder(layout: CifarLayout, folder: Path) -> str:
    for batch in layout.batches:
        if checksum(folder / batch.file, "md5") != batch.md5:
            return (
                f"not the official {layout.title} bytes: {batch.file} differs from the official file "
                "(a re-encoded or altered copy)"
            )
    return f"official {layout.title} bytes (checksums of all {len(layout.batches)} files verified)"
