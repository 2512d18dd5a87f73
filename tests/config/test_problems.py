"""Broken files: the exact place and the words. ► marks the expected place and is no part of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_files import DENSE_STUDY, RECIPE, ROOT, STUDY, changed, plan_of

from bn_study.config.load import load_study
from bn_study.config.problem import ConfigError
from bn_study.planning.expansion import expand

MARKER = "►"
SAID = re.compile(r".+:[1-9]\d*:[1-9]\d*: .+", re.DOTALL)


@dataclass(frozen=True)
class Broken:
    """A change to the small study or to its recipe, and what the error must hold."""

    name: str
    old: str
    new: str
    message: str
    file: str = "study.yaml"
    profile: str | None = None


TO_ACCURACY, SEEDS = "metric: epochs_to_accuracy", "seeds: [0, 1]"
BROKEN = [
    Broken("a profile named as the runs' folder", "  smoke:", "  ►runs:", "would share the results folder of the runs"),
    Broken(
        "two profiles, one folder", "  smoke:", "  Smoke: {}\n  ►smoke:", "share the results folder of profile 'Smoke'"
    ),
    Broken("a tab", "  plain: {}", "►\tplain: {}", ": a tab; indent with spaces"),
    Broken("a line out of place", "  plain: {}\n", "  plain: {}\n ►bad: {}\n", "indented otherwise than those"),
    Broken(
        "two arms of one label",
        "plain: {}\n  bn: {",
        "plain: {label: the net}\n  bn: {►label: the net, ",
        "arms.bn.label: 'the net' is what people read for the arm 'plain' already",
    ),
    Broken("a label that is another arm's name", "bn: {", "bn: {►label: plain, ", "read for the arm 'plain' already"),
    Broken("a label of two lines", "plain: {}", 'plain: {label: ►"a\\nb"}', "text on one line is expected"),
    Broken("a label that steers a terminal", "plain: {}", 'plain: {label: ►"a\\e[31m"}', "without control characters"),
    Broken("no label", "plain: {}", 'plain: {label: ►""}', "at least 1 character"),
    Broken("a label that is too long", "plain: {}", f"plain: {{label: ►{'x' * 41}}}", "at most 40 characters"),
    Broken("a label that is a number", "plain: {}", "plain: {label: ►3}", "text is expected, found 3"),
    Broken(
        "a colour that YAML reads as a comment", "plain: {}", "plain:\n    color:► #0072b2", "write '#0072b2' in quotes"
    ),
    Broken("no colour", "plain: {}", "plain: {color: ►blue}", "'blue' is no colour: write red, green and blue"),
    Broken(
        "a colour that is not seen on paper",
        "plain: {}",
        'plain: {color: ►"#ffe000"}',
        "1.3 on white paper; to be seen",
    ),
    Broken(
        "a colour that is not seen in the dark", "plain: {}", 'plain: {color: ►"#102040"}', "on the dark page; to be"
    ),
    Broken("words of a profile", "smoke: {", "smoke: {►label: x, ", "unknown key", profile="smoke"),
    Broken(
        "a table in units of bytes",
        "plain: {}",
        "plain: {dataset.name: breast_cancer, ►dataset.scaling: {kind: unit}}",
        "`unit` divides bytes by 255, and breast_cancer is a table",
    ),
    Broken(
        "strata of a table",
        "plain: {}",
        "plain: {dataset.name: breast_cancer, ►dataset.stratum: {by: brightness, of: 3, part: 1}}",
        "`stratum` is of images",
    ),
    Broken(
        "augmentation of a table",
        "plain: {}",
        "plain: {dataset.name: breast_cancer, ►training.augmentation: {horizontal_flip: true}}",
        "`augmentation` is of images, and breast_cancer is a table",
    ),
    Broken("values of an arm", "plain: {}", "plain: {model.dropout.rate: ►[0.2, 0.5]}", "stand in the `grid:`"),
    Broken("half a path", "plain: {}", "plain: {►learning_rate: 0.1}", "; write training.learning_rate.initial"),
    Broken("half a path of a group", "plain: {}", "plain: {►norm: {kind: batch}}", "; write model.norm"),
    Broken("half an axis", "seeds: [0, 1]", "grid: {►epochs: [1, 2]}\nseeds: [0, 1]", "; write training.epochs"),
    Broken("half a metric", "metric: epochs_to_accuracy", "metric: ►accuracy", "'last_validation_accuracy' or "),
    Broken("a recipe of another name", "base: run.yaml", "base: ►runs.yaml", "runs.yaml (did you mean 'run.yaml'?)"),
    Broken("a shipped recipe misspelt", "base: run.yaml", "base: ►dens", "dens (did you mean 'dense'?)"),
    Broken("no recipe at all", "base: run.yaml", "base: ►zzzzzzzzzz", "or one of cnn, dense, digits, inception"),
    Broken("unknown key", "base: run", "►nots: x\nbase: run", "unknown key (did you mean 'notes'?)"),
    Broken("missing key", "title: a title\n", "►", "title: this key is required and missing"),
    Broken("wrong type", "seeds: [0, 1]", "seeds: [►one]", "a whole number is expected, found the text 'one'"),
    Broken("no list", "seeds: [0, 1]", "seeds: ►3", "a list in [brackets] is expected, found 3"),
    Broken("no mapping", "plain: {}", "plain:►", "a mapping of `key: value` lines is expected, found nothing"),
    Broken("wrong choice", "metric: train_loss", "metric: ►train_los", "(did you mean 'train_loss'?)"),
    Broken("wrong direction", "expect: lower", "expect: ►less", "'less' is not one of lower, higher"),
    Broken("seed below 0", "seeds: [0, 1]", "seeds: [0, ►-1]", "must be at least 0, found -1"),
    Broken("seed above 2^31", "seeds: [0, 1]", "seeds: [►2147483648]", "must be below 2147483648, found 2147483648"),
    Broken("no seeds", "seeds: [0, 1]", "seeds: ►[]", "needs at least 1 entries, found 0"),
    Broken("first beyond most", SEEDS, "seeds: {►first: 6, until: decided, most: 5}", "`first` is more than `most`"),
    Broken("no end of seeds", SEEDS, "►seeds: {first: 6, until: decided}", "most: this key is required and missing"),
    Broken("until something else", SEEDS, "seeds: {first: 6, until: ►sure, most: 9}", "is not one of decided"),
    Broken("one seed at first", SEEDS, "seeds: {first: ►1, until: decided, most: 9}", "must be at least 2, found 1"),
    Broken("misspelled", SEEDS, "seeds: {first: 6, until: decided, most: 9, ►form: 1}", "did you mean 'from'?"),
    Broken("seed twice", "seeds: [0, 1]", "seeds: ►[0, 1, 0]", "the value 0 stands twice"),
    Broken(
        "axis value twice",
        "seeds: [0, 1]",
        "grid: {training.epochs: ►[1, 2, 1]}\nseeds: [0, 1]",
        "the value 1 stands twice",
    ),
    Broken(
        "axis option twice",
        "seeds: [0, 1]",
        "grid: {model.norm: ►[{kind: none}, {kind: none}]}\nseeds: [0, 1]",
        "stands twice",
    ),
    Broken("empty axis", "seeds: [0, 1]", "grid: {training.epochs: ►[]}\nseeds: [0, 1]", "needs at least 1 entries"),
    Broken("duplicate key", "claims:\n", "►title: another\nclaims:\n", "the key stands already in line 1"),
    Broken("no YAML", "seeds: [0, 1]\nprofiles", "seeds: [0, 1\nprofiles►", "is not YAML: expected ',' or ']'"),
    Broken(
        "slash in an arm's name",
        "bn: {model",
        "►b/n: {}\n  bn: {model",
        "the text 'b/n' is not allowed here: use letters",
    ),
    Broken(
        "no dotted path", "{model.norm: {kind: batch}}", "{►Model.norm: 1}", "a dotted path such as training.epochs"
    ),
    Broken("unknown path in an arm", "model.norm: {kind: batch}", "►model.nrom: {kind: batch}", "did you mean 'norm'?"),
    Broken(
        "unknown group in an arm", "model.norm: {kind: batch}", "►modl.norm: {kind: batch}", "did you mean 'model'?"
    ),
    Broken(
        "key below a number", "model.norm: {kind: batch}", "training.epochs.first: ►1", "a whole number is expected"
    ),
    Broken(
        "key of another kind",
        "model.norm: {kind: batch}",
        "►model.norm.momentum: 0.9",
        "model.norm: this choice needs a `kind:`",
    ),
    Broken("unknown kind", "{kind: batch}", "{kind: ►batsh}", "(did you mean 'batch'?)"),
    Broken("kind of another type", "{kind: batch}", "{kind: ►[batch]}", "a list is not one of none, batch"),
    Broken(
        "no kind",
        "model.norm: {kind: batch}",
        "►model.norm: {momentum: 0.9}",
        "model.norm: this choice needs a `kind:`",
    ),
    Broken(
        "text for a choice",
        "{kind: batch}",
        "►batch",
        "a mapping of `key: value` lines is expected, found the text 'batch'",
    ),
    Broken(
        "wrong value on an axis", "seeds: [0, 1]", "grid: {training.epochs: [1, ►1.5]}\nseeds: [0, 1]", "a whole number"
    ),
    Broken("unknown axis", "seeds: [0, 1]", "grid: {►training.epoch: [1, 2]}\nseeds: [0, 1]", "did you mean 'epochs'?"),
    Broken(
        "wrong value in a profile",
        "{training.epochs: 1,",
        "{training.epochs: ►0,",
        "must be at least 1, found 0",
        profile="smoke",
    ),
    Broken("missing recipe", "base: run.yaml", "base: ►walk.yaml", "there is no file"),
    Broken("recipe's name too long", "base: run.yaml", f"base: ►{'x' * 300}.yaml", "there is no file"),
    Broken(
        "published of an unknown arm",
        "arm: bn, metric",
        "arm: ►bnn, metric",
        "there is no arm 'bnn' (did you mean 'bn'?)",
    ),
    Broken(
        "claim of an unknown arm",
        "{arm: bn, with",
        "{arm: ►none, with",
        "there is no arm 'none' (arms here: plain, bn)",
    ),
    Broken("claim with an unknown arm", "with: plain", "with: ►plan", "compare.with: there is no arm 'plan'"),
    Broken(
        "unknown profile", "profiles:", "default_profile: ►smok\nprofiles:", "there is no profile 'smok' (did you mean"
    ),
    Broken(
        "accuracy missing",
        f"{TO_ACCURACY}\n    accuracy: 0.5",
        f"►{TO_ACCURACY}",
        "`metric: epochs_to_accuracy` needs `accuracy:`",
    ),
    Broken(
        "accuracy of no use",
        f"{TO_ACCURACY}\n    acc",
        "metric: parameters\n    ►acc",
        "`accuracy` is only for epochs_to_accuracy, steps_to_accuracy, seconds_to_accuracy, cpu_seconds_to_accuracy",
    ),
    Broken(
        "points of an axis that is none", TO_ACCURACY, f"at_every: ►model.widths\n    {TO_ACCURACY}", "there is no axis"
    ),
    Broken(
        "at its best along no axis",
        "expect: lower}",
        "expect: lower, each_at_its_best: ►model.widths}",
        "compare.each_at_its_best: there is no axis",
    ),
    Broken("seed in an arm", "{model.norm: {kind: batch}}", "{►seed: 3}", "set by `seeds: […]`"),
    Broken("seed in a profile", "{training.epochs: 1,", "{►seed: 1,", "set by `seeds: […]`"),
    Broken("seed as an axis", "seeds: [0, 1]", "grid: {►seed: [1, 2]}\nseeds: [0, 1]", "set by `seeds: […]`"),
    Broken(
        "a path undone",
        "{model.norm: {kind",
        "{model.norm.momentum: 0.9, ►model.norm: {kind",
        "undoes model.norm.momentum",
    ),
    Broken(
        "no gradient of fixed statistics",
        "{kind: batch}",
        "{kind: batch, trainable: false, ►statistics_gradient: false}",
        "is of plain batch normalization: leave `trainable` out",
    ),
    Broken("path and cifar10 in an arm", "model.norm: {kind: batch}", "►dataset.path: x", "`path` is only for npz"),
    Broken("path and cifar10", "{name: digits}", "{name: cifar10, ►path: x}", "`path` is only for npz", "run.yaml"),
    Broken("no path and npz", "{name: digits}", "{►name: npz}", "`name: npz` needs `path:`", "run.yaml"),
    Broken("nesterov alone", "momentum: 0.9}", "►nesterov: true}", "needs a momentum above 0", "run.yaml"),
    Broken("not finite", "initial: 0.01", "initial: ►.inf", "a finite number is expected, found inf", "run.yaml"),
    Broken("rate 1", "widths: [8]", "widths: [8]\n  dropout: {rate: ►1.0}", "must be below 1, found 1.0", "run.yaml"),
    Broken(
        "text for a number", "epochs: 4", "epochs: ►'4'", "a whole number is expected, found the text '4'", "run.yaml"
    ),
    Broken("truth for a number", "epochs: 4", "epochs: ►true", "a whole number is expected, found true", "run.yaml"),
    Broken("yes for true", "momentum: 0.9}", "momentum: 0.9, nesterov: ►yes}", "write true or false", "run.yaml"),
    Broken("unknown key in a kind", "momentum: 0.9}", "►momentm: 0.9}", "did you mean 'momentum'?", "run.yaml"),
    Broken("no epoch", "epochs: 4", "epochs: ►-1", "must be at least 1, found -1", "run.yaml"),
]


def told(folder: Path, study: str = STUDY, recipe: str = RECIPE, profile: str | None = None) -> list[tuple[str, str]]:
    """(place in one of the two files, message) of every problem."""
    with pytest.raises(ConfigError) as caught:
        plan_of(folder, study=study, recipe=recipe, profile=profile)
    assert all(SAID.fullmatch(line) for line in map(str, caught.value.problems))
    return [
        (str(problem.mark).removeprefix(f"{folder}/"), f"{problem.path}: {problem.message}")
        for problem in caught.value.problems
    ]


def without_marker(text: str, file: str) -> tuple[str, str]:
    """The text as it is written, and the marked place."""
    before, _, after = text.partition(MARKER)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return before + after, f"{file}:{line}:{column}"


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, broken: Broken) -> None:
    texts = {"study.yaml": STUDY, "run.yaml": RECIPE}
    marked = changed(texts[broken.file], broken.old, broken.new)
    texts[broken.file], place = without_marker(marked, broken.file)
    [(where, message)] = told(tmp_path, texts["study.yaml"], texts["run.yaml"], broken.profile)
    assert broken.message in message
    assert where == place


def test_an_interaction_names_arms_and_an_axis_that_there_are(tmp_path: Path) -> None:
    form = "interaction: {arms: [bn, ►plane], axis: ►training.epoch, between: [1, 2], expect: lower}"
    marked = changed(STUDY, "compare: {arm: bn, with: plain, expect: lower}", form)
    marked = changed(marked, "seeds: [0, 1]", "grid: {training.epochs: [1, 2]}\nseeds: [0, 1]")
    line = next(text for text in marked.splitlines() if MARKER in text)
    said = told(tmp_path, marked.replace(MARKER, ""))
    assert [message.partition("interaction.")[2].partition(" (")[0] for _, message in said] == [
        "arms[1]: there is no arm 'plane'",
        "axis: there is no axis 'training.epoch'",
    ]
    columns = [line.index(MARKER) + 1, line.rindex(MARKER)]
    assert [int(where.rpartition(":")[2]) for where, _ in said] == columns


@pytest.mark.parametrize(
    "form",
    [
        "value: {arm: ►plane, expect: lower, than: 1}",
        "correlate: {with_metric: train_seconds, within: all, arms: [bn, ►plane], expect: positive}",
    ],
)
def test_values_and_correlations_name_arms_that_there_are(tmp_path: Path, form: str) -> None:
    marked = changed(STUDY, "compare: {arm: bn, with: plain, expect: lower}", form)
    study, place = without_marker(marked, "study.yaml")
    [(where, message)] = told(tmp_path, study)
    assert "there is no arm 'plane'" in message
    assert where == place


MANY = [
    ("title: a title", "►titel: a title"),
    ("seeds: [0, 1]", "seeds: [0, ►-1]"),
    ("metric: train_loss", "metric: ►loss"),
    ("with: plain", "with: ►plane"),
    ("says: it is faster", "says: ►[it, is, faster]"),
    ("    accuracy: 0.5", "    accuracy: ►half"),
    ("base: run.yaml", "base: ►3"),
]

MANY_WITH_RECIPE = [*MANY[:-1], ("plain: {}", "plain: {training.epochs: ►0}")]


@pytest.mark.parametrize("mistakes", [MANY, MANY_WITH_RECIPE], ids=["wrong recipe", "values no run can have"])
def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_the_file(
    mistakes: list[tuple[str, str]], tmp_path: Path
) -> None:
    """Each at its place; the renamed `title` is two mistakes, an unknown key and a missing one."""
    marked = STUDY
    for old, new in mistakes:
        marked = changed(marked, old, new)
    lines = enumerate(marked.splitlines(), 1)
    places = [f"study.yaml:{line}:{text.index(MARKER) + 1}" for line, text in lines if MARKER in text]
    assert [where for where, _ in told(tmp_path, marked.replace(MARKER, ""))] == ["study.yaml:1:1", *places]


def test_mistakes_of_several_arms_and_axis_values_are_told_at_once(tmp_path: Path) -> None:
    """Once each, however many points share them."""
    study = changed(STUDY, "plain: {}", "plain: {training.epochs: 0}")
    study = changed(study, "model.norm: {kind: batch}", "model.norm: {kind: batch, momentum: 2}")
    study = changed(study, "seeds: [0, 1]", "grid:\n  training.batch_size: [32, 0.5, big]\nseeds: [0, 1, 2]")
    assert [where for where, _ in told(tmp_path, study)] == [
        "study.yaml:6:28", "study.yaml:7:44", "study.yaml:9:29", "study.yaml:9:34"
    ]  # fmt: skip


def test_a_contradiction_is_told_where_the_later_layer_brings_it_in(tmp_path: Path) -> None:
    """The recipe's `nesterov: true` was fine until the arm took the momentum away."""
    recipe = changed(RECIPE, "momentum: 0.9", "momentum: 0.9, nesterov: true")
    study = changed(STUDY, "{model.norm: {kind: batch}}", "{training.optimizer.momentum: 0.0}")
    [(where, message)] = told(tmp_path, study, recipe)
    assert where == "study.yaml:7:8"
    assert "needs a momentum above 0" in message


