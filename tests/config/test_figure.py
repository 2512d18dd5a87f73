"""What a `figures:` block says of the grid is checked where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_files import STUDY, written

from bn_study.config.load import load_study
from bn_study.config.problem import ConfigError

GRID = "grid: {model.widths: [[8], [16]], training.batch_size: [16, 32]}\n"


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("{kind: axis, metrics: [step_seconds], against: training.batchsize}", "no axis 'training.batchsize'"),
        (
            "{kind: heatmap, metrics: [step_seconds], axes: [training.epochs, model.widths]}",
            "no axis 'training.epochs'",
        ),
        ("{kind: heatmap, metrics: [step_seconds], axes: [model.widths, model.widths]}", "two different axes"),
        ("{kind: axis, metrics: [train_accuracy]}", "figures[0].metrics[0]"),
        ("{kind: pie}", "figures[0].kind"),
    ],
)
def test_a_figure_over_what_is_no_axis_is_named_with_its_place(tmp_path: Path, figure: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_study(written(tmp_path, f"{STUDY}{GRID}figures:\n  - {figure}\n"))
    assert said in str(raised.value)
    line = STUDY.count("\n") + 3
    assert f"study.yaml:{line}:" in str(raised.value)


def test_curves_against_seconds_are_no_axis(tmp_path: Path) -> None:
    figure = "{kind: curves, metrics: [train_loss], against: seconds}"
    study = load_study(written(tmp_path, f"{STUDY}{GRID}figures:\n  - {figure}\n")).study
    assert [one.kind for one in study.figures] == ["curves"]
