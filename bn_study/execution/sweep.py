"""A plan and its store: what is done, what is to do and why, and doing it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

from rich.console import Console

from bn_study.datasets import load
from bn_study.datasets.regular_file import opened
from bn_study.execution.description import data_facts
from bn_study.execution.ledger import Ledger
from bn_study.execution.local import Machine, Outcome, Sweep
from bn_study.execution.progress import LiveView, PlainLines
from bn_study.planning.expansion import Plan, Point
from bn_study.store.store import State, Store, is_held

MOST_EPOCHS = 100_000  # that are counted: a file of 100 MB may have millions of lines


@dataclass(frozen=True)
class Standing:
    """Where one run stands."""

    point: Point
    state: State
    why: str

    @property
    def to_do(self) -> bool:
        return self.state not in (State.DONE, State.RUNNING)


def standings(plan: Plan, store: Store) -> list[Standing]:
    """Every distinct run of the plan, with its state and the reason for it."""
    return [_standing(point, store) for point in plan.runs]


def _standing(point: Point, store: Store) -> Standing:
    damages_before = len(store.damages)
    state = store.state(point)
    why = ""
    folder = store.run_folder(point)
    if state is State.DONE:
        record = store.record(point)
        why = str(record.status) if record else ""
    elif state is State.FAILED:
        record = store.record(point)
        why = f"failed before: {record.error.type}: {record.error.message}" if record and record.error else "failed"
    elif state is State.PENDING:
        why = "no result yet"
    else:
        done = epochs_done(folder.path)
        why = f"epoch {done} of {point.spec.training.total_epochs} done"
    if len(store.damages) > damages_before and state is not State.DONE:
        why = f"damaged result: {store.damages[-1].reason}"
    return Standing(point, state, why)


def epochs_done(folder: Path) -> int:
    """Epochs that a run has written down so far."""
    try:
        with TextIOWrapper(opened(folder / "epochs.csv"), "utf-8", newline="") as file:
            return sum(1 for _ in islice(csv.DictReader(file), MOST_EPOCHS))
    except (OSError, csv.Error, UnicodeDecodeError):
        return 0


def discard_leftovers(found: Iterable[Standing], store: Store) -> None:
    """Checkpoints of done runs: of workers that were killed after their result and before they tidied up."""
    for standing in found:
        folder = store.run_folder(standing.point)
        if standing.state is State.DONE and folder.checkpoint.is_dir() and not is_held(folder):
            with suppress(OSError):  # it costs space, and nothing else
                folder.refuse_links()
                (folder.checkpoint / "state.npz").unlink(missing_ok=True)
                folder.checkpoint.rmdir()


def fetch_data(points: Sequence[Point], data_dir: Path | None, tell: Callable[[int, int | None], None]) -> list[str]:
    """Have every data set of the points on this machine, downloaded if need be; a sentence on each.

    Raises DatasetError.
    """
    wanted = dict.fromkeys((point.spec.dataset.name, point.spec.dataset.path) for point in points)
    sentences = []
    for name, path in wanted:
        sentences.append(str(load(name, path=Path(path) if path else None, data_dir=data_dir, progress=tell)))
    return sentences


def run_points(
    points: Sequence[Point], store: Store, machine: Machine, console: Console, run_timeout: float | None = None
) -> Outcome:
    """Train the points, shown live on a terminal and as lines elsewhere."""
    largest = max((data_facts(point.spec.dataset).train_images for point in points), default=0)
    ledger = Ledger(points, largest, machine.jobs)
    if not console.is_terminal:
        return Sweep(points, store, machine, PlainLines(ledger, console), run_timeout).run()
    with LiveView(ledger, console, machine.backend) as view:
        return Sweep(points, store, machine, view, run_timeout).run()
