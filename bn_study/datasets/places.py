"""Where data is looked for on this machine, in order."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bn_study.datasets.error import DatasetError

VARIABLE = "BN_STUDY_DATA"


def search_places(data_dir: Path | None) -> tuple[Path, ...]:
    """The folders to look in: `data_dir`, $BN_STUDY_DATA, Keras' cache ($KERAS_HOME or ~/.keras).

    None of them need exist. Read from the environment at each call. Where there is no home folder (a container with
    an unknown user) Keras' cache is passed over. Raises DatasetError where one of the others needs it.
    """
    named = [data_dir, os.environ.get(VARIABLE)]
    places = [expanded(Path(place)) for place in named if place]
    with suppress(DatasetError):
        places.append(expanded(Path(os.environ.get("KERAS_HOME") or "~/.keras")) / "datasets")
    return tuple(dict.fromkeys(places))


def expanded(path: Path) -> Path:
    """The path with ~ replaced by the home folder. Raises DatasetError where there is none."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise DatasetError(
            f"{path}: there is no home folder here that ~ could stand for; write the path out."
        ) from error


def first_writable(places: Iterable[Path]) -> Path | None:
    """The first place that is, or can be made, a folder we may write to; None when there is none."""
    for place in places:
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(place, os.W_OK | os.X_OK):
            return place
    return None
