"""Layers: base < profile < arm < grid < --set. What is said last holds."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import pytest
from study_files import DENSE_STUDY, RECIPE, ROOT, STUDY, changed, plan_of, written

from bn_study.config.load import load_run, load_study
from bn_study.config.problem import ConfigError
from bn_study.planning.expansion import Point, expand

GRID = "grid:\n  training.epochs: [40, 41]\n"


def epochs(points: tuple[Point, ...]) -> list[int]:
    return [point.spec.training.epochs for point in points]


@pytest.mark.parametrize(
    ("layers", "value"),
    [
        ((), {4}),
        (("profile",), {10}),
        (("profile", "arm"), {20}),
        (("arm",), {20}),
        (("arm", "grid"), {40, 41}),
        (("profile", "grid"), {40, 41}),
        (("profile", "arm", "grid"), {40, 41}),
        (("profile", "arm", "grid", "set"), {50}),
        (("arm", "set"), {50}),
        (("profile", "set"), {50}),
        (("set",), {50}),
    ],
)
def test_a_later_layer_wins(tmp_path: Path, layers: tuple[str, ...], value: set[int]) -> None:
    """Whichever layers name `training.epochs`, the last of them decides."""
    study = changed(STUDY, "training.epochs: 1", "training.epochs: 10")
    if "arm" in layers:
        study = changed(study, "plain: {}", "plain: {training.epochs: 20}")
    if "grid" in layers:
        study += GRID
    set_ = ["training.epochs=50"] if "set" in layers else []
    plan = plan_of(tmp_path, *set_, study=study, profile="smoke" if "profile" in layers else None)
    assert set(epochs(tuple(point for point in plan.points if point.arm == "plain"))) == value


def test_a_change_of_one_arm_leaves_the_others(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, study=changed(STUDY, "plain: {}", "plain: {training.epochs: 20}"))
    assert epochs(plan.points) == [20, 20, 4, 4]


def test_set_may_change_the_seeds(tmp_path: Path) -> None:
    """Over the study's and over the profile's."""
    for profile in (None, "smoke"):
        plan = plan_of(tmp_path, "seeds=[3, 5]", profile=profile)
        assert [(point.arm, point.seed) for point in plan.points] == [("plain", 3), ("plain", 5), ("bn", 3), ("bn", 5)]


@pytest.mark.parametrize(
    "set_", ["grid.training.learning_rate.initial=[1e-3,1e-2]", "grid={training.learning_rate.initial: [1e-3, 0.01]}"]
)
def test_set_may_add_an_axis(tmp_path: Path, set_: str) -> None:
    """The numbers are numbers, and the other axes stay."""
    plan = plan_of(tmp_path, set_, study=STUDY + GRID)
    assert len(plan.points) == 2 * 2 * 2 * 2
    assert list(plan.points[0].axes) == ["training.epochs", "training.learning_rate.initial"]
    assert {point.spec.training.learning_rate.initial for point in plan.points} == {0.001, 0.01}


def test_set_may_replace_an_axis(tmp_path: Path) -> None:
    assert set(epochs(plan_of(tmp_path, "grid.training.epochs=[7]", study=STUDY + GRID).points)) == {7}


def test_set_on_the_path_of_an_axis_removes_the_axis(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "training.epochs=7", study=STUDY + GRID)
    assert len(plan.points) == 2 * 2
    assert all(point.axes == {} and point.spec.training.epochs == 7 for point in plan.points)


def test_set_above_the_path_of_an_axis_removes_the_axis(tmp_path: Path) -> None:
    """Else every point would claim an axis value that its spec does not have."""
    study = STUDY + "grid:\n  model.dropout.rate: [0.1, 0.2]\n  training.epochs: [1, 2]\n"
    plan = plan_of(tmp_path, "model.dropout={rate: 0.5}", study=study)
    assert {tuple(point.axes) for point in plan.points} == {("training.epochs",)}
    assert {point.spec.model.dropout.rate for point in plan.points} == {0.5}


def test_set_below_the_path_of_an_axis_changes_each_value(tmp_path: Path) -> None:
    study = STUDY + "grid:\n  model.norm: [{kind: batch}, {kind: batch, scale: false}]\n"
    plan = plan_of(tmp_path, "model.norm.momentum=0.5", study=study)
    assert {getattr(point.spec.model.norm, "momentum", None) for point in plan.points} == {0.5}
    assert {getattr(point.spec.model.norm, "scale", None) for point in plan.points} == {True, False}


def test_of_two_overrides_the_later_holds(tmp_path: Path) -> None:
    assert set(epochs(plan_of(tmp_path, "training.epochs=7", "training.epochs=8").points)) == {8}


def test_a_removed_axis_does_not_count(tmp_path: Path) -> None:
    """120,000 points are too many, but not where --set fixes the longer axis."""
    axes = f"  training.epochs: {list(range(1, 1001))}\n  training.batch_size: {list(range(1, 31))}\n"
    assert len(plan_of(tmp_path, "training.epochs=7", study=f"{STUDY}grid:\n{axes}").points) == 120


def test_a_set_without_a_value_is_null(tmp_path: Path) -> None:
    plan = plan_of(
        tmp_path, "dataset.train_images=", study=changed(STUDY, "plain: {}", "plain: {dataset.train_images: 9}")
    )
    assert {point.spec.dataset.train_images for point in plan.points} == {None}


@pytest.mark.parametrize(
    ("set_", "column", "message"),
    [
        ("training.epochs", 1, "write it as path=value"),
        ("=3", 1, "write it as path=value"),
        ("training.epoch=3", 1, "training.epoch: unknown key (did you mean 'epochs'?)"),
        ("training..epochs=3", 1, "unknown key"),
        ("title=another", 1, "title: unknown key"),
        ("training.epochs=0", 17, "must be at least 1, found 0"),
        ("training.epochs=[1, 2]", 17, "a whole number is expected, found a list"),
        ("training.epochs=", 17, "a whole number is expected, found nothing"),
        ("training.epochs=[1", 19, "is not YAML"),
        ("training.epochs=#3", 1, "empty"),
        ("model.norm={kind: batch, momentm: 0.9}", 26, "did you mean 'momentum'?"),
        ("seeds=3", 7, "a list in [brackets] is expected"),
        ("seeds=[1, 1]", 7, "the value 1 stands twice"),
        ("seeds=[1, x]", 11, "a whole number is expected, found the text 'x'"),
        ("grid.training.epochs=3", 22, "a list in [brackets] is expected"),
        ("grid.training.epochs=[1, x]", 26, "a whole number is expected, found the text 'x'"),
        ("grid=3", 6, "a mapping of `key: value` lines is expected"),
        ("seed=7", 1, "the seeds of a study are set by `seeds: […]`"),
        ("grid.seed=[1, 2]", 1, "the seeds of a study are set by `seeds: […]`"),
        ("model.norm.kind=batsh", 17, "did you mean 'batch'?"),
        ("dataset.path=x", 1, "`path` is only for npz and image_folder"),
    ],
)
def test_a_bad_override_is_told_by_its_own_text(tmp_path: Path, set_: str, column: int, message: str) -> None:
    """Line 1 of '--set …', columns counted in what was typed after --set; the key's or the value's."""
    with pytest.raises(ConfigError) as caught:
        plan_of(tmp_path, set_)
    [problem] = caught.value.problems
    assert str(problem).startswith(f"--set {set_}:1:{column}: ")
    assert message in str(problem)


def test_a_profile_is_chosen_by_name_or_by_default(tmp_path: Path) -> None:
    study = changed(STUDY, "profiles:", "default_profile: smoke\nprofiles:\n  large: {training.epochs: 99}")
    assert load_study(written(tmp_path, study)).profile == "smoke"
    assert epochs(plan_of(tmp_path, study=study).points) == [1, 1]
    assert epochs(plan_of(tmp_path, study=study, profile="large").points) == [99] * 4
    assert load_study(written(tmp_path)).profile is None


def test_a_profile_may_change_seeds_and_axes(tmp_path: Path) -> None:
    """Axes that it does not name stay."""
    study = changed(STUDY, "seeds: [0]}", "seeds: [8], grid: {training.batch_size: [16]}, grid.training.epochs: [6]}")
    plan = plan_of(tmp_path, study=study + "grid: {training.epochs: [5], model.dropout.rate: [0.1]}\n", profile="smoke")
    axes = {"training.epochs": 6, "model.dropout.rate": 0.1, "training.batch_size": 16}
    assert [(dict(point.axes), point.seed) for point in plan.points] == [(axes, 8)] * 2


def test_the_recipe_is_found_from_the_study_s_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert expand(load_study(path)).points[0].spec == load_run(tmp_path / "run.yaml")


def test_the_custom_digest_is_of_the_overrides_and_not_of_their_order(tmp_path: Path) -> None:
    path = written(tmp_path)
    one, other = ["training.epochs=1", "training.batch_size=2"], ["training.batch_size=2", "training.epochs=1"]
    assert load_study(path).custom == ""
    assert load_study(path, set_=one).custom == load_study(path, set_=other).custom != ""
    assert load_study(path, set_=one[:1]).custom not in ("", load_study(path, set_=one).custom)


@pytest.mark.parametrize(
    "given",
    [
        (),
        ("training.epochs=3",),
        ("seeds=[4, 5]", "grid.training.learning_rate.initial=[0.1, 0.2]"),
        ("grid={training.batch_size: [64, 128], model.dropout.rate: [0.1, 0.2]}", "model.activation=tanh # a 'remark'"),
    ],
)
def test_the_command_of_a_study_describes_the_same_runs(given: tuple[str, ...]) -> None:
    source = load_study(DENSE_STUDY, "laptop", set_=given)
    words = shlex.split(source.command("report"))
    assert words[:3] == ["bn-study", "report", DENSE_STUDY.as_posix()]
    profile = words[words.index("--profile") + 1]
    overrides = [words[place + 1] for place, word in enumerate(words) if word == "--set"]
    again = load_study(Path(words[2]), profile, set_=overrides)
    assert [run.run_id for run in expand(again).runs] == [run.run_id for run in expand(source).runs]


@pytest.mark.parametrize(
    ("undone", "holds"),
    [
        ("training.epochs=1", "training.epochs=2"),
        ("model.norm.momentum=0.5", "model.norm={kind: batch}"),
        ("seeds=[1]", "seeds=[2]"),
    ],
)
def test_one_digest_is_of_one_plan(undone: str, holds: str, tmp_path: Path) -> None:
    """The folder of a report bears the digest: what a later --set undoes is not in it, and in the other order it is."""
    path = written(tmp_path)
    alone, both = load_study(path, set_=[holds]), load_study(path, set_=[undone, holds])
    assert both == alone
    other = load_study(path, set_=[holds, undone])
    assert other.custom != alone.custom
    assert [run.run_id for run in expand(other).runs] != [run.run_id for run in expand(alone).runs]


def test_a_grid_of_ten_million_points_is_refused_at_once(tmp_path: Path) -> None:
    """By its count, before anything is expanded."""
    paths = ["training.epochs", "training.batch_size", "dataset.train_images", "training.optimizer.momentum"]
    axes = [f"  {path}: {[n / 100 if 'momentum' in path else n for n in range(1, 51)]}\n" for path in paths]
    began = time.process_time()
    with pytest.raises(ConfigError, match=r"study\.yaml:\d+:1: grid: 25,000,000 runs are described; at most 100,000"):
        plan_of(tmp_path, study=STUDY + "grid:\n" + "".join(axes))
    assert time.process_time() - began < 2.0


def test_the_shipped_study_takes_its_default_profile() -> None:
    assert load_study(DENSE_STUDY).profile == "paper"


def test_the_probes_of_a_study_are_those_of_every_run_but_a_profile_may_ask_for_others(tmp_path: Path) -> None:
    study = changed(STUDY, "seeds: [0, 1]\n", "seeds: [0, 1]\nprobes: [smoothness, gradients]\n")
    study = changed(study, "smoke: {", "smoke: {probes: [algebra], ")
    written(tmp_path, study)
    for profile, probes in ((None, ("gradients", "smoothness")), ("smoke", ("algebra",))):
        plan = expand(load_study(tmp_path / "study.yaml", profile))
        assert {point.spec.probes for point in plan.points} == {probes}


def test_axes_of_the_command_line_keep_their_order(tmp_path: Path) -> None:
    """Figures are drawn against the first. Other orders are other plans, so they have another digest."""
    path = written(tmp_path)
    axes = ["grid.training.learning_rate.initial=[0.1, 0.2]", "grid.training.batch_size=[8, 16]"]
    one, other = (load_study(path, set_=texts) for texts in (axes, axes[::-1]))
    assert [source.set_ for source in (one, other)] == [tuple(axes), tuple(axes[::-1])]
    assert one.custom != other.custom


SHIPPED = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_is_known_by_its_name_from_anywhere(name: str, tmp_path: Path) -> None:
    """The same run as by its path."""
    found = []
    for base in (name, ROOT / "configs" / f"{name}.yaml"):
        path = written(tmp_path, changed(STUDY, "base: run.yaml", f"base: {base}"))
        found.append([point.run_id for point in expand(load_study(path)).points])
    assert found[0] == found[1]


def test_a_file_beside_the_study_comes_before_a_shipped_recipe(tmp_path: Path) -> None:
    path = written(tmp_path, changed(STUDY, "base: run.yaml", "base: dense"))
    (tmp_path / "dense").write_text(RECIPE, encoding="utf-8")
    assert expand(load_study(path)).points[0].spec.dataset.name == "digits"


def test_a_study_need_not_have_a_source(tmp_path: Path) -> None:
    assert load_study(written(tmp_path, changed(STUDY, "source: a source\n", ""))).study.source == ""
