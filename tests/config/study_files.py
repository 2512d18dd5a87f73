"""A small valid study and its recipe, as text to be changed; the shipped files' folder."""

from __future__ import annotations

from pathlib import Path

from bn_study.config.load import load_study
from bn_study.planning.expansion import Plan, expand

ROOT = Path(__file__).parents[2]
DENSE_STUDY = ROOT / "experiments" / "dense_bn_vs_dropout.yaml"

RECIPE = """\
dataset: {name: digits}
model:
  kind: dense
  widths: [8]
training:
  epochs: 4
  batch_size: 32
  optimizer: {kind: sgd, momentum: 0.9}
  learning_rate: {kind: constant, initial: 0.01}
"""

STUDY = """\
title: a title
question: a question?
source: a source
base: run.yaml
arms:
  plain: {}
  bn: {model.norm: {kind: batch}}
seeds: [0, 1]
profiles:
  smoke: {training.epochs: 1, seeds: [0]}
published:
  - {id: number, arm: bn, metric: train_loss, epoch: 1, value: 0.5}
claims:
  - id: claim
    says: it is faster
    metric: epochs_to_accuracy
    accuracy: 0.5
    compare: {arm: bn, with: plain, expect: lower}
"""


def written(folder: Path, study: str = STUDY, recipe: str = RECIPE) -> Path:
    """The study file, its recipe beside it."""
    (folder / "run.yaml").write_text(recipe, encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(study, encoding="utf-8")
    return path


def changed(text: str, old: str, new: str) -> str:
    """`text` with its one `old` replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
    return text.replace(old, new)


def plan_of(folder: Path, *set_: str, study: str = STUDY, recipe: str = RECIPE, profile: str | None = None) -> Plan:
    return expand(load_study(written(folder, study, recipe), profile, set_=set_))
