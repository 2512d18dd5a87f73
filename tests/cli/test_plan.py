"""`plan` counts the runs of each arm, or names them all."""

from __future__ import annotations

import re
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


def test_status_says_how_long_the_rest_takes(done: Path, bn_study: Callable[..., Any]) -> None:
    words = ("status", done / "study.yaml", "--results", done / "results", "--jobs", 1)
    rest = bn_study(*words)
    assert (rest.code, rest.err) == (0, "")
    assert re.search(r"about [\d.: a-z]+ \(.* to .*\) for \d+ runs on 1 workers", rest.out)
    assert "about" not in bn_study(*words, "-p", "smoke").out


def test_what_probes_cost_is_said_of_studies_that_have_some(done: Path, bn_study: Callable[..., Any]) -> None:
    told = bn_study(
        "plan", done / "study.yaml", "--set", "probes=[gradients, smoothness]", "--results", done / "results"
    )
    assert told.code == 0, told.err
    assert re.search(r"^of it .+ \(\d+%\) for probes", told.out, re.MULTILINE)
