"""Where data is looked for on this machine, in order."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from bn_study.datasets.error import DatasetError
from bn_study.datasets.written_path import written_out

VARIABLE = "BN_STUDY_DATA"


def search_places(data_dir: Path | None) -> tuple[Path, ...]:
    """The folders to look in: `data_dir`, $BN_STUDY_DATA, Keras' cache ($KERAS_HOME or ~/.keras).

    None of them need exist. Read from the environment at each call. Where there is no home folder (a container with
    an unknown user) Keras' cache is passed over. Raises DatasetError where one of the others needs it.
    """
    named = [data_dir, os.environ.get(VARIABLE)]
    places = [own_path(place) for place in named if place]
    with suppress(DatasetError):
        places.append(own_path(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets")
    return tuple(dict.fromkeys(places))


def own_path(path: str | Path) -> Path:
    """A path that the user gave, written out. Raises DatasetError."""
    try:
        return written_out(path)
    except ValueError as error:
        raise DatasetError(f"{error}.") from error


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
