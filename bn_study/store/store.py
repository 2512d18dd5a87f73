"""The folder of a study's runs. State is derived from what lies there, never stored.

valid `result.json` → done; lock held → running; neither → to do. Nothing can be stuck at "running".
"""

from __future__ import annotations

import csv
import errno
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from bn_study.config.load import load_run
from bn_study.config.problem import ConfigError
from bn_study.config.run import RunSpec
from bn_study.config.source import dump_yaml
from bn_study.datasets.regular_file import opened
from bn_study.planning.expansion import Point
from bn_study.planning.identity import fingerprint
from bn_study.store.atomic import remove_parts, write_atomically
from bn_study.store.lock import kernel_lock
from bn_study.store.probe_record import ProbesRecord
from bn_study.store.record import EpochRecord, RunRecord

MOST_RESULT_BYTES = 100_000_000  # an epoch takes 400: 250,000 of them


class State(Enum):
    """What a run's folder says of the run."""

    DONE = "done"  # finished or diverged: never trained again
    FAILED = "failed"  # a result that is an error: tried again on the next call
    RUNNING = "running"
    INTERRUPTED = "interrupted"  # begun, not held by anyone, no result
    PENDING = "pending"


@dataclass(frozen=True)
class RunFolder:
    """One run: spec.yaml, epochs.csv, log.txt, checkpoint/, model.keras if asked for; and result.json, written last."""

    path: Path

    @property
    def result(self) -> Path:
        return self.path / "result.json"

    @property
    def spec(self) -> Path:
        return self.path / "spec.yaml"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint"

    @property
    def model(self) -> Path:
        return self.path / "model.keras"

    @property
    def fingerprint(self) -> str:
        """Of the run's spec; what stands before it in the folder's name is for people."""
        return self.path.name.rpartition("_")[2]

    @property
    def lock_file(self) -> Path:
        """Of the fingerprint: two studies of one name, or two profiles, may call the same run by other names."""
        return self.path.parent / ".locks" / self.fingerprint

    def lock(self) -> FileLock:
        """Held by the worker for as long as it trains; the kernel frees it when the worker dies.

        A worker waits a moment for it: `status` touches the lock to see whether it is held.
        """
        return kernel_lock(self.lock_file, timeout=2)

    @contextmanager
    def held(self) -> Iterator[RunFolder]:
        """The run under its lock, by the name that it has now. Raises filelock.Timeout, OSError."""
        self.refuse_links()
        with self.lock():
            folder = self._now()
            folder.refuse_links()
            yield folder

    def _now(self) -> RunFolder:
        """Another sweep may have begun the run under another name since the store was opened."""
        begun = sorted(self.path.parent.glob(f"*_{self.fingerprint}"))
        return RunFolder(begun[0]) if begun else self

    def refuse_links(self) -> None:
        """Raises OSError: a link could lead what is written to anywhere. Links above the runs are the user's."""
        for path in (self.path, self.log, self.checkpoint, self.lock_file.parent, self.lock_file):
            if path.is_symlink():
                raise OSError(errno.ELOOP, "is a link, and results are not written through links; remove it", str(path))

    def prepare(self, spec: RunSpec) -> None:
        """Make the folder and write the resolved spec, every default included. To be called under the lock."""
        self.path.mkdir(parents=True, exist_ok=True)
        remove_parts(self.path)
        text = dump_yaml(spec.model_dump(mode="json"))
        write_atomically(self.spec, text.encode())

    def write_epochs(self, epochs: Iterable[EpochRecord]) -> None:
        """epochs.csv, for people and other tools; the truth is in result.json and the checkpoint."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(EpochRecord.model_fields), lineterminator="\n")
        writer.writeheader()
        writer.writerows(epoch.model_dump() for epoch in epochs)
        write_atomically(self.path / "epochs.csv", text.getvalue().encode())

    def write_probes(self, probes: ProbesRecord) -> None:
        """probes.csv, for people: a row for each number, by probe, quantity, part of the net, epoch and step."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("probe", "quantity", "of", "epoch", "step", "value"))
        for table in probes.tables:
            times = probes.times if len(table.values) == len(probes.times) else probes.times[-1:]
            for when, row in zip(times, table.values, strict=True):
                for part, value in zip(table.of, row, strict=True):
                    writer.writerow((table.probe, table.quantity, part, when.epoch, when.step, value))
        write_atomically(self.path / "probes.csv", text.getvalue().encode())

    def write_result(self, record: RunRecord) -> None:
        write_atomically(self.result, (record.model_dump_json(indent=1) + "\n").encode())

    def read_result(self, expected: str) -> RunRecord | None:
        """The valid result of the run with this fingerprint; None when there is none. Raises Damaged."""
        try:
            with opened(self.result, MOST_RESULT_BYTES) as file:
                record = RunRecord.model_validate_json(file.read())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Damaged(f"cannot be read: {error.strerror}") from error
        except ValidationError as error:
            raise Damaged(_first_mistake(error)) from error
        if fingerprint(record.spec) != expected:
            raise Damaged("is the result of another spec")
        return record

    def spec_was_edited(self, ran: RunSpec) -> bool:
        """Whether spec.yaml is younger than the result and says something else than what ran."""
        try:
            younger = self.spec.stat().st_mtime_ns > self.result.stat().st_mtime_ns
            return younger and load_run(self.spec) != ran
        except OSError:
            return False
        except ConfigError:
            return True

    def is_done(self, expected: str) -> bool:
        """Whether a result lies here that no later run replaces."""
        try:
            record = self.read_result(expected)
        except Damaged:
            return False
        return record is not None and record.status != "failed"


