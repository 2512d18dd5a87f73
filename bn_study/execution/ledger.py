"""How far a sweep is, and how long it will take: from the seconds that images took so far."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bn_study.execution.event import Event, Progressed, RunEnded
from bn_study.planning.expansion import Point
from bn_study.store.record import EpochRecord, Progress


@dataclass
class Running:
    """What is known of a run that a worker is at."""

    point: Point
    latest: Progress | EpochRecord | None = None
    images_done: float = 0.0


@dataclass
class Ledger:
    """Counts images; runs of one architecture are taken to cost the same an image."""

    points: Sequence[Point]
    images_an_epoch: int  # of a run that does not say otherwise
    jobs: int
    began: float = field(default_factory=time.monotonic)
    running: dict[str, Running] = field(default_factory=dict)
    ended: dict[str, RunEnded] = field(default_factory=dict)
    _seconds: dict[str, tuple[float, float]] = field(default_factory=dict)  # architecture → seconds, images
    _waiting: dict[str, float] = field(default_factory=dict)  # architecture → images of runs that have not ended
    _total: float = 0.0  # images of all runs
    _by_id: dict[str, Point] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for point in self.points:
            self._by_id[point.run_id] = point
            self._count(point, 1)
        self._total = sum(self._waiting.values())

    def start(self, point: Point) -> None:
        self.running[point.run_id] = Running(point)

    def note(self, event: Event) -> None:
        if isinstance(event, RunEnded):
            self.running.pop(event.run_id, None)
            if event.status not in ("again", "lost"):
                if event.run_id not in self.ended:
                    self._count(self._by_id[event.run_id], -1)
                self.ended[event.run_id] = event
        elif isinstance(event, Progressed) and event.run_id in self.running:
            self._note_images(self.running[event.run_id], event.news)

    def _note_images(self, run: Running, news: Progress | EpochRecord) -> None:
        an_epoch = self._images(run.point) / run.point.spec.training.total_epochs
        run.latest = news
        if isinstance(news, Progress):
            run.images_done = (news.epoch - 1) * an_epoch + news.images
            return
        run.images_done = news.epoch * an_epoch
        seconds, images = self._seconds.get(_architecture(run.point), (0.0, 0.0))
        seconds += news.train_seconds + news.validation_seconds
        self._seconds[_architecture(run.point)] = seconds, images + an_epoch

    @property
    def fraction(self) -> float:
        """Of all images of the sweep, those trained on."""
        done = self._total - sum(self._waiting.values()) + sum(run.images_done for run in self.running.values())
        return min(1.0, done / max(self._total, 1.0))

    @property
    def seconds_left(self) -> float | None:
        """None until an epoch has ended."""
        if not self._seconds:
            return None
        known = {name: seconds / images for name, (seconds, images) in self._seconds.items()}
        typical = sum(known.values()) / len(known)
        left = sum(images * known.get(name, typical) for name, images in self._waiting.items())
        for run in self.running.values():
            left -= run.images_done * known.get(_architecture(run.point), typical)
        return max(0.0, left) / max(1, min(self.jobs, len(self.points) - len(self.ended)))

    def _count(self, point: Point, runs: int) -> None:
        name = _architecture(point)
        self._waiting[name] = self._waiting.get(name, 0.0) + runs * self._images(point)

    def _images(self, point: Point) -> float:
        spec = point.spec
        data, kept = spec.dataset, 1.0 - (spec.dataset.validation_fraction or 0.0)
        return spec.training.total_epochs * data.trained_share * (data.train_images or kept * self.images_an_epoch)


def _architecture(point: Point) -> str:
    return point.spec.model.model_dump_json() + str(point.spec.training.batch_size)
