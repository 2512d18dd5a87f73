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


@pytest.mark.parametrize(
    ("model", "norm", "said"),
    [
        ("kind: dense, widths: [4]", "kind: batch, layers: []", False),
        ("kind: dense, widths: [4]", "kind: batch, layers: [], on_input: true", True),
        ("kind: dense, widths: [4]", "kind: batch, renorm: {rmax: 3.0, dmax: 5.0}", False),
        ("kind: cnn, filters: [3], dense_units: 4", "kind: batch", True),
        ("kind: cnn, filters: [3], dense_units: 4", "kind: batch, layers: [1, 2]", False),
        ("kind: recurrent, units: [4, 3]", "kind: batch", True),
        ("kind: recurrent, units: [4, 3]", "kind: batch, layers: [1]", False),
        ("kind: resnet, depth: 8", "kind: batch", False),
    ],
)
def test_one_image_is_a_batch_where_it_has_many_values_a_channel(
    tmp_path: Path, model: str, norm: str, said: bool
) -> None:
    """In feature maps and sequences; not in what dense layers give, nor at the end of a recurrent net."""
    bn = f"bn: {{model: {{{model}, norm: {{{norm}}}}}, training.batch_size: 1}}"
    found = cautions(plan_of(tmp_path, study=changed(STUDY, "bn: {model.norm: {kind: batch}}", bn)))
    assert [AT_CHANCE in text for text in found] == [True] * said


SEEN = """claims:
  - {id: shift, says: so, metric: gradient_shift, compare: {arm: bn, with: plain, expect: lower}}
  - {id: decay, says: so, metric: last_train_loss,
     correlate: {with_metric: gradient_decay, within: all, expect: positive}}
figures:
  - {kind: bars, metrics: [activation_kurtosis]}
  - {kind: probe, view: curve, quantities: [gradient_decay], arms: [bn]}
"""


@pytest.mark.parametrize(
    ("probes", "lacking"),
    [
        (
            "gradients",
            {"claim shift": ("covariate_shift", "bn, plain"), "figures[0]": ("activations", "plain, bn")},
        ),
        (
            "activations, covariate_shift",
            {"claim decay": ("gradients", "plain, bn"), "figures[1]": ("gradients", "bn")},
        ),
        ("activations, gradients, covariate_shift", {}),
    ],
)
def test_claims_and_figures_on_what_no_probe_looks_at_are_named(
    tmp_path: Path, probes: str, lacking: dict[str, tuple[str, str]]
) -> None:
    study = f"{STUDY[: STUDY.index('claims:')]}{SEEN}probes: [{probes}]\n"
    assert cautions(plan_of(tmp_path, study=study)) == tuple(
        f"{what} needs the probe {probe}, which is not among the `probes` of {arms}"
        for what, (probe, arms) in lacking.items()
    )


@pytest.mark.parametrize(
    ("plain", "bn", "said"),
    [("", "", "plain, bn"), ("0.2", "", "bn"), ("", "0.2", "plain"), ("0.2", "0.3", "")],
)
def test_a_choice_on_held_out_images_needs_some(tmp_path: Path, plain: str, bn: str, said: str) -> None:
    """`each_at_its_best` would have nothing to choose on, after all runs."""
    held = [f"{{dataset.validation_fraction: {share}}}" if share else "{}" for share in (plain, bn)]
    claim = """claims:
  - {id: fair, says: so, metric: test_accuracy,
     compare: {arm: bn, with: plain, expect: higher, each_at_its_best: training.learning_rate.initial}}
"""
    grid = "grid: {training.learning_rate.initial: [0.01, 0.1]}\n"
    study = STUDY.partition("claims:")[0].replace("plain: {}", f"plain: {held[0]}")
    study = study.replace("bn: {model.norm: {kind: batch}}", f"bn: {held[1]}")
    found = cautions(plan_of(tmp_path, study=study + grid + claim))
    assert len(found) == bool(said)
    assert all(f"on held-out images, and {said} hold out none (fair)" in one for one in found)
