"""`plan` counts the runs of each arm, or names them all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from study_files import plan_of


def test_runs_are_counted_by_arm_and_named_on_demand(done: Path, bn_study: Callable[..., Any]) -> None:
    """Of four runs the two of seed 0 are done: a row an arm and state, whatever the number of seeds."""
    words = ("plan", done / "study.yaml", "--set", "training.epochs=1", "--results", done / "results")
    points = plan_of(done, "training.epochs=1").points
    counted = bn_study(*words)
    assert counted.code == 0, counted.err
    rows = {" ".join(line.split()) for line in counted.out.splitlines()}
    assert {
        f"{arm} {state} 1" for arm in ("plain", "bn") for state in ("done finished", "pending no result yet")
    } <= rows
    assert not any(point.run_id in counted.out for point in points)
    assert "for probes" not in counted.out
    named = bn_study(*words, "--runs")
    assert all(point.run_id in named.out for point in points)


def test_status_says_how_long_the_rest_takes_by_the_runs_that_are_done(
    done: Path, bn_study: Callable[..., Any]
) -> None:
    """Two runs are done, of the profile smoke; nothing is known of others, and nothing is left of these."""
    words = ("status", done / "study.yaml", "--results", done / "results")
    assert "about" not in bn_study(*words).out
    assert "about" not in bn_study(*words, "-p", "smoke").out
    more = bn_study(*words, "-p", "smoke", "--set", "seeds=[0, 1, 2]", "--jobs", 2).out
    assert "about 0 s for the rest on 2 workers, by the runs that are done" in more  # 4 runs of 0.2 s
