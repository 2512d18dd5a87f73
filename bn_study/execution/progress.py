"""Watching a sweep: one live view on a terminal, plain lines in a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bn_study.datasets.visible import one_line
from bn_study.execution.event import Event, Notice, Progressed, RunEnded
from bn_study.execution.ledger import Ledger, Running
from bn_study.execution.terminal import fitted
from bn_study.planning.expansion import Point
from bn_study.store.record import EpochRecord

SECONDS_BETWEEN_LINES = 2.0
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX"}


def clock(seconds: float) -> str:
    """45 s, 3:07 min, 1:02 h."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d} h"


class PlainLines:
    """One line an event: for pipes and log files."""

    def __init__(self, ledger: Ledger, console: Console) -> None:
        self.ledger, self.console = ledger, console
        self._said_at: dict[str, float] = {}  # run → when its last epoch line was printed

    def started(self, point: Point) -> None:
        self.ledger.start(point)
        self._said_at[point.run_id] = time.monotonic()
        self.say(f"start   {point.run_id}")

    def told(self, event: Event) -> None:
        self.ledger.note(event)
        if isinstance(event, Progressed) and isinstance(event.news, EpochRecord) and self._due(event.run_id):
            left, epochs = self.ledger.seconds_left, self.ledger.running[event.run_id].point.spec.training.total_epochs
            rest = f"; {self.ledger.fraction:.0%} done, {clock(left)} left" if left is not None else ""
            self.say(f"epoch   {event.run_id} {_epoch_line(event.news, epochs)}{rest}")
        elif isinstance(event, Notice):
            self.say(one_line(event.message))
        elif isinstance(event, RunEnded):
            self.say(_ending(event))

    def tick(self) -> None:
        pass

    def _due(self, run_id: str) -> bool:
        """Epochs of milliseconds would flood a log: a line a run every few seconds is enough."""
        now = time.monotonic()
        due = now - self._said_at.get(run_id, 0.0) >= SECONDS_BETWEEN_LINES
        if due:
            self._said_at[run_id] = now
        return due

    def say(self, message: str) -> None:
        self.console.print(message, soft_wrap=True)


class LiveView:
    """Overall bar with time left, a line a running point, the last endings above; use as a context."""

    def __init__(self, ledger: Ledger, console: Console, backend: str) -> None:
        self.ledger, self.console, self.backend = ledger, console, backend
        self._live = Live(console=console, auto_refresh=False, transient=True, get_renderable=self._view)
        self._drawn_at = 0.0

    def __enter__(self) -> LiveView:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def started(self, point: Point) -> None:
        self.ledger.start(point)

    def told(self, event: Event) -> None:
        self.ledger.note(event)
        if isinstance(event, Notice):
            self.say(one_line(event.message))
        elif isinstance(event, RunEnded):
            self.say(_ending(event))

    def tick(self) -> None:
        if time.monotonic() - self._drawn_at > 0.2:
            self._drawn_at = time.monotonic()
            self._live.refresh()

    def say(self, message: str) -> None:
        self.console.print(message, soft_wrap=True)

    def _view(self) -> Group:
        ledger, left = self.ledger, self.ledger.seconds_left
        elapsed = clock(time.monotonic() - ledger.began)
        rest = f"{clock(left)} left" if left is not None else "time left unknown yet"
        head = Text(f"{len(ledger.ended)}/{len(ledger.points)} runs  {ledger.fraction:.0%}  {elapsed} gone, {rest}")
        bar = Table.grid()  # a bar alone does not end its line
        bar.add_row(ProgressBar(total=1.0, completed=ledger.fraction, width=min(60, self.console.width - 2)))
        return Group(head, bar, self._running())

    def _running(self) -> RenderableType:
        """A row a run, which names it whole at any width; loss and speed give way first."""
        running = self.ledger.running.values()
        if not running:
            return Text("" if self.ledger.ended else f"starting {BACKENDS[self.backend]}")
        table, _ = fitted(_HEADER, [_cells(run) for run in running], names=1, width=self.console.width)
        return table


_HEADER = ("run", "epoch", "accuracy", "loss", "images/s")


def _cells(run: Running) -> tuple[str, ...]:
    epochs, news = run.point.spec.training.total_epochs, run.latest
    if news is None:
        return run.point.run_id, "starting", "", "", ""
    if isinstance(news, EpochRecord):
        loss, accuracy, done = news.train_loss, news.train_accuracy, float(news.epoch)
    else:
        loss, accuracy, done = news.loss, news.accuracy, news.epoch - 1 + news.images / news.images_an_epoch
    return run.point.run_id, f"{done:.1f}/{epochs}", _percent(accuracy), _number(loss), f"{news.images_per_second:,.0f}"


def _epoch_line(done: EpochRecord, epochs: int) -> str:
    return (
        f"{done.epoch}/{epochs} loss {_number(done.train_loss)} accuracy {_percent(done.train_accuracy)} "
        f"validation {_percent(done.validation_accuracy)} {done.images_per_second:,.0f} images/s"
    )


def _ending(event: RunEnded) -> str:
    accuracy = f" validation {_percent(event.validation_accuracy)}" if event.validation_accuracy is not None else ""
    took = f" in {clock(event.seconds)}" if event.seconds else ""
    because = f": {one_line(event.message)}" if event.message else _MEANING.get(event.status, "")
    log = f"; see {event.log}" if event.log else ""
    later = _LATER.get(event.status, "")
    return f"{event.status:<7} {event.run_id}{accuracy}{took}{because}{log}{later}"


_LATER = {"again": "; tried again alone when all others are done", "lost": "; it waits again"}
_MEANING = {"busy": ": another sweep is at it", "shared": ": another sweep has finished it"}


def _number(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.4f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


@contextmanager
def download_bar(console: Console) -> Iterator[Callable[[int, int | None], None]]:
    """A function to call with (bytes so far, bytes in all); a bar appears with its first call."""
    columns = TextColumn("downloading"), BarColumn(), DownloadColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task: list[TaskID] = []

        def tell(done: int, total: int | None) -> None:
            if not task:
                task.append(bar.add_task("download", total=total))
            bar.update(task[0], completed=done, total=total)

        yield tell
