"""Data that is not on this machine: download it, or say what was tried and what can be done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bn_study.datasets.download import Progress, fetch
from bn_study.datasets.error import DatasetError
from bn_study.datasets.places import VARIABLE, first_writable
from bn_study.datasets.remote_file import RemoteFile


@dataclass(frozen=True)
class MissingData:
    """A search for one data set that found nothing."""

    name: str
    remotes: tuple[RemoteFile, ...]
    subfolder: str
    """where in a place a download is put; '' for the place itself"""
    wanted: str
    """what was looked for, for people"""
    places: tuple[Path, ...]
    remarks: tuple[str, ...] = ()
    """what was found and could not be used"""


def acquire(search: MissingData, download: bool, progress: Progress | None = None) -> Path:
    """Download all files of the search into its first writable place; return the folder that holds them.

    Raises DatasetError, with every place and every failure, when that is not wanted or not possible.
    """
    if not download:
        raise _missing(search, ["Download: not tried, it is switched off"])
    folder = first_writable(place / search.subfolder for place in search.places)
    if folder is None:
        raise _missing(search, ["Download: not tried, none of these places can be written to"])
    for remote in search.remotes:
        try:
            fetch(remote, folder, progress)
        except DatasetError as error:
            raise _missing(search, [f"Download into {folder} failed:", f"  {error}"]) from error
    return folder


def _missing(search: MissingData, failure: Sequence[str]) -> DatasetError:
    files = ", ".join(remote.url for remote in search.remotes)
    lines = [
        f"{search.name} is not on this machine, and could not be downloaded.",
        f"  Looked for {search.wanted} in:",
        *(f"    {place}{'' if os.path.isdir(place) else ' (no such folder)'}" for place in search.places),
        *([] if search.places else ["    (nowhere: this user has no home folder, and nothing else was named)"]),
        *(f"  {remark}" for remark in (*search.remarks, *failure)),
        "  Ways out:",
        f"    1. put {files}",
        f"       into {search.places[0] if search.places else 'a folder'}",
        f"    2. point ${VARIABLE} or --data-dir at the folder that holds it",
        "    3. use another data set: `digits` comes with this package",
    ]
    return DatasetError(*lines)