class Damaged(Exception):
    """A file is no valid result; the message says why."""


@dataclass(frozen=True)
class Damage:
    """A file that is not what it should be: named, and never taken for done."""

    path: Path
    reason: str


class Store:
    """The runs of one study, `RESULTS/STUDY/runs/`; shared by its profiles, found by fingerprint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damages: list[Damage] = []
        self._done: dict[str, RunRecord] = {}  # results that no later run replaces, read once

    def run_folder(self, point: Point) -> RunFolder:
        """The folder of a point's run; an existing one of the same fingerprint, whatever its readable prefix."""
        return RunFolder(self.folder / self._names.get(point.fingerprint, point.run_id))

    @cached_property
    def _names(self) -> dict[str, str]:
        """Fingerprint → folder, for the folders that lay there when the store was opened, or last asked for all."""
        names = sorted(path.name for path in self.folder.glob("*_*")) if self.folder.is_dir() else []
        return {name.rpartition("_")[2]: name for name in reversed(names)}

    def record(self, point: Point) -> RunRecord | None:
        """The valid result of a point's run, or None. A damaged one is noted in `damages`."""
        if point.fingerprint in self._done:
            return self._done[point.fingerprint]
        folder = self.run_folder(point)
        try:
            record = folder.read_result(point.fingerprint)
        except Damaged as damage:
            self.damages.append(Damage(folder.result, str(damage)))
            return None
        if record is not None and record.status != "failed":
            self._done[point.fingerprint] = record
            if folder.spec_was_edited(record.spec):
                self.damages.append(
                    Damage(folder.spec, "was changed after the run; result.json holds the spec that ran")
                )
            if _misses_its_model(record, folder):
                self.damages.append(Damage(folder.model, "is gone; to make it again, remove result.json"))
        return record

    def records(self, points: Iterable[Point]) -> dict[str, RunRecord]:
        """Fingerprint → record, for all points that have one, by now."""
        self.__dict__.pop("_names", None)
        found = {point.fingerprint: self.record(point) for point in points}
        return {key: record for key, record in found.items() if record is not None}

    def state(self, point: Point) -> State:
        record = self.record(point)
        if record is not None:
            return State.FAILED if record.status == "failed" else State.DONE
        folder = self.run_folder(point)
        if is_held(folder):
            return State.RUNNING
        return State.INTERRUPTED if folder.path.is_dir() else State.PENDING


def recorded(results: Path, most: int = 200) -> list[RunRecord]:
    """The latest records of whatever studies lie below a folder of results; files that hold none are passed over."""
    files = sorted(results.glob("*/runs/*/result.json"), key=_written, reverse=True)[:most]
    found = []
    for file in files:
        with suppress(OSError, ValidationError), opened(file, MOST_RESULT_BYTES) as text:
            found.append(RunRecord.model_validate_json(text.read()))
    return found


def _written(file: Path) -> float:
    """0 for a file that has just gone."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def is_held(folder: RunFolder) -> bool:
    """Whether a living process holds the run's lock."""
    if not folder.lock_file.exists():
        return False
    lock = folder.lock()
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # no file that can be locked, so no worker of ours has locked it
        return False
    lock.release()
    return False


def _misses_its_model(record: RunRecord, folder: RunFolder) -> bool:
    """A diverged run need not have one."""
    return record.status == "finished" and bool(record.spec.training.keep_model) and not folder.model.is_file()


def _first_mistake(error: ValidationError) -> str:
    """'epochs.0.steps: Field required', 'Invalid JSON: EOF while parsing …'."""
    first = error.errors()[0]
    return ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
