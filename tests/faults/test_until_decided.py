"""A sweep that adds seeds until claims are decided: killed anywhere, it comes to the same runs and verdicts."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

from made_up_sweep import command_line, finish, results, started, timeless
from study_files import RECIPE, changed, written

STUDY = """\
title: a title
question: a question?
source: a source
base: run.yaml
arms:
  plain: {}
  longer: {training.epochs: 8}
  similar: {training.batch_size: 16}
seeds: {first: 4, until: decided, most: 8}
claims:
  - id: better
    says: longer is better
    metric: last_validation_accuracy
    compare: {arm: longer, with: plain, expect: higher}
  - id: no_more
    says: so is a smaller batch
    metric: last_validation_accuracy
    compare: {arm: similar, with: plain, expect: higher}
"""
EARLY, LATE = 5, 8  # seeds at which the first claim is decided, and the most there may be


def study_in(folder: Path) -> Path:
    folder.mkdir()
    written(folder, STUDY, changed(RECIPE, "epochs: 4", "epochs: 3"))
    return folder


def findings(folder: Path) -> Any:
    found = json.loads((folder / "results" / "study" / "base" / "findings.json").read_text())
    return timeless([found["claims"], found["study"]["seeds"], found["counts"], found["tally"]])


def test_arms_of_open_claims_alone_go_on_and_it_is_said_why_it_ends(tmp_path: Path) -> None:
    folder = study_in(tmp_path / "calm")
    said = finish(command_line(folder, {"report": True}))
    runs = [run_id.split("_s")[0] for run_id in results(folder)]
    assert {arm: runs.count(arm) for arm in runs} == {"plain": LATE, "longer": EARLY, "similar": LATE}
    assert "After 8 seeds, the most that there may be; 1 of 2 claims is open: no_more." in said
    assert "seed 4: plain, longer, similar\n" in said
    assert "seed 5: plain, similar\n" in said
    assert not started(finish(command_line(folder)))
    assert f"{2 * LATE + EARLY} runs: {2 * LATE + EARLY} done" in finish(command_line(folder, verb="status"))


def test_killed_anywhere_it_comes_to_the_same(tmp_path: Path) -> None:
    calm, torn = study_in(tmp_path / "calm"), study_in(tmp_path / "torn")
    finish(command_line(calm, {"report": True}))
    chance, kills = random.Random(4), 0
    while kills < 2:
        process = command_line(torn, {"seconds": 0.03})
        time.sleep(chance.uniform(1.0, 3.0))
        kills += process.poll() is None
        process.kill()
        process.communicate()
        if len(results(torn)) == len(results(calm)):
            break
    finish(command_line(torn, {"report": True}, jobs=1))
    assert kills
    assert results(torn) == results(calm)
    assert findings(torn) == findings(calm)


def test_a_seed_of_which_a_run_failed_is_not_looked_beyond(tmp_path: Path) -> None:
    """An error is mended and its run tried again; it decides nothing in the meantime."""
    folder = study_in(tmp_path / "study")
    orders = {"do": {"4": "error"}}
    assert "3 run(s) failed" in finish(command_line(folder, orders), code=1)
    assert not [run_id for run_id in results(folder) if "_s5_" in run_id]
    finish(command_line(folder))
    assert [run_id for run_id in results(folder) if "_s5_" in run_id]
