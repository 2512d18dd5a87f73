"""`check` says all that is wrong before anything is trained, and of a study of any size within two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from study_files import written
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


HEAD = "title: t\nquestion: q\nsource: s\nbase: run.yaml\n"
ARMS, SEEDS = "arms: {plain: {}, bn: {model.norm: {kind: batch}}}\n", "seeds: [0, 1]\n"
COUNT = "described; at most"
CHANGES = "arms: {a: {" + "".join(f"model.a{number}: 1, " for number in range(9_000)) + "}}\n"


def lines(count: int, line: str) -> str:
    return "".join(line.format(number) for number in range(count))


def numbers(count: int) -> list[int]:
    return list(range(1, count + 1))


#: What is large → the study and what is said of it. Up to 0.9 MB; what follows `just` is within all bounds but one.
LARGE: dict[str, tuple[str, str]] = {
    "keys": (HEAD + ARMS + SEEDS + lines(70_000, "k{}: 1\n"), "10,000 values"),
    "just keys": (HEAD + ARMS + SEEDS + lines(9_900, "k{}: 1\n"), "k0: unknown key"),
    "one key again and again": (HEAD + ARMS + SEEDS + lines(9_900, "k: 1\n"), "stands already in line 7"),
    "arms": (HEAD + SEEDS + "arms:\n" + lines(60_000, "  a{}: {{}}\n"), "10,000 values"),
    "just arms": (HEAD + SEEDS + "arms:\n" + lines(9_900, "  a{}: {{}}\n"), f"9,900 arms are {COUNT} 1,000"),
    "just wrong arms": (HEAD + SEEDS + "arms:\n" + lines(1_000, "  a{}: {{training.epochs: 0}}\n"), "found 0"),
    "changes": (HEAD + SEEDS + CHANGES, f"9,000 changes are {COUNT} 100"),
    "axis values": (HEAD + ARMS + SEEDS + f"grid: {{training.epochs: {numbers(100_000)}}}\n", "10,000 values"),
    "just axis values": (
        HEAD + ARMS + SEEDS + f"grid: {{training.epochs: {[f'x{n}' for n in numbers(9_900)]}}}\n", "'x1'"
    ),
    "axes": (HEAD + ARMS + SEEDS + "grid:\n" + lines(3_000, "  training.x{}: [1, 2]\n"), f"axes are {COUNT} 20"),
    "a product": (
        HEAD + ARMS + SEEDS + f"grid: {{training.epochs: {numbers(900)}, training.batch_size: {numbers(900)}}}\n",
        f"3,240,000 runs are {COUNT} 100,000",
    ),
    "profiles": (
        HEAD + ARMS + SEEDS + "profiles:\n" + lines(9_000, "  p{}: {{}}\n"), f"9,000 profiles are {COUNT} 100"
    ),
    "a product in all profiles": (
        HEAD + ARMS + "seeds: [0]\ngrid: {training.epochs: [1, 2, 3, 4, 5, 6, 7, 8, 9]}\n"
        + "profiles:\n" + lines(90, f"  p{{}}: {{{{seeds: {numbers(90)}}}}}\n"),
        "runs are described in all; at most 100,000",
    ),
    "seeds": (HEAD + ARMS + f"seeds: {numbers(100_000)}\n", "10,000 values"),
    "just seeds": (HEAD + ARMS + f"seeds: {[-n for n in numbers(9_900)]}\n", "must be at least 0"),
    "claims of unknown arms": (
        HEAD + SEEDS + "arms:\n" + lines(150, f"  {'a' * 50}{{}}: {{{{}}}}\n")
        + "claims:\n" + lines(500, f"  - {{{{compare: {{{{arm: {'a' * 49}b{{}}, with: c}}}}}}}}\n"),
        "at least 200 problems",
    ),
    "layers": (
        HEAD + f"arms: {{a: {{model.widths: {numbers(9_900)}}}}}\n" + SEEDS, "at most 200 entries, found 9900"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_a_large_study_is_answered_within_two_seconds(name: str, tmp_path: Path, bn_study: Callable[..., Any]) -> None:
    """CPU time, of this process: counts come before all work, and of very many problems the first are told."""
    text, message = LARGE[name]
    path = written(tmp_path, text)
    began = time.process_time()
    said = bn_study("check", path)
    assert time.process_time() - began < 2.0
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert len(said.err) < 10_000
    assert len(said.err.splitlines()) <= 22


def test_a_net_of_any_size_takes_no_memory(tmp_path: Path, bn_study: Callable[..., Any]) -> None:
    """400 GB of weights are counted, not made."""
    study = written(tmp_path, HEAD + "arms: {a: {model.widths: [1000000, 100000]}}\nseeds: [0]\n")
    assert bn_study("check", study).code == 0


def test_of_very_many_nets_some_of_every_arm_are_built(tmp_path: Path, bn_study: Callable[..., Any]) -> None:
    """The second arm is found not to fit, though the first has 400 nets."""
    arms = "arms: {dense: {}, cnn: {model: {kind: cnn, filters: [4, 4, 4, 4], dense_units: 4}}}\n"
    study = written(
        tmp_path, HEAD + arms + f"seeds: [0]\ngrid: {{model.dropout.rate: {[n / 1000 for n in numbers(400)]}}}\n"
    )
    said = bn_study("check", study)
    assert said.code == 2
    assert "arms.cnn: the net does not fit images of 8 × 8 × 1" in said.err
