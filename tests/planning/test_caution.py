"""What `check` says of a study that is valid, and will not do what its author thinks."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_files import STUDY, changed, plan_of

from bn_study.planning.caution import cautions

AT_CHANCE = "stays at chance"
LAST = "last batch is one image"


@pytest.mark.parametrize(
    ("training", "norm", "said"),
    [
        ("training.batch_size: 1", "{kind: batch}", AT_CHANCE),
        ("training.batch_size: 8", "{kind: ghost, virtual_batch_size: 1}", AT_CHANCE),
        ("training.batch_size: 1436", "{kind: batch}", LAST),  # of 1,437 digits
        ("training.batch_size: 1436, training.last_batch: drop", "{kind: batch}", ""),
        ("training.batch_size: 8", "{kind: batch}", ""),
        ("training.batch_size: 1", "{kind: layer}", ""),
    ],
)
def test_batches_of_one_image_are_said(tmp_path: Path, training: str, norm: str, said: str) -> None:
    bn = f"bn: {{model.norm: {norm}, {training}}}"
    found = cautions(plan_of(tmp_path, study=changed(STUDY, "bn: {model.norm: {kind: batch}}", bn)))
    assert len(found) == bool(said)
    if said:
        assert found[0].startswith("bn: ")
        assert said in found[0]
