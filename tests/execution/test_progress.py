"""The live view: at any width it says which run a row is, and while nothing runs yet, what is waited for."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bn_study.config.load import load_study
from bn_study.execution.event import Progressed, RunEnded
from bn_study.execution.ledger import Ledger
from bn_study.execution.progress import LiveView
from bn_study.planning.expansion import Point, expand
from bn_study.store.record import Progress

STUDY = Path(__file__).parents[2] / "experiments" / "dense_bn_vs_dropout.yaml"


@pytest.fixture(scope="module")
def points() -> tuple[Point, ...]:
    return expand(load_study(STUDY, "paper", set_=["grid.training.learning_rate.initial=[0.001, 0.01]"])).runs


def seen(view: LiveView, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(view._live.get_renderable())
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().split("\n")


def view_of(points: tuple[Point, ...], width: int) -> LiveView:
    return LiveView(Ledger(points, 50_000, jobs=2), Console(file=io.StringIO(), width=width), "tensorflow")


def test_every_run_is_named_whole_at_every_width(points: tuple[Point, ...]) -> None:
    for width in range(40, 201):
        view = view_of(points, width)
        for point, started in zip(points[:2], (True, False), strict=True):
            view.started(point)
            if started:
                view.told(progress(point))
        lines = seen(view, width)
        assert max(map(len, lines)) <= width
        for point in points[:2]:
            assert point.run_id in "".join(line.strip() for line in lines)
        assert "starting" in " ".join(lines)
        assert "1.2/4" in " ".join(lines)


def test_before_the_first_run_it_says_what_is_waited_for(points: tuple[Point, ...]) -> None:
    view = view_of(points, 80)
    assert "starting TensorFlow" in "\n".join(seen(view, 80))
    view.started(points[0])
    assert "starting TensorFlow" not in "\n".join(seen(view, 80))
    view.told(RunEnded(run_id=points[0].run_id, status="finished"))
    assert "starting" not in "\n".join(seen(view, 80))


def progress(point: Point) -> Progressed:
    news = Progress(
        epoch=2, images=10_000, images_an_epoch=50_000, loss=1.234, accuracy=0.413, images_per_second=4935.0
    )
    return Progressed(run_id=point.run_id, news=news)
