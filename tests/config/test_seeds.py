"""Seeds as a list, or one by one until claims are decided; and what a study that adds them must say."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_files import STUDY, changed, plan_of, written

from bn_study.config.load import load_study
from bn_study.config.problem import ConfigError

UNTIL = "seeds: {first: 2, until: decided, most: 5, from: 7}"


def test_a_plan_has_every_seed_that_there_may_be_and_runs_keep_their_ids(tmp_path: Path) -> None:
    listed = plan_of(tmp_path, study=changed(STUDY, "seeds: [0, 1]", "seeds: [7, 8, 9, 10, 11]"))
    until = plan_of(tmp_path, study=changed(STUDY, "seeds: [0, 1]", UNTIL))
    assert [point.run_id for point in until.points] == [point.run_id for point in listed.points]
    assert until.seeds == (7, 8, 9, 10, 11)
    assert str(until.source.study.until) == "2 seeds, then one by one until every claim is decided, at most 5"


def test_a_profile_and_the_command_line_say_it_in_either_way(tmp_path: Path) -> None:
    profiled = changed(STUDY, "seeds: [0]", UNTIL)
    assert plan_of(tmp_path, study=profiled).source.study.until is None
    assert plan_of(tmp_path, study=profiled, profile="smoke").seeds == (7, 8, 9, 10, 11)
    assert plan_of(tmp_path, "seeds.most=3", study=profiled, profile="smoke").seeds == (7, 8, 9)
    listed = plan_of(tmp_path, "seeds=[1, 2]", study=changed(STUDY, "seeds: [0, 1]", UNTIL))
    assert (listed.seeds, listed.source.study.until) == ((1, 2), None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("claims:", "notes: |", "`until: decided` is of claims, and this study makes none: list the seeds"),
        ("metric: epochs_to_accuracy\n    accuracy: 0.5", "metric: step_seconds", "in claims on times: claim"),
    ],
)
def test_what_its_rule_needs_is_asked_for(old: str, new: str, said: str, tmp_path: Path) -> None:
    """Which clock a claim without one is about depends on its runs, and those are looked at after each seed."""
    study = changed(changed(STUDY, "seeds: [0, 1]", UNTIL), old, new)
    with pytest.raises(ConfigError, match=r"study\.yaml:8:1: seeds: ") as error:
        load_study(written(tmp_path, study))
    assert said in str(error.value)
