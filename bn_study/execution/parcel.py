"""What travels of a run's folder between two machines: small files, and a checkpoint now and then."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from bn_study.datasets.regular_file import opened
from bn_study.execution.log import MOST_BYTES as MOST_LOG_BYTES
from bn_study.planning.identity import fingerprint
from bn_study.store.atomic import write_atomically
from bn_study.store.record import RunRecord
from bn_study.store.store import MOST_RESULT_BYTES, RunFolder

CHECKPOINT = "checkpoint/state.npz"
EPOCHS, LOG = "epochs.csv", "log.txt"
RESULT = "result.json"
#: Name → the most bytes of it. In this order: a result stands for all that came before it.
FILES = {
    EPOCHS: 100_000_000, "probes.csv": 1_000_000_000, LOG: 2 * MOST_LOG_BYTES, "model.keras": 10_000_000_000,
    CHECKPOINT: 30_000_000_000, RESULT: MOST_RESULT_BYTES,
}  # fmt: skip

Parcel = Mapping[str, bytes]


class ForeignParcel(Exception):
    """What came is no part of the run that was sent for."""


def pack(folder: Path, names: Iterable[str] = FILES) -> dict[str, bytes]:
    """The files of these names that are there; of a log that is too long the beginning. Raises OSError."""
    parcel = {}
    for name in names:
        if (folder / name).is_file():
            with opened(folder / name, math.inf if name == LOG else FILES[name]) as file:
                parcel[name] = file.read(FILES[LOG] if name == LOG else -1)
    return parcel


def unpack(parcel: Parcel, folder: RunFolder) -> None:
    """Each file whole or not at all, the result last, and only one of this run. Raises ForeignParcel, OSError."""
    for name, content in parcel.items():
        if name not in FILES:
            raise ForeignParcel(f"{name!r} is no file of a run")
        if not isinstance(content, bytes) or len(content) > FILES[name]:
            raise ForeignParcel(f"{name} is too large, or no file")
    if RESULT in parcel:
        _examine(parcel[RESULT], folder)
    for name in FILES:
        if name in parcel:
            path = folder.path / name
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, parcel[name])


def _examine(result: bytes, folder: RunFolder) -> None:
    """Raises ForeignParcel."""
    try:
        record = RunRecord.model_validate_json(result)
    except ValueError as error:
        raise ForeignParcel(f"{RESULT} is no result: {str(error).splitlines()[0]}") from error
    if fingerprint(record.spec) != folder.fingerprint:
        raise ForeignParcel(f"{RESULT} is that of another run, {record.run_id!r}")
