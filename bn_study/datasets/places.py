"""Where data is looked for on this machine, in order."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

VARIABLE = "BN_STUDY_DATA"


def search_places(data_dir: Path | None) -> tuple[Path, ...]:
    """The folders to look in: `data_dir`, $BN_STUDY_DATA, Keras' cache ($KERAS_HOME or ~/.keras).

    None of them need exist. Read from the environment at each call.
    """
    named = [data_dir, os.environ.get(VARIABLE)]
    keras = Path(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets"
    return tuple(dict.fromkeys(Path(place).expanduser() for place in (*named, keras) if place))


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
