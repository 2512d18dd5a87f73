"""`check`, `plan` and `run` say before any training that a net does not fit its images."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bn_study.cli.app import app
from bn_study.config.problem import ConfigError

ROOT = Path(__file__).parents[2]
STUDY = f"""\
title: Too deep for 8 × 8
question: Does it fit?
source: nobody
base: {ROOT / "configs" / "digits.yaml"}
arms:
  plain: {{}}
  cnn: {{model: {{kind: cnn, filters: [4, 4], dense_units: 4}}}}
seeds: [0]
"""


@pytest.mark.parametrize("command", [["check"], ["plan"], ["run"]])
def test_a_net_that_does_not_fit_is_named_with_its_arm(tmp_path: Path, command: list[str]) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(STUDY)
    results = [] if command == ["check"] else ["--results", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*command[:1], str(study), *command[1:], *results])
    assert isinstance(done.exception, ConfigError)
    (problem,) = done.exception.problems
    assert str(problem).startswith(f"{study}:7:3: arms.cnn: the net does not fit images of 8 × 8 × 1: stage_2_pool: ")
    assert "size" in problem.message
    assert "\n" not in problem.message


def test_own_data_that_are_not_there_yet_do_not_stop_a_check(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(STUDY + f"profiles: {{own: {{dataset.name: npz, dataset.path: {tmp_path / 'later.npz'}}}}}\n")
    done = CliRunner().invoke(app, ["check", str(study), "--profile", "own"])
    assert done.exit_code == 0, done.output
    assert "caution: whether the nets fit the images is not known" in done.output


CLAIM = """\
  - id: faster
    says: it is faster
    metric: epochs_to_accuracy
    accuracy: 0.5
    compare: {arm: bn, with: plain, expect: lower}
"""
DECIDABLE = f"""\
title: Few seeds
question: Can it be decided?
source: nobody
base: {ROOT / "configs" / "digits.yaml"}
arms:
  plain: {{}}
  bn: {{model.norm: {{kind: batch}}}}
seeds: [0, 1, 2, 3, 4, 5]
profiles: {{more: {{seeds: [0, 1, 2, 3, 4, 5, 6]}}}}
claims:
"""


def test_a_claim_that_its_seeds_can_never_decide_is_a_caution_and_no_error(tmp_path: Path) -> None:
    """Four claims on counts need 7 seeds; three of them 6."""
    study = tmp_path / "study.yaml"
    said = []
    for claims in (3, 4):
        study.write_text(DECIDABLE + "".join(CLAIM.replace("faster", f"faster{k}", 1) for k in range(claims)))
        done = CliRunner().invoke(app, ["check", str(study)])
        assert done.exit_code == 0, done.output
        said.append([line for line in done.output.splitlines() if "caution" in line])
    assert said == [[], ["caution: 6 seeds can decide none of the 4 claims: at least 7 are needed"]]
