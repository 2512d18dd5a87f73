"""A run's state at an epoch's end: all variables and the epochs so far, in one atomic file."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bn_study.datasets.regular_file import opened
from bn_study.store.atomic import write_atomically
from bn_study.store.probe_record import ProbesRecord
from bn_study.store.record import EpochRecord
from bn_study.store.recorded import Recorded

if TYPE_CHECKING:
    import keras

#: Writing the dense net's 32 MB takes about 0.1 s; an epoch of less than this is cheaper to repeat.
SECONDS_BETWEEN = 10.0


NO_PROBES = ProbesRecord()


class _Header(Recorded):
    fingerprint: str
    epochs: tuple[EpochRecord, ...]
    machine: dict[str, str] | None = None
    probes: ProbesRecord = NO_PROBES


@dataclass
class Checkpoint:
    """`folder/state.npz`. Random streams are counted by epoch, so no generator state is kept.

    `machine`: its kind (`EnvironmentRecord.kind_of_machine`). A run that began on another kind starts over, so that a
    record speaks of one.
    """

    folder: Path
    fingerprint: str
    machine: Mapping[str, str] = field(default_factory=dict)
    _saved_at: float = field(default_factory=time.monotonic)

    @property
    def path(self) -> Path:
        return self.folder / "state.npz"

    def due(self) -> bool:
        return time.monotonic() - self._saved_at >= SECONDS_BETWEEN

    def save(
        self, variables: Sequence[keras.Variable], epochs: Sequence[EpochRecord], probes: ProbesRecord = NO_PROBES
    ) -> None:
        """Weights, BN statistics, optimizer and history. Raises OSError when it cannot be written."""
        self.folder.mkdir(exist_ok=True)
        header = _Header(
            fingerprint=self.fingerprint, epochs=tuple(epochs), machine=dict(self.machine), probes=probes
        ).model_dump_json()
        content = io.BytesIO()
        arrays = {f"variable_{number}": np.asarray(variable) for number, variable in enumerate(variables)}
        np.savez(content, header=np.array(header), **arrays)  # type: ignore[arg-type]
        write_atomically(self.path, content.getvalue())
        self._saved_at = time.monotonic()

    def restore(self, variables: Sequence[keras.Variable]) -> tuple[list[EpochRecord], ProbesRecord]:
        """Set the variables and return the epochs done, and what was probed; an absent or damaged one: nothing."""
        try:
            with opened(self.path) as file, np.load(file, allow_pickle=False) as saved:
                header = _Header.model_validate_json(str(saved["header"]))
                arrays = [saved[f"variable_{number}"] for number in range(len(variables))]
        except Exception:  # on a file that is torn, flipped or foreign its parsers raise nearly anything
            return [], NO_PROBES
        if header.machine != self.machine:
            return [], NO_PROBES
        fits = all(a.shape == tuple(v.shape) for a, v in zip(arrays, variables, strict=True))
        if header.fingerprint != self.fingerprint or not fits:
            return [], NO_PROBES
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)
        return list(header.epochs), header.probes

    def other_machine(self) -> str:
        """'threads 2, here 1': in what the machine that the run began on is of another kind; empty where in nothing."""
        try:
            with opened(self.path) as file, np.load(file, allow_pickle=False) as saved:
                there = _Header.model_validate_json(str(saved["header"])).machine or {}
        except Exception:  # as in `restore`: it has none
            return ""
        here = self.machine
        names = [name for name in {**here, **there} if there.get(name) != here.get(name)]
        return ", ".join(f"{name} {there.get(name, 'unknown')}, here {here.get(name, 'none')}" for name in names)

    def discard(self) -> None:
        """Remove it once the result is safe."""
        self.path.unlink(missing_ok=True)
        if self.folder.is_dir() and not any(self.folder.iterdir()):
            self.folder.rmdir()