def test_an_unknown_profile_is_told_with_the_known_ones(tmp_path: Path) -> None:
    [(where, message)] = told(tmp_path, profile="smoke_")
    assert (where, message) == ("study.yaml:9:1", "profiles: there is no profile 'smoke_' (did you mean 'smoke'?)")


def refusal(path: Path, profile: str | None) -> list[str] | None:
    """What the problems say; None where the study expands to some points."""
    try:
        points = expand(load_study(path, profile)).points
    except ConfigError as error:
        return list(map(str, error.problems))
    return None if points else []


MUTABLE = DENSE_STUDY.read_text(encoding="utf-8")
LINES = MUTABLE.splitlines(keepends=True)
WORDS = re.findall(r"[\w.]+", MUTABLE)
ODD = [*"\t\x00\x85\u2028\ufeffé'\"{}[]:#%\\|>", "- ", "&a ", "*a", "!t ", "<<: "]
SCALARS = ["1e400", "-1", "0x", ".inf", "null", "true", "~", "''", "[]", "{}", "9" * 400, "x" * 400, "{kind: batch}"]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The shipped study with one to three accidents."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["delete", "duplicate", "scalar", "indent", "insert", "cut"])):
            case "delete":
                del lines[at]
            case "duplicate":
                lines.insert(draw(st.integers(0, len(lines))), lines[at])
            case "scalar":
                word = draw(st.sampled_from(list(re.finditer(r"[\w.]+|^", lines[at]))))
                new = draw(st.sampled_from(SCALARS + WORDS))
                lines[at] = lines[at][: word.start()] + new + lines[at][word.end() :]
            case "indent":
                lines[at] = " " * draw(st.integers(0, 9)) + lines[at].lstrip(" ")
            case "insert":
                column = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:column] + draw(st.sampled_from(ODD)) + lines[at][column:]
            case "cut":
                lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
    return "".join(lines)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=mutated(), profile=st.sampled_from([None, "smoke"]))
def test_a_study_after_an_accident_expands_or_is_refused_with_places(
    tmp_path_factory: pytest.TempPathFactory, text: str, profile: str | None
) -> None:
    """Nothing but ConfigError is ever raised, and every problem reads `file:line:column: what is wrong`."""
    folder = tmp_path_factory.getbasetemp()
    path = folder / "accident.yaml"
    path.write_text(text.replace("../configs/", f"{ROOT}/configs/"), encoding="utf-8")
    said = refusal(path, profile)
    assert said is None or (said and all(SAID.fullmatch(line) for line in said))
