"""Names that would lead out of the results folder, or steer a terminal: refused, at their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_files import STUDY, changed, plan_of, written

from bn_study.config.load import load_study
from bn_study.config.problem import ConfigError
from bn_study.planning.expansion import expand

HOSTILE = ["../up", "/etc", "..", ".", "a/b", "a\\\\b", "a\\n", "\\e[31m", "\\0", "a\\u202eb", "a" * 61, " a", ""]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("place", ["  plain: {}", "  smoke: {"])
def test_an_arm_or_a_profile_is_named_by_letters_and_digits(name: str, place: str, tmp_path: Path) -> None:
    new = f'  "{name}": ' + place.partition(": ")[2]
    with pytest.raises(ConfigError, match=r"study\.yaml:\d+:\d+: ") as caught:
        plan_of(tmp_path, study=changed(STUDY, place, new))
    assert "use letters, digits, '_' and '-'" in str(caught.value)
    assert all(line.isprintable() for line in str(caught.value).splitlines())


@pytest.mark.parametrize("stem", ["..", ".", ".hidden", "a\nb", "a\x1b[31mb", "a\u202eb"])
def test_a_study_is_not_called_what_cannot_name_a_folder(stem: str, tmp_path: Path) -> None:
    """`...yaml` has the stem `..`: its results would lie beside the results."""
    path = tmp_path / f"{stem}.yaml"
    written(tmp_path).rename(path)
    with pytest.raises(ConfigError, match="cannot name a folder: rename the file") as caught:
        load_study(path)
    assert str(caught.value).isprintable()


def test_a_value_of_an_axis_is_no_way_out_of_the_runs_folder(tmp_path: Path) -> None:
    """Whatever it holds, the run's folder is one name without a slash."""
    hostile = ["../../up", "/etc/passwd", "a\\nb", "\\e[31m"]
    axis = "[" + ", ".join(f'"{value}"' for value in hostile) + "]"
    study = STUDY + f"grid: {{dataset.path: {axis}}}\n"
    recipe = (
        "dataset: {name: npz, path: x}\n" + (Path(written(tmp_path).parent) / "run.yaml").read_text().partition("\n")[2]
    )
    points = expand(load_study(written(tmp_path, study, recipe))).points
    assert len(points) == 2 * len(hostile) * 2
    for point in points:
        assert Path(point.run_id).name == point.run_id
        assert point.run_id.isprintable()
        assert not point.run_id.startswith(".")
